import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, exportJWK, type JWTPayload, SignJWT } from 'jose';
import type { AuthorizationServerClient } from '../../src/oidc/client.ts';

/** A key that a server publishes without saying for which algorithm, and what it has signed with any that the key can do. */
export async function signingKey() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const published = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'published' }] });
  return {
    keys: published as unknown as AuthorizationServerClient['keys'],
    sign: (claims: JWTPayload, alg = 'RS256') =>
      new SignJWT(claims).setProtectedHeader({ alg, kid: 'published' }).sign(privateKey),
  };
}
