import { claimText } from '../oidc/claims.ts';
import type { ProtocolEvent } from '../oidc/protocol-events.ts';

type Verified = Extract<ProtocolEvent, { readonly kind: 'idTokenVerified' }>;

/** What of an ID token has been checked, in the order of OpenID Connect Core, section 3.1.3.7. */
interface IdTokenCheck {
  readonly claim: string;
  /** The point of that section, or another one. */
  readonly standard: string;
  /** What the check found; absent where this ID token did not need it. */
  readonly found: (token: Verified, header: Readonly<Record<string, unknown>>) => string | undefined;
}

const core = 'OpenID Connect Core, section 3.1.3.7';

/** Told once `verifyIdToken` has passed the token: what it would have refused is an error, and told as such. */
export const idTokenChecks: readonly IdTokenCheck[] = [
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
    found: ({ claims, at }) =>
      `${claimText('exp', claims.exp, 'with the number')}: ${claims.exp - at} seconds from now`,
  },
  {
    claim: 'iat',
    standard: `${core}, point 10`,
    found: ({ claims }) => `${claimText('iat', claims.iat, 'with the number')}: not in the future`,
  },
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
        : `${claimText('auth_time', claims['auth_time'], 'with the number')}: no more than ${expected.maxAge} seconds ago`,
  },
  {
    claim: 'at_hash',
    standard: 'OpenID Connect Core, section 3.2.2.9',
    found: ({ claims, expected }) =>
      expected.accessToken === undefined || claims['at_hash'] === undefined
        ? undefined
        : 'is the left half of the access token’s SHA-256',
  },
  { claim: 'sub', standard: `${core}; section 2`, found: ({ claims }) => `${claims.sub} is who signed in` },
];
