import { authorizeEndpoint, resumeEndpoint } from './authorization-server/authorize.ts';
import { deviceAuthorizationEndpoint } from './authorization-server/device-authorization.ts';
import { discoveryEndpoint } from './authorization-server/discovery.ts';
import { introspectEndpoint } from './authorization-server/introspect.ts';
import { parEndpoint } from './authorization-server/par.ts';
import { revokeEndpoint } from './authorization-server/revoke.ts';
import { idpSignoffEndpoint, signoffEndpoint } from './authorization-server/signoff.ts';
import { tokenEndpoint } from './authorization-server/token.ts';
import { userinfoEndpoint } from './authorization-server/userinfo.ts';
import type { Environment } from './environment.ts';
import { gatewayRefusal, notInSandbox } from './platform-error.ts';
import type { SandboxRequest } from './request.ts';
import { json, type SandboxResponse } from './response.ts';

/**
 * Finds the endpoint below the issuer, and has it answer.
 *
 * @param path what follows `/{environmentId}/as/`
 */
export async function answerAuthorizationServer(
  environment: Environment,
  request: SandboxRequest,
  path: string,
): Promise<SandboxResponse> {
  const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
  if (absentEndpoints.includes(path)) return notInSandbox(request);
  if (!endpoint?.methods.includes(request.method)) return gatewayRefusal(request);
  return endpoint.answer(environment, request);
}

interface IssuerEndpoint {
  readonly methods: readonly string[];
  readonly answer: (environment: Environment, request: SandboxRequest) => SandboxResponse | Promise<SandboxResponse>;
}

const get = ['GET'];
const post = ['POST'];
const both = ['GET', 'POST'];

/** What PingOne has below the issuer besides (docs/pingone.md, section 2). */
export const absentEndpoints: readonly string[] = ['checksession', 'cibaAuthorization'];

/** The endpoints below the issuer (docs/pingone.md, sections 1 and 2), a file each. */
export const endpoints: Readonly<Record<string, IssuerEndpoint>> = {
  '.well-known/openid-configuration': { methods: get, answer: discoveryEndpoint },
  authorize: { methods: both, answer: authorizeEndpoint },
  resume: { methods: get, answer: resumeEndpoint },
  par: { methods: post, answer: parEndpoint },
  token: { methods: post, answer: tokenEndpoint },
  userinfo: { methods: both, answer: userinfoEndpoint },
  jwks: { methods: get, answer: async ({ keys }) => json(200, { keys: await keys.published() }) },
  introspect: { methods: post, answer: introspectEndpoint },
  revoke: { methods: post, answer: revokeEndpoint },
  device_authorization: { methods: post, answer: deviceAuthorizationEndpoint },
  signoff: { methods: get, answer: signoffEndpoint },
  idpSignoff: { methods: get, answer: idpSignoffEndpoint },
};
