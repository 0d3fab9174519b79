/** What a token endpoint gave, narrowed (RFC 6749, section 5.1; OpenID Connect Core, section 3.1.3.3). */
export interface TokenSet {
  /** Empty when the grant gave none, which only `response_type=id_token` does: see `hasAccessToken`. */
  readonly accessToken: string;
  /** Milliseconds since the epoch; absent when the server named no lifetime: then it is used until refused. */
  readonly expiresAt?: number;
  /** Scopes granted; absent when the server named none, which means those asked for (RFC 6749, section 5.1). */
  readonly scope?: readonly string[];
  /** Opaque to us, whatever it looks like. */
  readonly refreshToken?: string;
  /** Verified before it is put here. Absent when nothing vouches for who the user is: see `isVouchedFor`. */
  readonly idToken?: string;
}

/**
 * Whether a header may carry the text as a token (RFC 6750, section 2.1). Anything else in it would be obeyed by somebody: a
 * line break by HTTP, a semicolon by the shell that reads `token --format env`, an escape sequence by the terminal.
 */
export function isBearerToken(text: string): boolean {
  return /^[\w.~+/-]+=*$/.test(text);
}

export function hasAccessToken({ accessToken }: TokenSet): boolean {
  return accessToken !== '';
}

/** Whether the scope was granted: a server that names none has granted what was asked for (RFC 6749, section 5.1). */
export function hasScope({ scope }: TokenSet, wanted: string): boolean {
  return scope?.includes(wanted) ?? true;
}

/** Whether a verified ID token says whose tokens these are: needed to change anything of theirs (docs/security.md, rule 28). */
export function isVouchedFor({ idToken }: TokenSet): boolean {
  return idToken !== undefined;
}
