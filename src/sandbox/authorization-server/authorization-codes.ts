import { randomUUID } from 'node:crypto';
import { ForgetfulMap } from '../forgetful-map.ts';
import type { CodeChallenge } from './pkce.ts';
import type { SignOnGrant } from './sign-on-grant.ts';

/** Keeps the authorization codes that are on their way from the browser to the token endpoint. */
export function createAuthorizationCodes(now: () => number) {
  const codes = new ForgetfulMap<
    IssuedCode & { readonly expiresAt: number; readonly goodUntil: number; used: boolean }
  >(now);
  return {
    /** Gives out a code: a UUID, as recorded. @param bytes what the texts of its request take up */
    issue(code: AuthorizationCode, bytes: number): string {
      const value = randomUUID();
      const until = { expiresAt: now() + rememberedMs, goodUntil: now() + lifetimeMs };
      codes.set(value, { ...code, ...until, value, used: false }, bytes);
      return value;
    },
    redeem(value: string): Redemption {
      const code = codes.get(value);
      if (!code) return { kind: 'unknown' };
      if (code.used) return { kind: 'reused' };
      code.used = true;
      return code.goodUntil > now() ? { kind: 'redeemed', ...code } : { kind: 'unknown' };
    },
  };
}

/** What the holder of a code may redeem it for. */
interface AuthorizationCode {
  readonly grant: SignOnGrant;
  /** What the token request must repeat; absent when the authorize request left it out. */
  readonly redirectUri: string | undefined;
  readonly challenge: CodeChallenge | undefined;
}

interface IssuedCode extends AuthorizationCode {
  readonly value: string;
}

type Redemption =
  | ({ readonly kind: 'redeemed' } & IssuedCode)
  /** The code was used before: what that gave is to be revoked (RFC 6749, section 4.1.2). */
  | { readonly kind: 'reused' }
  | { readonly kind: 'unknown' };

/** PingOne's lifetime is not on record (docs/pingone.md, section 14). */
const lifetimeMs = 60_000;
/** A code is remembered for longer, because its reuse ends what it gave. */
const rememberedMs = 24 * 60 * 60_000;
