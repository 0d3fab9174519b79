import { type AccessGrant, verifyAccessToken } from './access-token.ts';
import type { Environment } from './environment.ts';
import { mediaType, type SandboxRequest, type SandboxResponse } from './exchange.ts';
import type { Actor, Call } from './management-api/call.ts';
import { type Route, routes } from './management-api/routes.ts';
import { resetSession } from './management-api/session.ts';
import { permissionRefused, platformError, tokenRefused } from './platform-error.ts';

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
