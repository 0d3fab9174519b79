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

/** Sets the cookie, which is `Lax` because the browser comes from the application, at top level. */
export function sessionCookie({ seed }: Environment, { cookie }: SignOnSession): { readonly 'set-cookie': string } {
  return { 'set-cookie': `ST=${cookie}; Path=/${seed.environment.id}; Secure; HttpOnly; SameSite=Lax` };
}

/** Takes the cookie away. */
export function expiredSessionCookie({ seed }: Environment): { readonly 'set-cookie': string } {
  return { 'set-cookie': `ST=; Path=/${seed.environment.id}; Max-Age=0; Secure; HttpOnly; SameSite=Lax` };
}
