import { createAuthorizationCodes } from './authorization-server/authorization-codes.ts';
import { createDeviceCodes } from './authorization-server/device-codes.ts';
import { createPushedRequests } from './authorization-server/pushed-requests.ts';
import { createRefreshTokens } from './authorization-server/refresh-tokens.ts';
import { createRecoveryCodes, type RecoveryCodes } from './directory/recovery-codes.ts';
import { createDirectory, type Directory } from './directory.ts';
import { ForgetfulMap } from './forgetful-map.ts';
import type { Application } from './seed/applications.ts';
import type { Seed } from './seed.ts';
import { createFlows } from './sign-on/flow.ts';
import { createSignOnSessions, type SignOnSessions } from './sign-on-session.ts';
import type { SigningKeys } from './signing-keys.ts';

/** One PingOne environment: all that its endpoints share. Every change of state goes through one of its parts. */
export interface Environment {
  readonly seed: Seed;
  /**
   * `https://host:port`, as the request named it. It stands for the three hosts of PingOne: auth, api and apps
   * (docs/pingone.md, section 1).
   */
  readonly origin: string;
  /** The environment's origins under all its names: what was issued at one of them is good at the others. */
  readonly origins: readonly string[];
  /** `{origin}/{environmentId}/as` */
  readonly issuer: string;
  /** `{origin}/v1` */
  readonly apiUrl: string;
  /** The `aud` of access tokens for the PingOne API: the API's base without `/v1`. */
  readonly apiAudience: string;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly keys: SigningKeys;
  readonly directory: Directory;
  readonly recoveryCodes: RecoveryCodes;
  readonly sessions: SignOnSessions;
  readonly flows: ReturnType<typeof createFlows>;
  readonly authorizationCodes: ReturnType<typeof createAuthorizationCodes>;
  readonly refreshTokens: ReturnType<typeof createRefreshTokens>;
  readonly deviceCodes: ReturnType<typeof createDeviceCodes>;
  readonly pushedRequests: ReturnType<typeof createPushedRequests>;
  /** `jti` of access tokens that were revoked. */
  readonly revokedTokens: ForgetfulMap<{ readonly expiresAt: number }>;
  /** `jti` of client assertions that were used. */
  readonly usedAssertions: ForgetfulMap<{ readonly expiresAt: number }>;
}

export function createEnvironment(given: {
  readonly seed: Seed;
  /** All its names; the first is the one that it has where no request has named another. */
  readonly origins: readonly [string, ...string[]];
  readonly now: () => number;
  readonly keys: SigningKeys;
}): Environment {
  const { seed, origins, now } = given;
  return {
    ...given,
    ...addressesAt(origins[0], seed),
    directory: createDirectory(seed, now),
    recoveryCodes: createRecoveryCodes(now),
    sessions: createSignOnSessions(now),
    flows: createFlows(now),
    authorizationCodes: createAuthorizationCodes(now),
    refreshTokens: createRefreshTokens(now),
    deviceCodes: createDeviceCodes(now),
    pushedRequests: createPushedRequests(now),
    revokedTokens: new ForgetfulMap(now),
    usedAssertions: new ForgetfulMap(now),
  };
}

/** The same environment, with the same state, as it calls itself to somebody who has called it by this origin. */
export function environmentAt(environment: Environment, origin: string): Environment {
  return { ...environment, ...addressesAt(origin, environment.seed) };
}

function addressesAt(origin: string, seed: Seed) {
  return { origin, issuer: issuerAt(origin, seed), apiUrl: `${origin}/v1`, apiAudience: origin };
}

function issuerAt(origin: string, { environment }: Seed): string {
  return `${origin}/${environment.id}/as`;
}

/** The issuer under all names of the environment: a token says by which one it was asked for. */
export function ownIssuers({ origins, seed }: Environment): readonly string[] {
  return origins.map((origin) => issuerAt(origin, seed));
}

/** The application with this client ID, where it is enabled. */
export function enabledApplication(
  { seed }: Environment,
  clientId: string | null | undefined,
): Application | undefined {
  return seed.applications.find((application) => application.clientId === clientId && application.enabled);
}
