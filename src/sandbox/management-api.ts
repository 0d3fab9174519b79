import { type AccessGrant, verifyAccessToken } from './access-token.ts';
import type { Environment } from './environment.ts';
import { type Actor, baseOf, type Call, link, resource, type UserCall } from './management-api/call.ts';
import {
  checkPassword,
  forcePasswordChange,
  passwordState,
  recoverPassword,
  resetPassword,
  sendRecoveryCode,
  setPassword,
  setPasswordValue,
  unlockPassword,
} from './management-api/password.ts';
import { readPasswordPolicies, readPasswordPolicy } from './management-api/password-policy.ts';
import { deleteSession, readSession, readSessions, resetSession } from './management-api/session.ts';
import { patchUser, putUser, readUser, readUsers } from './management-api/user.ts';
import { permissionRefused, platformError, tokenRefused } from './platform-error.ts';
import { mediaType, type SandboxRequest } from './request.ts';
import type { SandboxResponse } from './response.ts';

/** Answers everything under `/v1` (docs/pingone.md, section 7). */
export async function answerManagementApi(request: SandboxRequest, environment: Environment): Promise<SandboxResponse> {
  const prefix = `/v1/environments/${environment.seed.environment.id}`;
  const { pathname } = request.url;
  const within = pathname === prefix || pathname.startsWith(`${prefix}/`);
  const path = pathname.slice(prefix.length).split('/').filter(Boolean);
  if (within && request.method === 'POST' && path.join('/') === 'sessions/me')
    return resetSession(environment, request);

  // 1. Who calls? Before anything else: a stranger does not learn what is there.
  const grant = await verifyAccessToken(environment, request.headers.authorization);
  const actor = grant && actorOf(grant, environment);
  if (!actor) return tokenRefused(request);

  // 2. What is called?
  const here = within ? routes.flatMap((route) => found(route, path)) : [];
  if (here.length === 0) return platformError(request, 'notFound');
  const methods = here.filter(({ route }) => route.method === request.method);
  const [first] = methods;
  if (!first) {
    const allow = [...new Set(here.map(({ route }) => route.method))].join(', ');
    return platformError(request, 'methodNotAllowed', [], { allow });
  }
  const sent = mediaType(request);
  const called = methods.find(({ route }) => route.mediaTypes.includes(sent));
  const { route, variables } = called ?? first;

  // 3. May they?
  const call: Call = { request, environment, actor, path: variables };
  if (!mayCall(call, route)) return permissionRefused(request);
  if (!called && route.mediaTypes.length > 0) return platformError(request, 'unsupportedMediaType');
  if (!route.ofUser) return route.answer(call);
  const user = environment.directory.find(variables['userId'] ?? '');
  return user ? route.answer({ ...call, user }) : platformError(request, 'notFound');
}

/** `undefined` for tokens that are not for this API. */
function actorOf(grant: AccessGrant, environment: Environment): Actor | undefined {
  if (!grant.audience.includes(environment.apiAudience)) return undefined;
  if (grant.sub === undefined) {
    const roles = environment.seed.applications.find(({ clientId }) => clientId === grant.clientId)?.roles ?? [];
    return { kind: 'worker', hasRole: roles.length > 0 };
  }
  const { sub: userId, sid, scopes } = grant;
  return { kind: 'user', userId, scopes, ...(sid === undefined ? {} : { sessionId: sid }) };
}

/** A scope allows a user what concerns themselves (docs/pingone.md, section 6); a worker's role allows it for everybody. */
function mayCall({ actor, path }: Call, { scope }: Route): boolean {
  if (actor.kind === 'worker') return actor.hasRole;
  return scope !== undefined && actor.scopes.includes(scope) && path['userId'] === actor.userId;
}

function found(
  route: Route,
  path: readonly string[],
): readonly { readonly route: Route; readonly variables: Readonly<Record<string, string>> }[] {
  const wanted = route.path.split('/').filter(Boolean);
  if (wanted.length !== path.length) return [];
  const variables: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const given = path[index] ?? '';
    if (part.startsWith(':')) variables[part.slice(1)] = given;
    else if (part !== given) return [];
  }
  return [{ route, variables }];
}

interface Endpoint {
  readonly method: string;
  /** Below the environment; `:name` stands for a variable part. */
  readonly path: string;
  /** The bodies taken; none given: there is no body to read. */
  readonly mediaTypes: readonly string[];
  /** The scope that lets a user do this to themselves; where there is none, only workers may (docs/pingone.md, section 6). */
  readonly scope: string | undefined;
}

type Route =
  | (Endpoint & { readonly ofUser: false; answer(call: Call): SandboxResponse })
  | (Endpoint & { readonly ofUser: true; answer(call: UserCall): SandboxResponse });

const vendor = (action: string) => [`application/vnd.pingidentity.password.${action}`.toLowerCase()];
const plainJson = ['application/json'];

const user = (
  method: string,
  path: string,
  scope: string | undefined,
  answer: (call: UserCall) => SandboxResponse,
  mediaTypes: readonly string[] = [],
): Route => ({ method, path: `users/:userId/${path}`, scope, mediaTypes, ofUser: true, answer });

const other = (path: string, answer: (call: Call) => SandboxResponse): Route => ({
  ...{ method: 'GET', path, scope: undefined, mediaTypes: [], ofUser: false, answer },
});

/** Every endpoint of the management API that the sandbox has. */
const routes: readonly Route[] = [
  other('', readEnvironment),
  other('passwordPolicies', readPasswordPolicies),
  other('passwordPolicies/:policyId', readPasswordPolicy),
  other('users', readUsers),
  user('GET', '', 'p1:read:user', readUser),
  user('PATCH', '', 'p1:update:user', patchUser, plainJson),
  user('PUT', '', 'p1:update:user', putUser, plainJson),
  user('GET', 'password', 'p1:read:userPassword', passwordState),
  user('PUT', 'password', 'p1:reset:userPassword', resetPassword, vendor('reset+json')),
  user('PUT', 'password', undefined, setPassword, vendor('set+json')),
  user('PUT', 'password', undefined, setPasswordValue, vendor('setValue+json')),
  user('PUT', 'password', undefined, forcePasswordChange, vendor('forceChange')),
  user('POST', 'password', 'p1:validate:userPassword', checkPassword, vendor('check+json')),
  user('POST', 'password', undefined, recoverPassword, vendor('recover+json')),
  user('POST', 'password', undefined, sendRecoveryCode, vendor('sendRecoveryCode')),
  user('POST', 'password', undefined, unlockPassword, vendor('unlock+json')),
  user('GET', 'sessions', 'p1:read:sessions', readSessions),
  user('GET', 'sessions/:sessionId', 'p1:read:sessions', readSession),
  user('DELETE', 'sessions/:sessionId', 'p1:delete:sessions', deleteSession),
];

function readEnvironment({ environment }: Call): SandboxResponse {
  const { id, name, region, organizationId } = environment.seed.environment;
  const base = baseOf(environment);
  return resource({
    _links: {
      self: link(base),
      users: link(`${base}/users`),
      passwordPolicies: link(`${base}/passwordPolicies`),
    },
    id,
    name,
    description: 'A local environment of ping14c sandbox',
    organization: { id: organizationId },
    type: 'SANDBOX',
    region,
    status: 'ACTIVE',
  });
}
