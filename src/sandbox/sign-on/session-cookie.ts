import type { Environment } from '../environment.ts';
import { cookie, type SandboxRequest } from '../request.ts';
import type { SignOnSession } from '../sign-on-session.ts';

/** Finds the browser's session by PingOne's `ST` cookie (docs/pingone.md, section 3); `undefined` where it has none. */
export function browserSession({ sessions }: Environment, request: SandboxRequest): SignOnSession | undefined {
  return sessions.byCookie(cookie(request, 'ST'));
}

/** Opens a session for a browser that has none; nobody is signed on in it. */
export function openBrowserSession({ sessions }: Environment, request: SandboxRequest): SignOnSession {
  return sessions.open({
    remoteAddress: request.remoteAddress,
    userAgent: request.headers['user-agent'] ?? '',
  });
}

/**
 * Sets the cookie. Ping's JavaScript packages renew tokens in the background from pages of other sites, by fetch or in a
 * frame, so it is sent there as well. That gives nothing away: answers go to registered redirect URIs or listed origins
 * alone, the pages cannot be framed, and a step needs the ID of a flow, which no other site knows.
 */
export function sessionCookie(environment: Environment, { cookie }: SignOnSession): { readonly 'set-cookie': string } {
  return { 'set-cookie': `ST=${cookie}; Path=${pathOf(environment)}; Secure; HttpOnly; SameSite=None` };
}

/** Takes the cookie away. */
export function expiredSessionCookie(environment: Environment): { readonly 'set-cookie': string } {
  return { 'set-cookie': `ST=; Path=${pathOf(environment)}; Max-Age=0; Secure; HttpOnly; SameSite=None` };
}

/** `/{environmentId}`, or `/` for who asks as at a custom domain. */
function pathOf({ base }: Environment): string {
  return new URL(base).pathname;
}
