import type { TokenEndpointResponse } from 'openid-client';
import { Failure } from '../errors.ts';
import { isBearerToken, type TokenSet } from './token-set.ts';

/** A longer lifetime is cut to this one, so that no date computed from it overflows (docs/security.md, rule 9). */
const longestLifetimeSeconds = 366 * 24 * 3600;

/**
 * What the token endpoint answered, as a token set.
 *
 * @param now milliseconds since the epoch at which the answer came
 * @throws Failure `failed` when the access token is none that could be used
 */
export function tokenSetOf(answer: TokenEndpointResponse, now: number): TokenSet {
  const lifetimeSeconds = lifetimeOf(answer.expires_in);
  const scope = scopesOf(answer.scope);
  return {
    accessToken: bearerToken(answer.access_token),
    ...(lifetimeSeconds === undefined ? {} : { expiresAt: now + lifetimeSeconds * 1000 }),
    ...(scope.length > 0 ? { scope } : {}),
    ...(answer.refresh_token ? { refreshToken: answer.refresh_token } : {}),
    ...(answer.id_token ? { idToken: answer.id_token } : {}),
  };
}

/** An access token as it may be kept. */
export function bearerToken(text: string): string {
  if (isBearerToken(text)) return text;
  throw new Failure('failed', 'The server gave an access token with characters that none may have.', {
    code: 'access_token_not_valid',
    hint: 'Nothing of it was kept. Check the region or --auth-url: this does not look like PingOne.',
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
  return scope?.split(/\s+/).filter(Boolean) ?? [];
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
