/** What a token endpoint gave, narrowed (RFC 6749, section 5.1; OpenID Connect Core, section 3.1.3.3). */
export interface TokenSet {
  readonly accessToken: string;
  /** Milliseconds since the epoch; absent when the server named no lifetime: then it is used until refused. */
  readonly expiresAt?: number;
  /** Scopes granted; absent when the server named none, which means those asked for (RFC 6749, section 5.1). */
  readonly scope?: readonly string[];
  /** Opaque to us, whatever it looks like. */
  readonly refreshToken?: string;
  /** Verified before it is put here. */
  readonly idToken?: string;
}
