import { createHmac } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { SigningKeys } from '../signing-keys.ts';
import type { Fault } from './fault.ts';

const hourSeconds = 3600;

/** ID tokens that no client may take (OpenID Connect Core, section 3.1.3.7), and clocks that do not agree. */
export const idTokenFaults = {
  'id-token-wrong-issuer': {
    happens: 'the ID token names another issuer',
    meetsIt: 'login',
    keys: idTokens((claims, keys) => keys.sign({ ...claims, iss: 'https://auth.pingone.example/another/as' })),
  },
  'id-token-wrong-audience': {
    happens: 'the ID token is for another client',
    meetsIt: 'login',
    keys: idTokens((claims, keys) => keys.sign({ ...claims, aud: 'another-client' })),
  },
  'id-token-wrong-nonce': {
    happens: 'the ID token answers another sign-in: its nonce is not ours',
    meetsIt: 'login',
    keys: idTokens((claims, keys) => keys.sign({ ...claims, nonce: 'of-another-sign-in' })),
  },
  'id-token-expired': {
    happens: 'the ID token expired an hour ago',
    meetsIt: 'login',
    keys: idTokens(({ iat = 0, ...claims }, keys) =>
      keys.sign({ ...claims, iat: iat - 2 * hourSeconds, exp: iat - hourSeconds }),
    ),
  },
  'id-token-alg-none': {
    happens: 'the ID token is not signed at all, and says so',
    meetsIt: 'login',
    keys: idTokens((claims) => `${encoded({ alg: 'none' })}.${encoded(claims)}.`),
  },
  'id-token-alg-hs256': {
    happens: 'the ID token is signed with the public key as if that were a shared secret',
    meetsIt: 'login',
    keys: idTokens(async (claims, keys) => {
      const [key] = await keys.published();
      const signed = `${encoded({ alg: 'HS256', kid: key?.kid })}.${encoded(claims)}`;
      return `${signed}.${createHmac('sha256', JSON.stringify(key)).update(signed).digest('base64url')}`;
    }),
  },
  'id-token-bad-signature': {
    happens: 'the ID token was changed after it was signed',
    meetsIt: 'login',
    keys: idTokens(async (claims, keys) => {
      const [header, , signature] = (await keys.sign(claims)).split('.');
      return `${header}.${encoded({ ...claims, email: 'somebody-else@example.com' })}.${signature}`;
    }),
  },
  'id-token-wrong-at-hash': {
    happens: 'the ID token belongs to another access token (at_hash): one of the two was exchanged in the browser',
    meetsIt: 'login --implicit, as the single-page application: --client-id c0000000-0000-4000-8000-000000000010',
    keys: idTokens((claims, keys) => keys.sign({ ...claims, at_hash: 'LDktKdoQak3Pk0cnXxCltA' })),
  },
  'jwks-unknown-kid': {
    happens: 'tokens are signed with a key that the server does not publish',
    meetsIt: 'login',
    keys: (keys) => ({
      ...keys,
      published: async () => (await keys.published()).map((key) => ({ ...key, kid: `${key.kid}-old` })),
      // Who has kept the keys that were published before does not know this one either.
      sign: (claims, header) => keys.sign(claims, { kid: 'unpublished', ...header }),
    }),
  },
  'clock-ahead': {
    happens: "the server's clock is 10 minutes ahead of this machine's",
    meetsIt: 'login',
    aheadSeconds: 600,
  },
  'clock-behind': {
    happens: "the server's clock is two hours behind this machine's",
    meetsIt: 'login',
    aheadSeconds: -2 * hourSeconds,
  },
} as const satisfies Readonly<Record<string, Fault>>;

type Forge = (claims: JWTPayload, keys: SigningKeys) => string | Promise<string>;

/**
 * Forges ID tokens only: they are the ones whose `aud` is a text, an access token's is a list
 * (docs/pingone.md, section 5).
 */
function idTokens(forge: Forge): (keys: SigningKeys) => SigningKeys {
  return (keys) => ({
    ...keys,
    sign: async (claims, header) => (typeof claims.aud === 'string' ? forge(claims, keys) : keys.sign(claims, header)),
  });
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
