import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';

/**
 * The environment's RS256 keys: one signs, all are published, so that tokens outlive a rotation
 * (docs/pingone.md, section 5).
 */
export interface SigningKeys {
  /** Signs a token. Recorded PingOne headers are `{kid, alg}` and nothing else; `header` adds to that. */
  sign(claims: JWTPayload, header?: { readonly kid?: string; readonly typ?: string }): Promise<string>;
  /**
   * Reads the claims of a token that was signed with one of these keys, whatever its dates; gives `undefined` for any
   * other.
   */
  read(token: string, at: number): Promise<JWTPayload | undefined>;
  /** What the `jwks` endpoint publishes. */
  published(): Promise<readonly JWK[]>;
  /** Signs with a new key from now on; the old ones stay published. */
  rotate(): Promise<void>;
}

/** A key as it can be kept from one run to the next. */
export interface KeptSigningKey {
  readonly kid: string;
  /** The private key; PEM (PKCS #8). */
  readonly key: string;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: JWK;
}

/**
 * Makes the first key when it is first needed, unless it is given: that takes a tenth of a second, and many a sandbox never
 * signs.
 */
export function createSigningKeys(first?: KeptSigningKey): SigningKeys {
  let made: Promise<readonly [SigningKey, ...SigningKey[]]> | undefined;
  const newestFirst = () => {
    made ??= (first ? Promise.resolve(first) : makeSigningKey()).then((key) => [signingKeyOf(key)]);
    return made;
  };
  return {
    async sign(claims, header = {}) {
      const [{ kid, privateKey }] = await newestFirst();
      return new SignJWT(claims).setProtectedHeader({ kid, alg: 'RS256', ...header }).sign(privateKey);
    },
    async read(token, at) {
      for (const { publicKey } of await newestFirst()) {
        const options = { algorithms: ['RS256'], currentDate: new Date(at), clockTolerance: Number.MAX_SAFE_INTEGER };
        const verified = await jwtVerify(token, publicKey, options).catch(() => undefined);
        if (verified) return verified.payload;
      }
      return undefined;
    },
    published: async () => (await newestFirst()).map(({ jwk }) => jwk),
    async rotate() {
      const before = newestFirst();
      made = Promise.all([makeSigningKey(), before]).then(([key, older]) => [signingKeyOf(key), ...older]);
      await made;
    },
  };
}

export async function makeSigningKey(): Promise<KeptSigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return { kid: crypto.randomUUID(), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function signingKeyOf({ kid, key }: KeptSigningKey): SigningKey {
  const publicKey = createPublicKey(key);
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
  return { kid, privateKey: createPrivateKey(key), publicKey, jwk };
}
