import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import { authorize, resume } from './authorize.ts';
import { deviceAuthorization } from './device-authorization.ts';
import { discovery } from './discovery.ts';
import { introspect } from './introspect.ts';
import { pushAuthorizationRequest } from './par.ts';
import { revoke } from './revoke.ts';
import { idpSignoff, signoff } from './signoff.ts';
import { token } from './token.ts';
import { userinfo } from './userinfo.ts';

type Answer = (environment: Environment, request: SandboxRequest) => SandboxResponse | Promise<SandboxResponse>;

interface Endpoint {
  readonly methods: readonly string[];
  readonly answer: Answer;
}

const get = ['GET'];
const post = ['POST'];
const both = ['GET', 'POST'];

/** The endpoints below the issuer (docs/pingone.md, sections 1 and 2), a file each. */
const endpoints: Readonly<Record<string, Endpoint>> = {
  '.well-known/openid-configuration': { methods: get, answer: discovery },
  authorize: { methods: both, answer: authorize },
  resume: { methods: get, answer: resume },
  par: { methods: post, answer: pushAuthorizationRequest },
  token: { methods: post, answer: token },
  userinfo: { methods: both, answer: userinfo },
  jwks: { methods: get, answer: async ({ keys }) => json(200, { keys: await keys.published() }) },
  introspect: { methods: post, answer: introspect },
  revoke: { methods: post, answer: revoke },
  device_authorization: { methods: post, answer: deviceAuthorization },
  signoff: { methods: get, answer: signoff },
  idpSignoff: { methods: get, answer: idpSignoff },
};

/** @param path what follows `/{environmentId}/as/` */
export async function authorizationServer(
  environment: Environment,
  request: SandboxRequest,
  path: string,
): Promise<SandboxResponse> {
  const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
  if (!endpoint) return platformError(request, 'notFound');
  if (!endpoint.methods.includes(request.method)) {
    return platformError(request, 'methodNotAllowed', [], { allow: endpoint.methods.join(', ') });
  }
  return endpoint.answer(environment, request);
}
