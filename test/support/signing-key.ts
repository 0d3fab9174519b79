import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, exportJWK, type JWTPayload, SignJWT } from 'jose';
import type { AuthorizationServerClient } from '../../src/oidc/client.ts';

/** A key that a server publishes without saying for which algorithm, and what it has signed with any that the key can do. */
export async function signingKey() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const published = createLocalJWKSet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'published' }] });
  return {
    keys: published as unknown as AuthorizationServerClient['keys'],
    /** @param kid of no letters for a token that does not name its key */
    sign: (claims: JWTPayload, alg = 'RS256', kid = 'published') =>
      new SignJWT(claims).setProtectedHeader({ alg, ...(kid && { kid }) }).sign(privateKey),
  };
}
