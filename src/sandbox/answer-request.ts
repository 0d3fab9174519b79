import { messageOf } from '../errors.ts';
import { answerAuthorizationServer } from './authorization-server.ts';
import { acrossOrigins } from './cross-origin.ts';
import { type Environment, pathBelow } from './environment.ts';
import { answerManagementApi } from './management-api.ts';
import { gatewayRefusal, notInSandbox, platformError } from './platform-error.ts';
import type { SandboxRequest } from './request.ts';
import { json, type SandboxResponse } from './response.ts';
import { flowAction } from './sign-on/flow-actions.ts';
import { messagePage, notFoundPage } from './sign-on/page.ts';
import { devicePage, signOnUi } from './sign-on/sign-on-ui.ts';

/** Answers a request to any of PingOne's hosts; what fails here is told as the sandbox's own failure. */
export async function answerRequest(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  // RFC 9110, section 9.3.2: HEAD is answered as GET is, without the content, which the server leaves out.
  const asGet = request.method === 'HEAD' ? { ...request, method: 'GET' } : request;
  try {
    return await acrossOrigins(environment, asGet, () => answerPath(environment, asGet));
  } catch (error) {
    const message = `The sandbox failed: ${messageOf(error)}`;
    return json(500, { id: request.correlationId, code: 'UNEXPECTED_ERROR', message });
  }
}

/**
 * Finds who answers a path (docs/pingone.md, section 1); everything but the management API lies under the environment's
 * ID, or at the top, as on a custom domain.
 */
async function answerPath(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  if (request.bodyTooLarge) return { ...platformError(request, 'invalidRequest'), status: 413 };
  const [, first, second = ''] = request.url.pathname.split('/');
  if (first === 'v1') return answerManagementApi(request, environment);
  // Who opens the address that the terminal shows is a person, not one of PingOne's clients.
  if (request.url.pathname === '/' && request.headers.accept?.includes('text/html')) return frontPage();
  const path = pathBelow(environment, request.url);
  const [name = '', ...rest] = path ?? [second];
  const place = Object.hasOwn(placesOfEnvironment, name) ? placesOfEnvironment[name] : undefined;
  if (!place) return gatewayRefusal(request);
  if (!path) return notFoundPage(request, `no such environment: here is ${environment.seed.environment.id} alone`);
  return place(environment, request, rest.join('/'));
}

function frontPage(): SandboxResponse {
  return messagePage(
    'The sandbox is running',
    'Clients sign people in here as at PingOne. Begin in one of them, or with the command that the terminal shows.',
  );
}

type Place = (
  environment: Environment,
  request: SandboxRequest,
  /** The path below it. */
  path: string,
) => SandboxResponse | Promise<SandboxResponse>;

/** What PingOne has under an environment's ID and the sandbox has not. */
const absent: Place = (_, request) => notInSandbox(request);

/** All that lies under an environment's ID (docs/pingone.md, sections 1 and 13). */
const placesOfEnvironment: Readonly<Record<string, Place>> = {
  as: answerAuthorizationServer,
  signon: signOnUi,
  flows: flowAction,
  device: devicePage,
  saml20: absent,
  davinci: absent,
  deviceAuthentications: absent,
};
