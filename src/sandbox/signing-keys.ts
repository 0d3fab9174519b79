import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, jwtVerify, SignJWT } from 'jose';

/**
 * The environment's RS256 keys: one signs, all are published, so that tokens outlive a rotation
 * (docs/pingone.md, section 5).
 */
export interface SigningKeys {
  /** Recorded PingOne headers are `{kid, alg}` and nothing else; `header` adds to that. */
  sign(claims: JWTPayload, header?: { readonly kid?: string; readonly typ?: string }): Promise<string>;
  /** The claims of a token signed with one of these keys, whatever its dates; `undefined` for any other. */
  read(token: string, at: number): Promise<JWTPayload | undefined>;
  /** What the `jwks` endpoint publishes. */
  published(): readonly JWK[];
  /** Signs with a new key from now on; the old ones stay published. */
  rotate(): Promise<void>;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export async function createSigningKeys(): Promise<SigningKeys> {
  const keys: SigningKey[] = [];
  let current = await generate();
  keys.unshift(current);
  return {
    sign: (claims, header = {}) =>
      new SignJWT(claims).setProtectedHeader({ kid: current.kid, alg: 'RS256', ...header }).sign(current.privateKey),
    async read(token, at) {
      for (const { publicKey } of keys) {
        const options = { algorithms: ['RS256'], currentDate: new Date(at), clockTolerance: Number.MAX_SAFE_INTEGER };
        const verified = await jwtVerify(token, publicKey, options).catch(() => undefined);
        if (verified) return verified.payload;
      }
      return undefined;
    },
    published: () => keys.map(({ jwk }) => jwk),
    async rotate() {
      current = await generate();
      keys.unshift(current);
    },
  };
}

async function generate(): Promise<SigningKey> {
  const kid = crypto.randomUUID();
  const { privateKey, publicKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  return { kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' } };
}
