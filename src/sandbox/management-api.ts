import { type AccessGrant, verifyAccessToken } from './access-token.ts';
import type { Environment } from './environment.ts';
import type { Actor, ApiRequest, UserRequest } from './management-api/api-request.ts';
import { getBillOfMaterials, getEnvironment, getEnvironments } from './management-api/environment.ts';
import { getGroup, getGroups, getMembership, getMemberships } from './management-api/group.ts';
import {
  checkPassword,
  forcePasswordChange,
  recoverPassword,
  resetPassword,
  sendRecoveryCode,
  setPassword,
  setPasswordValue,
  unlockPassword,
} from './management-api/password.ts';
import { getPasswordPolicies, getPasswordPolicy } from './management-api/password-policy.ts';
import { getPasswordState } from './management-api/password-state.ts';
import { isPingOneRoute } from './management-api/pingone-routes.ts';
import { getPopulation, getPopulations, getUserPopulation, putUserPopulation } from './management-api/population.ts';
import { inAcceptedMediaType } from './management-api/resource.ts';
import {
  deleteSession,
  endSession,
  endSessionOfCookie,
  getSession,
  getSessions,
  logoutType,
} from './management-api/session.ts';
import { deleteUser, getUser, patchUser, putUser } from './management-api/user.ts';
import { lockAccount, unlockAccount } from './management-api/user-account.ts';
import { getDevices, getLinkedAccounts, getRoleAssignments } from './management-api/user-collections.ts';
import { createUser, importUser } from './management-api/user-creation.ts';
import { getEnabled, getMfaEnabled, putEnabled, putMfaEnabled } from './management-api/user-enabled.ts';
import { getUsers } from './management-api/user-list.ts';
import {
  environmentNotFound,
  gatewayRefusal,
  notInSandbox,
  permissionRefused,
  platformError,
  tokenRefused,
} from './platform-error.ts';
import { mediaType, type SandboxRequest } from './request.ts';
import type { SandboxResponse } from './response.ts';

/** Answers everything under `/v1` (docs/pingone.md, section 7). */
export async function answerManagementApi(request: SandboxRequest, environment: Environment): Promise<SandboxResponse> {
  return inAcceptedMediaType(request, await answerApiRequest(request, environment));
}

async function answerApiRequest(request: SandboxRequest, environment: Environment): Promise<SandboxResponse> {
  // 1. Is there such a thing at all? The gateway in front of PingOne does not ask first who wants to know.
  const path = partsOf(request.url.pathname).slice(1);
  const ofAnother = isOfAnotherEnvironment(path, environment);
  const here = ofAnother ? [] : routes.flatMap((route) => matched(route, request.method, path));
  const byMediaType = here.find(({ route }) => route.mediaTypes.includes(mediaType(request)));
  const found = byMediaType ?? here[0];
  if (!found && !isPingOneRoute(request.method, path)) return gatewayRefusal(request);
  if (found?.route.of === 'browser') return found.route.answer(environment, request);

  // 2. Who asks? A stranger does not learn what is there.
  const access = await verifyAccessToken(environment, request.headers.authorization);
  if (access.kind === 'refused') return tokenRefused(request, access.why);
  const actor = actorOf(access.grant, environment);
  if (!actor)
    return tokenRefused(request, `the token is for ${access.grant.audience.join(' ')}, not for the PingOne API`);
  if (!found) {
    if (!ofAnother) return notInSandbox(request);
    const [, environmentId = '', ...below] = path;
    return below.length > 0 ? platformError(request, 'notFound') : environmentNotFound(request, environmentId);
  }

  // 3. May they?
  const { route, pathVariables } = found;
  const authorized: ApiRequest = { ...request, environment, actor, pathVariables };
  const lack = lackOf(authorized, route);
  if (lack !== undefined) return permissionRefused(request, lack);
  if (!byMediaType && route.mediaTypes.length > 0) return platformError(request, 'unsupportedMediaType');
  if (route.of === 'environment') return route.answer(authorized);
  const user = environment.directory.find(pathVariables['userId'] ?? '');
  return user ? route.answer({ ...authorized, user }) : platformError(request, 'notFound');
}

function isOfAnotherEnvironment([collection, id]: readonly string[], { seed }: Environment): boolean {
  return collection === 'environments' && id !== undefined && id !== seed.environment.id;
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter(Boolean);
}

/** Says who holds the token; `undefined` where it is not for this API. */
function actorOf(grant: AccessGrant, environment: Environment): Actor | undefined {
  if (!grant.audience.some((audience) => environment.origins.includes(audience))) return undefined;
  if (grant.sub === undefined) {
    const roles = environment.seed.applications.find(({ clientId }) => clientId === grant.clientId)?.roles ?? [];
    return { kind: 'worker', hasRole: roles.length > 0 };
  }
  return { kind: 'user', userId: grant.sub, scopes: grant.scopes, sessionId: grant.sid };
}

/**
 * Says what the actor lacks; `undefined` where they may ask. A scope allows a user what concerns themselves (docs/pingone.md,
 * section 6); a worker's role allows it for everybody.
 */
function lackOf({ actor, pathVariables }: ApiRequest, { scope }: ApiRoute): string | undefined {
  if (actor.kind === 'worker') return actor.hasRole ? undefined : 'the worker has no role';
  if (scope === undefined) return 'only a worker may, with a role';
  if (!actor.scopes.includes(scope)) return `the token has not the scope ${scope}`;
  return pathVariables['userId'] === actor.userId ? undefined : 'a user’s token is good for that user alone';
}

