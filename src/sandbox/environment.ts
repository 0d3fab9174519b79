import { createAuthorizationCodes } from './authorization-server/authorization-codes.ts';
import { createDeviceCodes } from './authorization-server/device-codes.ts';
import { createPushedRequests } from './authorization-server/pushed-requests.ts';
import { createRefreshTokens } from './authorization-server/refresh-tokens.ts';
import { createRecoveryCodes, type RecoveryCodes } from './directory/recovery-codes.ts';
import { createDirectory, type Directory } from './directory.ts';
import type { Application } from './seed/applications.ts';
import type { Seed } from './seed.ts';
import { createFlows } from './sign-on/flow.ts';
import { createSignOnSessions, type SignOnSessions } from './sign-on-session.ts';
import type { SigningKeys } from './signing-keys.ts';

/** One PingOne environment: all that its endpoints share. Every change of state goes through one of its parts. */
export interface Environment {
  readonly seed: Seed;
  /** `https://host:port`. It stands for the three hosts of PingOne: auth, api and apps (docs/pingone.md, section 1). */
  readonly origin: string;
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
  readonly revokedTokens: Set<string>;
  /** `jti` of client assertions that were used. */
  readonly usedAssertions: Set<string>;
}

export function createEnvironment(given: {
  readonly seed: Seed;
  readonly origin: string;
  readonly now: () => number;
  readonly keys: SigningKeys;
}): Environment {
  const { seed, origin, now } = given;
  return {
    ...given,
    issuer: `${origin}/${seed.environment.id}/as`,
    apiUrl: `${origin}/v1`,
    apiAudience: origin,
    directory: createDirectory(seed, now),
    recoveryCodes: createRecoveryCodes(now),
    sessions: createSignOnSessions(now),
    flows: createFlows(now),
    authorizationCodes: createAuthorizationCodes(now),
    refreshTokens: createRefreshTokens(now),
    deviceCodes: createDeviceCodes(now),
    pushedRequests: createPushedRequests(now),
    revokedTokens: new Set(),
    usedAssertions: new Set(),
  };
}

/** The application with this client ID, where it is enabled. */
export function enabledApplication(
  { seed }: Environment,
  clientId: string | null | undefined,
): Application | undefined {
  return seed.applications.find((application) => application.clientId === clientId && application.enabled);
}
