import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { JSONWebKeySet } from 'jose';

/** An RSA key with its private numbers (RFC 7517; RFC 7518, section 6.3), and which key it is. */
export type PrivateJwk = Readonly<
  Record<'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi' | 'kid', string> & { kty: 'RSA'; use: 'sig'; alg: 'RS256' }
>;

/**
 * The key of the applications that sign with a private one and bring no `jwks`. It is not in the seed, where it would be a secret
 * in a repository, and every scanner would say so; it is made when it is first asked for, which takes a while.
 */
export interface ServiceKey {
  /** PKCS #8 */
  pem(): Promise<string>;
  /** The same as JSON: some clients read no other form. */
  privateJwk(): Promise<PrivateJwk>;
  /** What a signature is verified with; `undefined` before the key was asked for: nobody can have signed with it. */
  publicKeys(): Promise<JSONWebKeySet> | undefined;
}

const naming = { kid: 'sandbox-service-key', use: 'sig' } as const;

/** @param kept PEM, of an earlier run */
export function createServiceKey(kept?: string): ServiceKey {
  let made = kept === undefined ? undefined : Promise.resolve(kept);
  const pem = () => {
    made ??= makeServiceKey();
    return made;
  };
  return {
    pem,
    privateJwk: async () => serviceJwk(await pem()),
    publicKeys: () =>
      made?.then((key) => ({ keys: [{ kty: 'RSA', ...createPublicKey(key).export({ format: 'jwk' }), ...naming }] })),
  };
}

/** @returns PEM (PKCS #8) */
export async function makeServiceKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The same key as JSON, which says what it signs with. */
export function serviceJwk(pem: string): PrivateJwk {
  const numbers = createPrivateKey(pem).export({ format: 'jwk' });
  return { ...numbers, ...naming, alg: 'RS256' } as PrivateJwk;
}
