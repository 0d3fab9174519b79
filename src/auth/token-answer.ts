import type { TokenEndpointResponse } from 'openid-client';
import type { TokenSet } from './token-set.ts';

/** A lifetime beyond this is taken for this: no date computed from it can overflow (security.md, rule 9). */
const longestLifetimeSeconds = 366 * 24 * 3600;

/**
 * What the token endpoint answered, as a token set.
 *
 * @param now milliseconds since the epoch at which the answer came
 */
export function tokenSetOf(answer: TokenEndpointResponse, now: number): TokenSet {
  const lifetimeSeconds = lifetimeOf(answer.expires_in);
  const scope = scopesOf(answer.scope);
  return {
    accessToken: answer.access_token,
    ...(lifetimeSeconds === undefined ? {} : { expiresAt: now + lifetimeSeconds * 1000 }),
    ...(scope.length > 0 ? { scope } : {}),
    ...(answer.refresh_token ? { refreshToken: answer.refresh_token } : {}),
    ...(answer.id_token ? { idToken: answer.id_token } : {}),
  };
}

/** Seconds; `undefined` for what is no lifetime: the token is then used until it is refused. */
export function lifetimeOf(expiresIn: unknown): number | undefined {
  const seconds = typeof expiresIn === 'string' && expiresIn.trim() !== '' ? Number(expiresIn) : expiresIn;
  if (typeof seconds !== 'number' || Number.isNaN(seconds) || seconds < 0) return undefined;
  return Math.min(Math.floor(seconds), longestLifetimeSeconds);
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
