import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import { cookie, mediaType, type SandboxRequest } from '../request.ts';
import { empty, type SandboxResponse } from '../response.ts';
import type { SignOnSession } from '../sign-on-session.ts';
import { baseOf, link, resource, timeText, type UserCall } from './call.ts';

/** The session as the sandbox shows it; PingOne shows more of the device (docs/pingone.md, section 15). */
function sessionResource({ environment, user, actor }: UserCall, session: SignOnSession): object {
  const base = baseOf(environment);
  const own = `${base}/users/${user.id}`;
  return {
    _links: { self: link(`${own}/sessions/${session.id}`), environment: link(base), user: link(own) },
    id: session.id,
    environment: { id: environment.seed.environment.id },
    user: { id: user.id },
    createdAt: timeText(session.createdAt),
    activeAt: timeText(session.activeAt),
    expiresAt: timeText(session.expiresAt),
    lastSignOn: { at: timeText(session.user?.authenticatedAt ?? session.createdAt), remoteIp: session.remoteAddress },
    browser: { userAgent: session.userAgent },
    current: actor.kind === 'user' && actor.sessionId === session.id,
  };
}

export function readSessions(call: UserCall): SandboxResponse {
  const { environment, user } = call;
  const sessions = environment.sessions.ofUser(user.id).map((session) => sessionResource(call, session));
  return resource({
    _links: { self: link(`${baseOf(environment)}/users/${user.id}/sessions`) },
    _embedded: { sessions },
    count: sessions.length,
    size: sessions.length,
  });
}

export function readSession(call: UserCall): SandboxResponse {
  const session = sessionOf(call);
  return session ? resource(sessionResource(call, session)) : platformError(call.request, 'notFound');
}

/** Ends a session, but not the one that the caller's own token belongs to (docs/pingone.md, section 10). */
export function deleteSession(call: UserCall): SandboxResponse {
  const { actor, environment, request } = call;
  const session = sessionOf(call);
  if (!session) return platformError(request, 'notFound');
  if (actor.kind === 'user' && actor.sessionId === session.id) {
    return platformError(request, 'requestFailed', [
      { code: 'INVALID_REQUEST', target: 'sessionId', message: 'The current session cannot be deleted' },
    ]);
  }
  environment.sessions.end(session);
  return empty(204);
}

/** `POST sessions/me`: ends the session of the `ST` cookie; no access token is involved. */
export function resetSession(environment: Environment, request: SandboxRequest): SandboxResponse {
  if (mediaType(request) !== 'application/vnd.pingidentity.sso.session.logout') {
    return platformError(request, 'unsupportedMediaType');
  }
  const session = environment.sessions.byCookie(cookie(request, 'ST'));
  if (session) environment.sessions.end(session);
  return empty(204);
}

function sessionOf({ environment, user, path }: UserCall): SignOnSession | undefined {
  return environment.sessions.ofUser(user.id).find(({ id }) => id === path['sessionId']);
}
