import { createAuthorizationCodes } from './authorization-server/authorization-codes.ts';
import { createDeviceCodes } from './authorization-server/device-codes.ts';
import { createPushedRequests } from './authorization-server/pushed-requests.ts';
import { createRefreshTokens } from './authorization-server/refresh-tokens.ts';
import { createRecoveryCodes, type RecoveryCodes } from './directory/recovery-codes.ts';
import { createDirectory, type Directory } from './directory.ts';
import { ForgetfulMap } from './forgetful-map.ts';
import type { Application } from './seed/applications.ts';
import type { ServiceKey } from './seed/service-key.ts';
import type { Seed } from './seed.ts';
import { createFlows } from './sign-on/flow.ts';
import { createSignOnSessions, type SignOnSessions } from './sign-on-session.ts';
import type { SigningKeys } from './signing-keys.ts';

/** One PingOne environment: all that its endpoints share. Every change of state goes through one of its parts. */
export interface Environment {
  readonly seed: Seed;
  /** The same without what faults change in it. */
  readonly faultless: Seed;
  /**
   * `https://host:port`, as the request named it. It stands for the three hosts of PingOne: auth, api and apps
   * (docs/pingone.md, section 1).
   */
  readonly origin: string;
  /** The environment's origins under all its names: what was issued at one of them is good at the others. */
  readonly origins: readonly string[];
  /** Everything but the management API lies below it: `{origin}/{environmentId}`, or in the layout of a custom domain `{origin}`. */
  readonly base: string;
  /** `{base}/as` */
  readonly issuer: string;
  /** `{origin}/v1` */
  readonly apiUrl: string;
  /** The `aud` of access tokens for the PingOne API: the API's base without `/v1`. */
  readonly apiAudience: string;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly keys: SigningKeys;
  readonly serviceKey: ServiceKey;
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
  readonly serviceKey: ServiceKey;
}): Environment {
  const { seed, origins, now } = given;
  return {
    ...given,
    faultless: seed,
    ...addressesAt(origins[0], placeOf(seed)),
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

/**
 * The same environment, with the same state, as it calls itself to somebody who has asked for this address: under the name
 * that is in it, and in the layout of a custom domain, without the environment's ID, where the address is so.
 */
export function environmentAt(environment: Environment, { origin, pathname }: URL): Environment {
  const [, first = ''] = pathname.split('/');
  const atCustomDomain = first !== 'v1' && !environmentId.test(first);
  return { ...environment, ...addressesAt(origin, atCustomDomain ? '' : placeOf(environment.seed)) };
}

const environmentId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

function placeOf({ environment }: Seed): string {
  return `/${environment.id}`;
}

function addressesAt(origin: string, place: string) {
  const base = origin + place;
  return { origin, base, issuer: issuerAt(base), apiUrl: `${origin}/v1`, apiAudience: origin };
}

function issuerAt(base: string): string {
  return `${base}/as`;
}

/** The issuer under all names of the environment, in both layouts: a token says by which one it was asked for. */
export function ownIssuers({ origins, seed }: Environment): readonly string[] {
  return origins.flatMap((origin) => [issuerAt(origin + placeOf(seed)), issuerAt(origin)]);
}

/** The parts of a path below the environment; `undefined` where the path is none of its own. */
export function pathBelow({ base }: Environment, { origin, pathname }: URL): readonly string[] | undefined {
  const address = origin + pathname;
  return address.startsWith(`${base}/`) ? address.slice(base.length + 1).split('/') : undefined;
}

/** The application with this client ID, where it is enabled. */
export function enabledApplication(
  { seed }: Environment,
  clientId: string | null | undefined,
): Application | undefined {
  return seed.applications.find((application) => application.clientId === clientId && application.enabled);
}

/** These applications, as they are where no fault changes them. */
export function withoutFaults(
  { faultless }: Environment,
  applications: readonly Application[],
): readonly Application[] {
  return faultless.applications.filter(({ id }) => applications.some((application) => application.id === id));
}
