import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import { mediaType, type SandboxRequest } from '../request.ts';
import { empty, type SandboxResponse } from '../response.ts';
import { browserSession } from '../sign-on/session-cookie.ts';
import type { SignOnSession } from '../sign-on-session.ts';
import type { ApiRequest, UserRequest } from './api-request.ts';
import { collection, environmentUrl, link, resource, timeText } from './resource.ts';
import { sessionBrowser } from './session-browser.ts';

/** Expired ones are listed, too (docs/pingone.md, section 10). */
export function getSessions(request: UserRequest): SandboxResponse {
  const { environment, user } = request;
  const newestFirst = environment.sessions.ofUser(user.id).toReversed();
  const sorted = newestFirst.toSorted((one, other) => signedOnAt(other) - signedOnAt(one));
  const sessions = sorted.map((session) => sessionResource(request, session));
  return collection(`${environmentUrl(environment)}/users/${user.id}/sessions`, 'sessions', sessions);
}

export function getSession(request: UserRequest): SandboxResponse {
  const session = sessionNamed(request);
  return session ? resource(sessionResource(request, session)) : platformError(request, 'notFound');
}

/** Ends a session, but not the one that the user's own token belongs to (docs/pingone.md, section 10). */
export function deleteSession(request: UserRequest): SandboxResponse {
  const { actor, environment } = request;
  const session = sessionNamed(request);
  if (!session) return platformError(request, 'notFound');
  if (actor.kind === 'user' && actor.sessionId === session.id) {
    return platformError(request, 'requestFailed', [
      { code: 'CONSTRAINT_VIOLATION', target: 'sessionId', message: 'The current session cannot be deleted' },
    ]);
  }
  environment.sessions.end(session);
  return empty(204);
}

/** `POST sessions/me` ends the session of the `ST` cookie; no access token is involved. */
export function endSessionOfCookie(environment: Environment, request: SandboxRequest): SandboxResponse {
  if (mediaType(request) !== logoutType) return platformError(request, 'unsupportedMediaType');
  const session = browserSession(environment, request);
  if (session) environment.sessions.end(session);
  return empty(204);
}

/** `POST sessions/{id}` ends a session without its cookie. */
export function endSession(request: ApiRequest): SandboxResponse {
  const { environment, pathVariables } = request;
  const session = environment.sessions.byId(pathVariables['sessionId'] ?? '');
  if (!session) return platformError(request, 'notFound');
  environment.sessions.end(session);
  return empty(204);
}

/** Selects the end of a session. */
export const logoutType = 'application/vnd.pingidentity.sso.session.logout';

function signedOnAt({ user, createdAt }: SignOnSession): number {
  return user?.authenticatedAt ?? createdAt;
}

function sessionNamed({ environment, user, pathVariables }: UserRequest): SignOnSession | undefined {
  return environment.sessions.ofUser(user.id).find(({ id }) => id === pathVariables['sessionId']);
}

/** Shows the session (docs/pingone.md, section 10). Where on earth an address is, nobody here knows. */
function sessionResource({ environment, user }: UserRequest, session: SignOnSession): object {
  const base = environmentUrl(environment);
  const own = `${base}/users/${user.id}`;
  const lastSignOn = { at: timeText(signedOnAt(session)), remoteIp: session.remoteAddress };
  return {
    _links: { self: link(`${own}/sessions/${session.id}`), environment: link(base), user: link(own) },
    id: session.id,
    environment: { id: environment.seed.environment.id },
    user: { id: user.id },
    createdAt: timeText(session.createdAt),
    activeAt: timeText(session.activeAt),
    lastSignOn,
    ...sessionBrowser(session.userAgent),
    locations: [lastSignOn],
  };
}
