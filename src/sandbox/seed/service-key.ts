import { createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Seed } from '../seed.ts';

/** @returns PEM (PKCS #8) */
export async function makeServiceKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
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
  const jwk = { ...publicKey, kid: 'sandbox-service-key', use: 'sig' };
  const applications = seed.applications.map((application) =>
    application.tokenEndpointAuthMethod === 'PRIVATE_KEY_JWT' && !application.jwks
      ? { ...application, jwks: { keys: [jwk] } }
      : application,
  );
  return { seed: { ...seed, applications }, privateKey };
}
