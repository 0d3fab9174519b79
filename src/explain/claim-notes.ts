import type { ProtocolEvent } from '../auth/observer.ts';
import { localTime } from '../output/time.ts';
import type { Note, Notes } from './note.ts';

export type Verified = Extract<ProtocolEvent, { readonly kind: 'idTokenVerified' }>;

/** What of an ID token has been checked, in the order of OpenID Connect Core, section 3.1.3.7. */
export interface Check {
  readonly claim: string;
  /** The point of that section, or another one. */
  readonly standard: string;
  /** What the check found; absent where this ID token did not need it. */
  readonly found: (token: Verified, header: Readonly<Record<string, unknown>>) => string | undefined;
}

const core = 'OpenID Connect Core, section 3.1.3.7';

/** Told once `verifyIdToken` has passed the token: what it would have refused is an error, and told as such. */
export const checks: readonly Check[] = [
  {
    claim: 'signature',
    standard: `${core}, point 6`,
    found: (_token, { kid }) =>
      kid === undefined ? 'made with the one key of jwks_uri' : `made with key ${kid} of jwks_uri`,
  },
  {
    claim: 'alg',
    standard: `${core}, point 7`,
    found: (_token, { alg }) => `${alg}, which is the only one taken, whatever token or metadata say`,
  },
  { claim: 'iss', standard: `${core}, point 2`, found: ({ claims }) => `${claims.iss} equals the configured issuer` },
  {
    claim: 'aud',
    standard: `${core}, points 3 to 5`,
    found: ({ claims }) => `${[claims.aud].flat().join(' ')} is our client ID`,
  },
  {
    claim: 'azp',
    standard: `${core}, point 5`,
    found: ({ claims }) => (claims['azp'] === undefined ? undefined : `${claims['azp']} is our client ID`),
  },
  {
    claim: 'exp',
    standard: `${core}, point 9`,
    found: ({ claims, at }) => `${timeOf(claims.exp)}: ${claims.exp - at} seconds from now`,
  },
  { claim: 'iat', standard: `${core}, point 10`, found: ({ claims }) => `${timeOf(claims.iat)}: not in the future` },
  {
    claim: 'nonce',
    standard: `${core}, point 11`,
    found: ({ expected }) => (expected.nonce === undefined ? undefined : 'equals the one that was sent'),
  },
  {
    claim: 'auth_time',
    standard: `${core}, point 13`,
    found: ({ claims, expected }) =>
      expected.maxAge === undefined
        ? undefined
        : `${timeOf(claims['auth_time'])}: no more than ${expected.maxAge} seconds ago`,
  },
  {
    claim: 'at_hash',
    standard: 'OpenID Connect Core, section 3.2.2.9',
    found: ({ expected }) =>
      expected.accessToken === undefined ? undefined : 'is the left half of the access token’s SHA-256',
  },
  { claim: 'sub', standard: `${core}; section 2`, found: ({ claims }) => `${claims.sub} is who signed in` },
];

/** What the claims mean; those of the person come by scope and by the application's attribute mappings. */
export const claimNotes: Notes = {
  sub: { what: 'the user’s ID, which never changes and is never given to anybody else' },
  acr: { what: 'the sign-on policy that was met', place: 'policies' },
  amr: { what: 'how the person showed who they are' },
  auth_time: { what: 'when they did, in seconds since 1970' },
  sid: { what: 'PingOne’s session' },
  env: { what: 'the environment', place: 'environment' },
  org: { what: 'the organization' },
  at_hash: { what: 'binds the access token to this ID token', standard: 'OpenID Connect Core, section 3.2.2.9' },
  'p1.region': { what: 'PingOne’s geography', place: 'environment' },
  ...byScope('profile', [
    ...['name', 'given_name', 'middle_name', 'family_name', 'nickname', 'preferred_username', 'profile', 'picture'],
    ...['website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
  ]),
  ...byScope('email', ['email', 'email_verified']),
  ...byScope('address', ['address']),
  ...byScope('phone', ['phone_number', 'phone_number_verified']),
};

/** Claims that the checks have told already. */
export const checkedClaims: readonly string[] = ['iss', 'aud', 'azp', 'exp', 'iat', 'nonce', 'sub'];

/** One note for all claims of a scope, so that it is told once (OpenID Connect Core, section 5.4). */
function byScope(scope: string, claims: readonly string[]): Notes {
  const note: Note = {
    what: `about the person, by the scope ${scope}`,
    standard: 'OpenID Connect Core, section 5.4',
    place: 'attributes',
  };
  return Object.fromEntries(claims.map((claim) => [claim, note]));
}

/** Times of a token are seconds, and may be anything that the server has written. */
function timeOf(seconds: unknown): string {
  const ms = Number(seconds) * 1000;
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return String(seconds);
  return `${seconds} (${localTime(ms)})`;
}
