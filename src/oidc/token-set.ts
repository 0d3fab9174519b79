import type { TokenEndpointResponse } from 'openid-client';
import { Failure } from '../errors.ts';

/** What a token endpoint gave, narrowed (RFC 6749, section 5.1; OpenID Connect Core, section 3.1.3.3). */
export interface TokenSet {
  /** Empty when the grant gave none, which only `response_type=id_token` does: see `hasAccessToken`. */
  readonly accessToken: string;
  /** Milliseconds since the epoch; absent when the server named no lifetime: then it is used until refused. */
  readonly expiresAt?: number | undefined;
  /** Scopes granted; absent when the server named none, which means those asked for (RFC 6749, section 5.1). */
  readonly scope?: readonly string[] | undefined;
  /** Opaque to us, whatever it looks like. */
  readonly refreshToken?: string | undefined;
  /** Verified before it is put here. Absent when nothing vouches for who the user is: see `isVouchedFor`. */
  readonly idToken?: string | undefined;
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

/** A longer lifetime is cut to this one, so that no date computed from it overflows (docs/security.md, rule 9). */
const longestLifetimeSeconds = 366 * 24 * 3600;

/**
 * What the token endpoint answered, as a token set.
 *
 * @param now milliseconds since the epoch at which the answer came
 * @throws Failure `failed` when the access token is none that could be used
 */
export function tokenSetOf(answer: TokenEndpointResponse, now: number): TokenSet {
  return {
    ...accessTokenIn(answer, now),
    refreshToken: answer.refresh_token,
    idToken: answer.id_token,
  };
}

/** What comes with an access token, from the token endpoint or in the fragment of an implicit answer. */
interface AccessTokenAnswer {
  readonly access_token: string;
  readonly expires_in?: unknown;
  readonly scope?: string | undefined;
}

/** @throws Failure `failed` when the access token is none that could be used */
export function accessTokenIn(answer: AccessTokenAnswer, now: number): TokenSet {
  const lifetimeSeconds = lifetimeOf(answer.expires_in);
  const scope = scopesOf(answer.scope);
  return {
    accessToken: bearerToken(answer.access_token),
    expiresAt: lifetimeSeconds === undefined ? undefined : now + lifetimeSeconds * 1000,
    scope: scope.length > 0 ? scope : undefined,
  };
}

/** Refuses an access token that no header could carry: it is not kept. */
export function bearerToken(text: string): string {
  if (isBearerToken(text)) return text;
  throw new Failure('failed', 'The server sent an access token with characters that are not allowed.', {
    code: 'access_token_not_valid',
    hint: 'It was not kept. Check the region or --auth-url: this does not look like PingOne.',
  });
}

/** Seconds; `undefined` for what is no lifetime: the token is then used until it is refused. */
export function lifetimeOf(expiresIn: unknown): number | undefined {
  const seconds = typeof expiresIn === 'string' && expiresIn.trim() !== '' ? Number(expiresIn) : expiresIn;
  if (typeof seconds !== 'number' || Number.isNaN(seconds) || seconds < 0) return undefined;
  return Math.min(Math.floor(seconds), longestLifetimeSeconds);
}

/** When a token ends by its own `exp` (seconds since the epoch), in milliseconds; no further away than the longest lifetime. */
export function endOf(exp: number, now: number): number {
  return Math.min(exp * 1000, now + longestLifetimeSeconds * 1000);
}

/** The names in a space-separated scope value (RFC 6749, section 3.3). */
export function scopesOf(scope: string | undefined): readonly string[] {
  return scope?.match(/\S+/g) ?? [];
}

/**
 * What was asked for and not granted; nothing is missing when the server names no scope (RFC 6749, section 5.1).
 * `offline_access` is granted by the refresh token, whether it is named or not.
 */
export function missingScopes(asked: readonly string[], { scope, refreshToken }: TokenSet): readonly string[] {
  if (!scope) return [];
  const granted = refreshToken ? [...scope, 'offline_access'] : scope;
  return asked.filter((name) => !granted.includes(name));
}
