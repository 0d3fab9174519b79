import { Failure, messageOf } from '../errors.ts';
import { hasAccessToken, type TokenSet } from '../oidc/token-set.ts';
import { type HeldLock, withLock } from './lock.ts';
import {
  type ApiInForce,
  accountOf,
  type ExpectedSession,
  type Session,
  type StoredSession,
  serializeSession,
} from './session.ts';
import { readSession, type SessionParts } from './stored-session.ts';

/**
 * One request to the token endpoint. Must reject with a `Failure`: `unreachable` when no answer came; `signInNeeded` with
 * code `invalid_grant` when the refresh token is refused, and with another code when the session must end altogether,
 * as when the new ID token names another user (docs/security.md, rule 5).
 */
export type Refresh = (session: RefreshableSession, keepRotated: KeepRotated) => Promise<TokenSet>;

/**
 * Is told the refresh token that the server has put in the old one's place, before anything else of its answer is judged:
 * the old one is worth nothing by then, so that an answer which is refused would take the session with it.
 */
type KeepRotated = (refreshToken: string) => Promise<void>;

/** The same for all who wait for, or do, one refresh. */
interface Renewal extends SessionParts {
  readonly identity: ExpectedSession;
  readonly refresh: Refresh;
  readonly need: Need;
  /** The session as it was before the lock. */
  readonly before: Session;
}

/** A refresh whose answer is not stored yet. */
interface Renewed {
  readonly basis: Session;
  readonly session: Session;
}

type Outcome =
  | { readonly kind: 'session'; readonly session: Session }
  /** This process stood still and was overtaken; what it has got, if anything, it may not store without looking again. */
  | { readonly kind: 'overtaken'; readonly renewed?: Renewed };

/**
 * The session with an access token that meets the need, refreshed if need be. All commands go this way, so that there is one
 * refresh at a time (docs/security.md, rule 20). A token that was just issued is returned even when its life is too short.
 *
 * 1. Read; good enough: return it. 2. Lock. 3. Read again: another process may have refreshed. 4. Refresh.
 * 5. Store: the rotated refresh token first, the rest once it is verified; nothing where the lock was lost or the session
 * has gone. 6. Unlock, return.
 *
 * @throws Failure `signInNeeded` when there is no session or it has ended; what `refresh` rejects with; the store's own.
 */
export async function freshSession(
  parts: SessionParts,
  identity: ExpectedSession,
  refresh: Refresh,
  need: Need = {},
  signal: AbortSignal = parts.runtime.signal,
): Promise<Session> {
  const before = existing(await readSession(parts, identity), identity.api);
  const now = parts.runtime.now();
  if (isComfortable(before.tokens, need, now)) return before;
  if (!canRefresh(before)) return settleFor(before, need, now);
  const renewal: Renewal = { ...parts, identity, refresh, need, before };
  let renewed: Renewed | undefined;
  for (;;) {
    const outcome = await withLock(accountOf(identity), parts, (lock) => renew(renewal, lock, renewed), signal);
    if (outcome.kind === 'session') return outcome.session;
    renewed = outcome.renewed ?? renewed;
  }
}

async function renew(renewal: Renewal, lock: HeldLock, renewed: Renewed | undefined): Promise<Outcome> {
  const { runtime, need, before, refresh } = renewal;
  // Throws when it is gone: signed out meanwhile, so nothing may be stored any more.
  const session = existing(await readSession(renewal, renewal.identity), renewal.identity.api);
  // Nobody stored anything since our refresh: its answer is the newest then, and its refresh token the only good one.
  if (renewed && isSame(session, renewed.basis)) return store(renewal, lock, renewed);
  const now = runtime.now();
  const fresh = hasSameAccess(session, before) ? isComfortable : isAlive;
  if (fresh(session.tokens, need, now)) return { kind: 'session', session };
  if (!canRefresh(session)) return { kind: 'session', session: settleFor(session, need, now) };
  // A refresh token that another process may have used meanwhile must not be sent again: it would look like a theft.
  if (!(await lock.isHeld())) return { kind: 'overtaken' };
  let basis = session;
  let notStored: unknown;
  const keepRotated: KeepRotated = async (rotated) => {
    if (rotated === basis.tokens.refreshToken || !(await lock.isHeld())) return;
    basis = { ...basis, tokens: { ...basis.tokens, refreshToken: rotated } };
    await write(renewal, basis).catch((error: unknown) => {
      notStored = error;
      throw error;
    });
  };
  let answer: TokenSet;
  try {
    answer = await refresh(session, keepRotated);
  } catch (error) {
    // What is stored has no refresh token that works: whatever else there is to say, this comes first.
    if (notStored) throw notStored;
    return withoutAnswer(renewal, lock, basis, error);
  }
  // What the answer leaves out stays as it was (RFC 6749, section 6; OpenID Connect Core, section 12.2).
  const { refreshToken, idToken, scope } = basis.tokens;
  const kept = { refreshToken, ...(idToken ? { idToken } : {}), ...(scope ? { scope } : {}) };
  return store(renewal, lock, { basis, session: { ...session, tokens: { ...kept, ...answer } } });
}

