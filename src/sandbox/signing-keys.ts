import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';

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

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

/** Makes the first key when it is first needed: that takes a tenth of a second, and many a sandbox never signs. */
export function createSigningKeys(): SigningKeys {
  let made: Promise<readonly [SigningKey, ...SigningKey[]]> | undefined;
  const newestFirst = () => {
    made ??= generate().then((key) => [key]);
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
      made = Promise.all([generate(), before]).then(([key, older]) => [key, ...older]);
      await made;
    },
  };
}

async function generate(): Promise<SigningKey> {
  const kid = crypto.randomUUID();
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } };
}
