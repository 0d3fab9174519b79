import { hasAccessToken, type TokenSet } from '../oidc/token-set.ts';

/** What the caller asks of the access token. */
export interface Need {
  /** It must live this long yet. Without it a minute is aimed at, and less accepted when there is no better. */
  readonly minTtlMs?: number | undefined;
  /** An access token that a server has just refused: another one must come back. */
  readonly rejected?: string | undefined;
  /** No access token that is there at the beginning will do, however good. */
  readonly anew?: boolean | undefined;
  /** Who is signed in is all that is asked: a session without an access token will do. */
  readonly identityOnly?: boolean;
}

/** The need of whoever has found these tokens at the beginning. */
export function needAfter(need: Need, found: TokenSet | undefined): Need {
  return need.anew ? { ...need, rejected: found?.accessToken } : need;
}

/** Servers' clocks and slow requests: a token with less life than this is renewed when it can be. */
const comfortableMs = 60_000;

/** Good enough to be used without asking for another. */
export function isComfortable(tokens: TokenSet, need: Need, now: number): boolean {
  return lives(tokens, need, now, Math.max(need.minTtlMs ?? 0, comfortableMs));
}

/** Good enough when there is no better: it lives for as long as is needed. */
export function livesLongEnough(tokens: TokenSet, need: Need, now: number): boolean {
  return lives(tokens, need, now, need.minTtlMs ?? 1);
}

/**
 * Good enough for whoever has waited for the lock. Of a token that another process got meanwhile no more can be asked than
 * that it lives and was not refused, however short of the need: a server has just issued it.
 */
export function isGoodEnough(tokens: TokenSet, justIssued: boolean, need: Need, now: number): boolean {
  return justIssued ? lives(tokens, need, now, 1) : isComfortable(tokens, need, now);
}

function lives(tokens: TokenSet, need: Need, now: number, ttlMs: number): boolean {
  const { accessToken, expiresAt } = tokens;
  if (accessToken === need.rejected || (!hasAccessToken(tokens) && !need.identityOnly)) return false;
  return expiresAt === undefined || expiresAt - now >= ttlMs;
}