async function store(parts: SessionParts, lock: HeldLock, renewed: Renewed): Promise<Outcome> {
  if (!(await lock.isHeld())) return { kind: 'overtaken', renewed };
  await write(parts, renewed.session);
  return { kind: 'session', session: renewed.session };
}

/** @throws Failure `failed`: the server has taken back what is stored, so that only a new sign-in helps. */
async function write({ store }: SessionParts, session: Session): Promise<void> {
  try {
    await store.write(accountOf(session), serializeSession(session));
  } catch (error) {
    throw new Failure('failed', `The session was renewed but could not be stored. ${messageOf(error)}`, {
      code: 'session_not_stored',
      hint: `${(error instanceof Failure && error.hint) || ''} Then sign in again with "ping14c login".`.trim(),
      cause: error,
    });
  }
}

/** No new tokens. The session stays, unless the server says that it is over and nobody else has stored a newer one. */
async function withoutAnswer(
  { store, identity, need, runtime, ...parts }: Renewal,
  lock: HeldLock,
  session: RefreshableSession,
  error: unknown,
): Promise<Outcome> {
  if (!(error instanceof Failure)) throw error;
  const settle = (found: Session): Outcome => {
    if (isUsable(found.tokens, need, runtime.now())) return { kind: 'session', session: found };
    throw error;
  };
  if (error.kind === 'unreachable' || error.kind === 'failed') return settle(session);
  if (error.kind !== 'signInNeeded') throw error;
  const stored = existing(
    await readSession({ store, runtime, stateFolder: parts.stateFolder }, identity),
    identity.api,
  );
  // Another process was faster, and its session is the one that counts: with its refresh token all begins anew.
  if (!isSame(stored, session)) {
    return isUsable(stored.tokens, need, runtime.now()) ? { kind: 'session', session: stored } : { kind: 'overtaken' };
  }
  if (!(await lock.isHeld())) throw error;
  if (error.code !== 'invalid_grant') {
    await store.clear(accountOf(identity));
    throw error;
  }
  // Only the refused token goes. Logout has a use for the ID token, and the access token may have some life yet.
  const { refreshToken: _refused, ...tokens } = session.tokens;
  await store.write(accountOf(identity), serializeSession({ ...session, tokens }));
  return settle({ ...session, tokens });
}

/** Whether nobody has stored anything in between; a rotated refresh token alone is something. */
function isSame(one: Session, other: Session): boolean {
  return hasSameAccess(one, other) && one.tokens.refreshToken === other.tokens.refreshToken;
}

/** Whether the access token is no newer: then one that lives for seconds only is not yet the best that can be had. */
function hasSameAccess(one: Session, other: Session): boolean {
  return one.tokens.accessToken === other.tokens.accessToken && one.signedInAt === other.signedInAt;
}

/** What the caller asks of the access token. */
export interface Need {
  /** It must live this long yet. Without it a minute is aimed at, and less accepted when there is no better. */
  readonly minTtlMs?: number | undefined;
  /** An access token that a server has just refused, or that is not wanted any more: another one must come back. */
  readonly rejected?: string | undefined;
  /** Who is signed in is all that is asked: a session without an access token will do. */
  readonly identityOnly?: boolean;
}

type RefreshableSession = Session & { readonly tokens: { readonly refreshToken: string } };

/** Servers' clocks and slow requests: a token with less life than this is renewed when it can be. */
const comfortableMs = 60_000;

/** Good enough to be used without asking for another. */
export function isComfortable(tokens: TokenSet, need: Need, now: number): boolean {
  return lives(tokens, need, now, Math.max(need.minTtlMs ?? 0, comfortableMs));
}

/** Good enough when there is no better. */
function isUsable(tokens: TokenSet, need: Need, now: number): boolean {
  return lives(tokens, need, now, need.minTtlMs ?? 1);
}

/** Not refused and not expired, however short of the need: all that can be asked of a token that has just been issued. */
export function isAlive(tokens: TokenSet, need: Need, now: number): boolean {
  return lives(tokens, need, now, 1);
}

function canRefresh(session: Session): session is RefreshableSession {
  return session.tokens.refreshToken !== undefined;
}

/** @throws Failure `signInNeeded` where `usable` says why not. */
function existing(stored: StoredSession, api: ApiInForce): Session {
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
function settleFor(session: Session, need: Need, now: number): Session {
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
