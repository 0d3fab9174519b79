import type { Environment } from '../environment.ts';
import type { SignOnSession } from '../sign-on-session.ts';

/** PingOne's `ST` cookie (docs/pingone.md, section 3). `Lax`: the browser comes from the application, at top level. */
export function sessionCookie({ seed }: Environment, { cookie }: SignOnSession): { readonly 'set-cookie': string } {
  return { 'set-cookie': `ST=${cookie}; Path=/${seed.environment.id}; Secure; HttpOnly; SameSite=Lax` };
}

/** Ends the cookie. */
export function expiredSessionCookie({ seed }: Environment): { readonly 'set-cookie': string } {
  return { 'set-cookie': `ST=; Path=/${seed.environment.id}; Max-Age=0; Secure; HttpOnly; SameSite=Lax` };
}
