import { randomBytes } from 'node:crypto';
import { ForgetfulMap } from '../forgetful-map.ts';
import type { Application } from '../seed/applications.ts';
import type { SignOnGrant } from './sign-on-grant.ts';

/** Keeps the refresh tokens that were given out, and the families that they belong to (docs/pingone.md, section 4.3). */
export function createRefreshTokens(now: () => number) {
  const tokens = new ForgetfulMap<RefreshToken>(now);

  const expiresAt = (family: RefreshTokenFamily, { refreshTokenDuration }: Application) =>
    Math.min(now() + refreshTokenDuration * 1000, family.endsAt);

  return {
    /** Begins a family; `code` is the one that the sign-in was redeemed with. */
    begin(grant: SignOnGrant, application: Application, code?: string): RefreshTokenFamily {
      const { refreshTokenRollingDuration: seconds } = application;
      const endsAt = seconds === undefined ? Number.POSITIVE_INFINITY : now() + seconds * 1000;
      return { grant, code, endsAt, revoked: false };
    },
    /** Says when a token issued now would expire. */
    expiresAt,
    /** Keeps a new token of the family: `value` where that is a JWT, else an opaque one, made here. */
    add(family: RefreshTokenFamily, application: Application, value = randomBytes(48).toString('base64url')): string {
      tokens.set(value, { family, expiresAt: expiresAt(family, application), rotatedAt: undefined });
      return value;
    },
    /** Finds a token, and says whether it is still good. To look at a token does not use it up. */
    find(value: string): (RefreshToken & { readonly live: boolean }) | undefined {
      const token = tokens.get(value);
      return token && { ...token, live: !token.family.revoked && !token.rotatedAt && token.expiresAt > now() };
    },
    /**
     * Uses a token up. A rotated one is taken again within the grace period; after it, its reuse ends the family where
     * the application has replay protection (docs/pingone.md, section 4.3).
     */
    rotate(value: string, application: Application): RefreshTokenFamily | undefined {
      const token = tokens.get(value);
      if (!token || token.family.grant.clientId !== application.clientId) return undefined;
      const { family, rotatedAt } = token;
      if (family.revoked || token.expiresAt <= now()) return undefined;
      const graceMs = application.refreshTokenRollingGracePeriodDuration * 1000;
      if (rotatedAt !== undefined && now() >= rotatedAt + graceMs) {
        family.revoked = application.additionalRefreshTokenReplayProtectionEnabled;
        return undefined;
      }
      token.rotatedAt = rotatedAt ?? now();
      return family;
    },
    /** Ends the families of a code that was used twice. */
    revokeByCode(code: string): void {
      for (const { family } of tokens.values()) if (family.code === code) family.revoked = true;
    },
  };
}

/** All refresh tokens that descend from one sign-in. */
export interface RefreshTokenFamily {
  readonly grant: SignOnGrant;
  /** The authorization code that began the family, and whose reuse ends it. */
  readonly code: string | undefined;
  /** The end of the rolling duration, in milliseconds since the epoch; infinite when the application sets none. */
  readonly endsAt: number;
  revoked: boolean;
}

interface RefreshToken {
  readonly family: RefreshTokenFamily;
  readonly expiresAt: number;
  rotatedAt: number | undefined;
}
