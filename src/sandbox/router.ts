import { authorizationServer } from './authorization-server/authorization-server.ts';
import { acrossOrigins } from './cross-origin.ts';
import type { Environment } from './environment.ts';
import type { SandboxRequest, SandboxResponse } from './exchange.ts';
import { answerManagementApi } from './management-api.ts';
import { platformError } from './platform-error.ts';
import { flowAction } from './sign-on/flow-actions.ts';
import { devicePage, signOnUi } from './sign-on/sign-on-ui.ts';

/** Finds who answers a path (docs/pingone.md, section 1); everything but the management API lies under the environment's ID. */
export function answer(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  // RFC 9110, section 9.3.2: what GET would say, without the content, which the server leaves out.
  const asked = request.method === 'HEAD' ? { ...request, method: 'GET' } : request;
  return acrossOrigins(environment, asked, () => answerPath(environment, asked));
}

async function answerPath(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  if (request.bodyTooLarge) return { ...platformError(request, 'invalidRequest'), status: 413 };
  const [, first, second, ...rest] = request.url.pathname.split('/');
  if (first === 'v1') return answerManagementApi(request, environment);
  if (first !== environment.seed.environment.id) return platformError(request, 'notFound');
  switch (second) {
    case 'as':
      return authorizationServer(environment, request, rest.join('/'));
    case 'signon':
      return signOnUi(environment, request);
    case 'flows':
      return flowAction(environment, request, rest.join('/'));
    case 'device':
      return devicePage(environment, request);
    default:
      return platformError(request, 'notFound');
  }
}