/** Gives the route with what its variable parts are here, and nothing where the path or the method is another one. */
function matched(
  route: ApiRoute,
  method: string,
  path: readonly string[],
): readonly { readonly route: ApiRoute; readonly pathVariables: Readonly<Record<string, string>> }[] {
  const wanted = partsOf(route.path);
  if (route.method !== method || wanted.length !== path.length) return [];
  const pathVariables: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const given = path[index] ?? '';
    if (part.startsWith(':')) pathVariables[part.slice(1)] = given;
    else if (part !== given) return [];
  }
  return [{ route, pathVariables }];
}

interface ApiEndpoint {
  readonly method: string;
  /** Below `/v1`; `:name` stands for a variable part. */
  readonly path: string;
  /** The bodies taken; none given: there is no body to read. */
  readonly mediaTypes: readonly string[];
  /**
   * The scope that lets a user do this to themselves; where there is none, only workers may
   * (docs/pingone.md, section 6).
   */
  readonly scope: string | undefined;
}

type ApiRoute = ApiEndpoint &
  (
    | { readonly of: 'environment'; answer(request: ApiRequest): SandboxResponse }
    | { readonly of: 'user'; answer(request: UserRequest): SandboxResponse }
    /** Of whoever sends its cookie: no access token is asked for. */
    | { readonly of: 'browser'; answer(environment: Environment, request: SandboxRequest): SandboxResponse }
  );

const vendor = (action: string) => [`application/vnd.pingidentity.${action}`.toLowerCase()];
/** Where there is no body, public code sends the type with `+json` and without. */
const bodilessVendor = (action: string) => [...vendor(action), ...vendor(`${action}+json`)];
const plainJson = ['application/json'];

const inEnvironment = 'environments/:environmentId';

const other = (
  method: string,
  path: string,
  answer: (request: ApiRequest) => SandboxResponse,
  mediaTypes: readonly string[] = [],
): ApiRoute => ({ method, path: `${inEnvironment}/${path}`, scope: undefined, mediaTypes, of: 'environment', answer });

const user = (
  method: string,
  path: string,
  scope: string | undefined,
  answer: (request: UserRequest) => SandboxResponse,
  mediaTypes: readonly string[] = [],
): ApiRoute => ({ method, path: `${inEnvironment}/users/:userId/${path}`, scope, mediaTypes, of: 'user', answer });

/** Every endpoint of the management API that the sandbox has. */
export const routes: readonly ApiRoute[] = [
  { method: 'GET', path: 'environments', scope: undefined, mediaTypes: [], of: 'environment', answer: getEnvironments },
  other('GET', '', getEnvironment),
  other('GET', 'billOfMaterials', getBillOfMaterials),
  other('GET', 'passwordPolicies', getPasswordPolicies),
  other('GET', 'passwordPolicies/:policyId', getPasswordPolicy),
  other('GET', 'groups', getGroups),
  other('GET', 'groups/:groupId', getGroup),
  other('GET', 'populations', getPopulations),
  other('GET', 'populations/:populationId', getPopulation),
  {
    method: 'POST',
    path: `${inEnvironment}/sessions/me`,
    scope: undefined,
    mediaTypes: [logoutType],
    of: 'browser',
    answer: endSessionOfCookie,
  },
  other('POST', 'sessions/:sessionId', endSession, [logoutType]),
  other('GET', 'users', getUsers),
  other('POST', 'users', createUser, plainJson),
  other('POST', 'users', importUser, vendor('user.import+json')),
  user('GET', '', 'p1:read:user', getUser),
  user('PATCH', '', 'p1:update:user', patchUser, plainJson),
  user('PUT', '', 'p1:update:user', putUser, plainJson),
  user('DELETE', '', undefined, deleteUser),
  user('POST', '', undefined, lockAccount, vendor('account.lock+json')),
  user('POST', '', undefined, unlockAccount, vendor('account.unlock+json')),
  user('GET', 'enabled', undefined, getEnabled),
  user('PUT', 'enabled', undefined, putEnabled, plainJson),
  user('GET', 'mfaEnabled', undefined, getMfaEnabled),
  user('PUT', 'mfaEnabled', 'p1:update:userMfaEnabled', putMfaEnabled, plainJson),
  user('GET', 'population', undefined, getUserPopulation),
  user('PUT', 'population', undefined, putUserPopulation, plainJson),
  user('GET', 'password', 'p1:read:userPassword', getPasswordState),
  user('PUT', 'password', 'p1:reset:userPassword', resetPassword, vendor('password.reset+json')),
  user('PUT', 'password', undefined, setPassword, vendor('password.set+json')),
  user('PUT', 'password', undefined, setPasswordValue, vendor('password.setValue+json')),
  user('POST', 'password', 'p1:validate:userPassword', checkPassword, vendor('password.check+json')),
  user('POST', 'password', undefined, recoverPassword, vendor('password.recover+json')),
  user('POST', 'password', undefined, sendRecoveryCode, bodilessVendor('password.sendRecoveryCode')),
  user('POST', 'password', undefined, forcePasswordChange, bodilessVendor('password.forceChange')),
  user('POST', 'password', undefined, unlockPassword, bodilessVendor('password.unlock')),
  user('GET', 'memberOfGroups', undefined, getMemberships),
  user('GET', 'memberOfGroups/:groupId', undefined, getMembership),
  user('GET', 'devices', 'p1:read:device', getDevices),
  user('GET', 'linkedAccounts', 'p1:read:userLinkedAccounts', getLinkedAccounts),
  user('GET', 'roleAssignments', undefined, getRoleAssignments),
  user('GET', 'sessions', 'p1:read:sessions', getSessions),
  user('GET', 'sessions/:sessionId', 'p1:read:sessions', getSession),
  user('DELETE', 'sessions/:sessionId', 'p1:delete:sessions', deleteSession),
];
