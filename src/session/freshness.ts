import { hasAccessToken, type TokenSet } from '../auth/token-set.ts';
import { Failure } from '../errors.ts';
import type { ApiInForce, Session } from './session.ts';
import type { StoredSession } from './session-record.ts';

/** What the caller asks of the access token. */
export interface Need {
  /** It must live this long yet. Without it a minute is aimed at, and less accepted when there is no better. */
  readonly minTtlMs?: number | undefined;
  /** An access token that a server has just refused, or that is not wanted any more: another one must come back. */
  readonly rejected?: string | undefined;
  /** Who is signed in is all that is asked: a session without an access token will do. */
  readonly identityOnly?: boolean;
}

export type RefreshableSession = Session & { readonly tokens: { readonly refreshToken: string } };

/** Servers' clocks and slow requests: a token with less life than this is renewed when it can be. */
const comfortableMs = 60_000;

/** Good enough to be used without asking for another. */
export function isComfortable(tokens: TokenSet, need: Need, now: number): boolean {
  return lives(tokens, need, now, Math.max(need.minTtlMs ?? 0, comfortableMs));
}

/** Good enough when there is no better. */
export function isUsable(tokens: TokenSet, need: Need, now: number): boolean {
  return lives(tokens, need, now, need.minTtlMs ?? 1);
}

/** Not refused and not expired, however short of the need: all that can be asked of a token that has just been issued. */
export function isAlive(tokens: TokenSet, need: Need, now: number): boolean {
  return lives(tokens, need, now, 1);
}

export function canRefresh(session: Session): session is RefreshableSession {
  return session.tokens.refreshToken !== undefined;
}

/** @throws Failure `signInNeeded` where `usable` says why not. */
export function existing(stored: StoredSession, api: ApiInForce): Session {
  const session = usable(stored, api);
  if (session instanceof Failure) throw session;
  return session;
}

/** The session, if it is one and was made for the API in force; otherwise why it cannot be used. */
export function usable(stored: StoredSession, api: ApiInForce): Session | Failure {
  switch (stored.kind) {
    case 'session':
      return madeForOtherApi(stored.session, api) ?? stored.session;
    case 'absent':
      return new Failure('signInNeeded', 'You are not signed in.', {
        code: 'no_session',
        hint: 'Sign in with "ping14c login".',
      });
    case 'unreadable':
      if (stored.reason instanceof Failure) return stored.reason;
      return new Failure('signInNeeded', `The stored session cannot be used: ${reasons[stored.reason]}.`, {
        code: 'session_unreadable',
        hint: 'Sign in again with "ping14c login"; that replaces it.',
      });
    default:
      return stored satisfies never;
  }
}

/** A variable that was set for another program must not lead tokens, or passwords, to another host. */
function madeForOtherApi({ apiBase }: Session, { base, from }: ApiInForce): Failure | undefined {
  if (apiBase === base) return undefined;
  if (apiBase === undefined) {
    return new Failure('signInNeeded', 'An earlier ping14c stored this session, without the API that it is for.', {
      code: 'session_outdated',
      hint: 'Sign in again with "ping14c login", this once.',
    });
  }
  return new Failure('signInNeeded', `This session is for the API at ${apiBase}, and ${from} names ${base}.`, {
    code: 'api_changed',
    hint: `Nothing was sent. Change ${from} back, or sign in again with "ping14c login".`,
  });
}

/** The session as it is, if it has to do. @throws Failure `signInNeeded` */
export function settleFor(session: Session, need: Need, now: number): Session {
  if (isUsable(session.tokens, need, now)) return session;
  if (!hasAccessToken(session.tokens)) {
    throw new Failure('signInNeeded', 'This sign-in gave an ID token and no access token (response type id_token).', {
      code: 'access_token_missing',
      hint: 'Sign in again with "ping14c login", without --implicit or with another --response-type.',
    });
  }
  throw new Failure('signInNeeded', 'The access token is no longer good, and there is no refresh token to renew it.', {
    code: 'session_expired',
    hint: 'Sign in again with "ping14c login".',
  });
}

const reasons = {
  'too large': 'it is larger than any that ping14c stores',
  damaged: 'it is damaged, or another program wrote it',
  newer: 'a newer ping14c stored it',
  foreign: 'it belongs to other settings',
} as const;

function lives(tokens: TokenSet, need: Need, now: number, ttlMs: number): boolean {
  const { accessToken, expiresAt } = tokens;
  if (accessToken === need.rejected || (!hasAccessToken(tokens) && !need.identityOnly)) return false;
  return expiresAt === undefined || expiresAt - now >= ttlMs;
}
