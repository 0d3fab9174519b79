import { createPrivateKey, createPublicKey, generateKeyPair, type JsonWebKey } from 'node:crypto';
import { promisify } from 'node:util';
import type { Seed } from '../seed.ts';

/** @returns PEM (PKCS #8) */
export async function makeServiceKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const kid = 'sandbox-service-key';

/** The same key as JSON (RFC 7517), which says which key it is and what it signs with: some clients read no other form. */
export function serviceJwk(privateKey: string): JsonWebKey {
  return { ...createPrivateKey(privateKey).export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

/**
 * Gives the applications that sign with a private key one, which is made now unless it is given: a private key in the seed
 * would be a secret in a repository, and every scanner would say so.
 *
 * @param kept PEM
 * @returns the seed with the public key, and the private one in PEM
 */
export async function withServiceKey(
  seed: Seed,
  kept?: string,
): Promise<{ readonly seed: Seed; readonly privateKey: string }> {
  const privateKey = kept ?? (await makeServiceKey());
  const publicKey = createPublicKey(privateKey).export({ format: 'jwk' });
  const jwk = { ...publicKey, kid, use: 'sig' };
  const applications = seed.applications.map((application) =>
    application.tokenEndpointAuthMethod === 'PRIVATE_KEY_JWT' && !application.jwks
      ? { ...application, jwks: { keys: [jwk] } }
      : application,
  );
  return { seed: { ...seed, applications }, privateKey };
}
