import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { Seed } from '../seed.ts';

/**
 * Gives the applications that sign with a private key one, made now: a private key in the seed would be a secret in a
 * repository, and every scanner would say so.
 *
 * @returns the seed with the public key, and the private one in PEM (PKCS #8)
 */
export async function withServiceKey(seed: Seed): Promise<{ readonly seed: Seed; readonly privateKey: string }> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'sandbox-service-key', use: 'sig' };
  const applications = seed.applications.map((application) =>
    application.tokenEndpointAuthMethod === 'PRIVATE_KEY_JWT' && !application.jwks
      ? { ...application, jwks: { keys: [jwk] } }
      : application,
  );
  return {
    seed: { ...seed, applications },
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
