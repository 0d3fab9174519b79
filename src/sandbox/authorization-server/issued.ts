import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Application } from '../seed/applications.ts';

/** What an access token may be used for, and where. */
export interface ScopeGrant {
  readonly scopes: readonly string[];
  readonly audience: string;
  readonly accessTokenSeconds: number;
}

/** What a user has let an application have: the source of every token issued for them. */
export interface UserGrant {
  readonly clientId: string;
  readonly userId: string;
  /** The sign-on session: tokens carry it as `sid`, refresh tokens die with it. */
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** What the access token is for (docs/pingone.md, section 5): the PingOne API, or a custom resource. */
  readonly audience: string;
  readonly accessTokenSeconds: number;
  /** Milliseconds since the epoch. */
  readonly authenticatedAt: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly nonce: string | undefined;
}

/** A code on its way from the browser to the token endpoint. */
interface AuthorizationCode {
  readonly grant: UserGrant;
  /** What the token request must repeat; absent when the authorize request left it out. */
  readonly redirectUri: string | undefined;
  readonly challenge: CodeChallenge | undefined;
}

/** RFC 7636, section 4.2. */
export interface CodeChallenge {
  readonly method: 'S256' | 'plain';
  readonly value: string;
}

type Redemption =
  | ({ readonly kind: 'redeemed' } & AuthorizationCode)
  /** A second use: what the first one gave is to be revoked (RFC 6749, section 4.1.2). */
  | { readonly kind: 'reused'; readonly code: string }
  | { readonly kind: 'unknown' };

/** PingOne's is not on record (docs/pingone.md, section 14). */
const lifetimeMs = 60_000;

export function createAuthorizationCodes(now: () => number) {
  const codes = new Map<string, AuthorizationCode & { readonly expiresAt: number; used: boolean }>();
  return {
    /** A UUID, as recorded. */
    issue(code: AuthorizationCode): string {
      const value = randomUUID();
      codes.set(value, { ...code, expiresAt: now() + lifetimeMs, used: false });
      return value;
    },
    redeem(value: string): Redemption {
      const code = codes.get(value);
      if (!code) return { kind: 'unknown' };
      if (code.used) return { kind: 'reused', code: value };
      code.used = true;
      return code.expiresAt > now() ? { kind: 'redeemed', ...code } : { kind: 'unknown' };
    },
  };
}

const prefix = 'urn:ietf:params:oauth:request_uri:';

/** Authorize requests pushed beforehand (RFC 9126). */
export function createPushedRequests(now: () => number) {
  const requests = new Map<string, { clientId: string; parameters: URLSearchParams; expiresAt: number }>();
  return {
    push(clientId: string, parameters: URLSearchParams, seconds: number): string {
      const uri = prefix + randomBytes(24).toString('base64url');
      requests.set(uri, { clientId, parameters, expiresAt: now() + seconds * 1000 });
      return uri;
    },
    /** Once, and for the client that pushed it. */
    take(uri: string, clientId: string | null): URLSearchParams | undefined {
      const request = requests.get(uri);
      if (!request || request.clientId !== clientId) return undefined;
      requests.delete(uri);
      return request.expiresAt > now() ? request.parameters : undefined;
    },
  };
}

/** A device waiting for its user (RFC 8628). */
export interface DeviceGrant {
  readonly deviceCode: string;
  /** `XXXX-XXXX`, as recorded. */
  readonly userCode: string;
  readonly application: Application;
  readonly granted: ScopeGrant;
  readonly challenge: CodeChallenge | undefined;
  readonly expiresAt: number;
  intervalSeconds: number;
  polledAt: number | undefined;
  outcome:
    | { readonly kind: 'pending' }
    | { readonly kind: 'denied' }
    | { readonly kind: 'spent' }
    | { readonly kind: 'granted'; readonly grant: UserGrant };
}

/** Letters and digits that cannot be taken for one another. */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ23456789';

export function createDeviceGrants(now: () => number) {
  const grants = new Map<string, DeviceGrant>();
  const alive = (grant: DeviceGrant | undefined) => (grant && grant.expiresAt > now() ? grant : undefined);
  return {
    begin(application: Application, granted: ScopeGrant, challenge: CodeChallenge | undefined): DeviceGrant {
      const grant: DeviceGrant = {
        deviceCode: randomUUID(),
        userCode: `${fourCharacters()}-${fourCharacters()}`,
        application,
        granted,
        challenge,
        expiresAt: now() + application.deviceTimeout * 1000,
        intervalSeconds: application.devicePollingInterval,
        polledAt: undefined,
        outcome: { kind: 'pending' },
      };
      grants.set(grant.deviceCode, grant);
      return grant;
    },
    /** Expired ones too: the poll says so. */
    byDeviceCode: (deviceCode: string) => grants.get(deviceCode),
    /** Typed by a person: case and the dash do not matter. */
    byUserCode(typed: string): DeviceGrant | undefined {
      const plain = (code: string) => code.toUpperCase().replace(/[^A-Z0-9]/g, '');
      const wanted = plain(typed);
      return alive(
        [...grants.values()].find(({ userCode, outcome }) => plain(userCode) === wanted && outcome.kind === 'pending'),
      );
    },
  };
}

function fourCharacters(): string {
  return Array.from({ length: 4 }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}

/** All refresh tokens that descend from one sign-in. */
export interface RefreshFamily {
  readonly id: string;
  readonly grant: UserGrant;
  /** The code that began it: its reuse ends it. */
  readonly code: string | undefined;
  /** End of the rolling duration, in milliseconds since the epoch; infinite when the application sets none. */
  readonly endsAt: number;
  revoked: boolean;
}

interface RefreshToken {
  readonly family: RefreshFamily;
  readonly expiresAt: number;
  rotatedAt: number | undefined;
}

export function createRefreshFamilies(now: () => number) {
  const tokens = new Map<string, RefreshToken>();

  const expiresAt = (family: RefreshFamily, { refreshTokenDuration }: Application) =>
    Math.min(now() + refreshTokenDuration * 1000, family.endsAt);

  return {
    begin(grant: UserGrant, application: Application, code?: string): RefreshFamily {
      const { refreshTokenRollingDuration: seconds } = application;
      const endsAt = seconds === undefined ? Number.POSITIVE_INFINITY : now() + seconds * 1000;
      return { id: randomUUID(), grant, code, endsAt, revoked: false };
    },
    /** When a token issued now would expire. */
    expiresAt,
    /** Keeps a new token of the family; `value` where it is a JWT, else an opaque one is made. */
    add(family: RefreshFamily, application: Application, value = randomBytes(48).toString('base64url')): string {
      tokens.set(value, { family, expiresAt: expiresAt(family, application), rotatedAt: undefined });
      return value;
    },
    /** The token's family while it is alive; reading uses nothing up. */
    find(value: string): (RefreshToken & { readonly live: boolean }) | undefined {
      const token = tokens.get(value);
      return token && { ...token, live: !token.family.revoked && !token.rotatedAt && token.expiresAt > now() };
    },
    /**
     * Uses a token up. A rotated one is taken again within the grace period; after it, its reuse ends the family where
     * the application has replay protection (docs/pingone.md, section 4.3).
     */
    rotate(value: string, application: Application): RefreshFamily | undefined {
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
