import { Failure, messageOf } from '../errors.ts';
import type { HeldLock } from '../files/lock.ts';
import type { KeepRotated, RefreshOutcome } from '../oidc/refresh.ts';
import { hasAccessToken, type TokenSet } from '../oidc/token-set.ts';
import { ping14c, wording } from '../wording.ts';
import { accountOf, type ExpectedSession, type Session } from './session.ts';
import { withSessionLock } from './session-lock.ts';
import { type OnTheWay, sharedFailure, shareFailure } from './shared-failure.ts';
import { readSession, type SessionParts, serializeSession, usableSession } from './stored-session.ts';
import { isComfortable, isGoodEnough, livesLongEnough, type Need, needAfter } from './token-need.ts';

/** One request to the token endpoint. Rejects only when it is interrupted. */
export type Refresh = (session: RefreshableSession, keepRotated: KeepRotated) => Promise<RefreshOutcome>;

type RefreshableSession = Session & { readonly tokens: { readonly refreshToken: string } };

/** The same for all who wait for, or do, one refresh. */
interface Renewal extends SessionParts, OnTheWay {
  readonly expected: ExpectedSession;
  readonly refresh: Refresh;
  readonly need: Need;
  /** The session as it was before the lock. */
  readonly before: Session;
}

/** A renewed session that is not stored yet, and the stored one that it was made from. */
interface UnstoredSession {
  readonly basis: Session;
  readonly session: Session;
}

type RenewalOutcome =
  | { readonly kind: 'session'; readonly session: Session }
  /** This process stood still and lost the lock; what it has got, if anything, it may not store without looking again. */
  | { readonly kind: 'overtaken'; readonly unstored?: UnstoredSession };

/**
 * The session with an access token that meets the need, refreshed if need be. All commands go this way, so that there is one
 * refresh at a time (docs/security.md, rule 20). A token that was just issued is returned even when its life is too short.
 *
 * 1. Read the session. If it is valid for long enough, return it.
 * 2. Take the lock.
 * 3. Read again, because another process may have refreshed meanwhile.
 * 4. Refresh, unless that has just failed for a process that this one has waited for. The rotated refresh token is stored
 *    as soon as it is there.
 * 5. Store the rest once it is verified.
 * 6. Give the lock back, and return the session. Whoever was overtaken meanwhile has stored nothing, and begins anew at 2.
 *
 * @throws Failure `signInNeeded` when there is no session or it has ended; the refresh's own failure; the store's.
 */
export async function freshSession(
  parts: SessionParts & OnTheWay,
  expected: ExpectedSession,
  refresh: Refresh,
  wanted: Need = {},
  signal: AbortSignal = parts.runtime.signal,
): Promise<Session> {
  const before = await readUsable(parts, expected);
  const need = needAfter(wanted, before.tokens);
  const now = parts.runtime.now();
  if (isComfortable(before.tokens, need, now)) return before;
  if (!canRefresh(before)) return requireLife(before, need, now);
  const renewal: Renewal = { ...parts, expected, refresh, need, before };
  let unstored: UnstoredSession | undefined;
  for (;;) {
    const outcome = await withSessionLock(accountOf(expected), parts, (lock) => renew(renewal, lock, unstored), signal);
    if (outcome.kind === 'session') return outcome.session;
    unstored = outcome.unstored;
  }
}

/** Steps 3 to 5, under the lock. @param unstored what an earlier round has got and could not store */
async function renew(renewal: Renewal, lock: HeldLock, unstored: UnstoredSession | undefined): Promise<RenewalOutcome> {
  const { runtime, expected, need, before, refresh } = renewal;
  // It throws when the session is gone: whoever has signed out meanwhile wants nothing stored any more.
  const stored = await readUsable(renewal, expected);
  // Nobody stored anything since our refresh: its answer is the newest then, and its refresh token the only good one.
  if (unstored && isSame(stored, unstored.basis)) return keep(renewal, lock, unstored);
  const now = runtime.now();
  if (isGoodEnough(stored.tokens, !hasSameAccess(stored, before), need, now))
    return { kind: 'session', session: stored };
  if (!canRefresh(stored)) return { kind: 'session', session: requireLife(stored, need, now) };
  const told = await sharedFailure(lock, renewal.way);
  if (told) return { kind: 'session', session: restOfLife(stored, need, now, told) };
  // A refresh token that another process may have used meanwhile must not be sent again: it would look like a theft.
  if (!(await lock.isHeld())) return { kind: 'overtaken' };

  let basis = stored;
  let notStored: unknown;
  const keepRotated: KeepRotated = async (rotated) => {
    if (rotated === basis.tokens.refreshToken || !(await lock.isHeld())) return;
    basis = { ...basis, tokens: { ...basis.tokens, refreshToken: rotated } };
    await write(renewal, basis).catch((error: unknown) => {
      notStored = error;
      throw error;
    });
  };
  const outcome = await refresh(stored, keepRotated).catch((error: unknown) => {
    throw notStored ?? error;
  });
  // What is stored has no refresh token that works: whatever else there is to say, this comes first.
  if (notStored) throw notStored;

  switch (outcome.kind) {
    case 'renewed':
      return keep(renewal, lock, { basis, session: { ...basis, tokens: renewedTokens(basis.tokens, outcome.tokens) } });
    case 'unanswered':
    case 'unusable':
      await shareFailure(lock, renewal.way, outcome.failure, [stored.tokens.refreshToken, ...tokensIn(basis)]);
      return { kind: 'session', session: restOfLife(basis, need, runtime.now(), outcome.failure) };
    case 'refused':
      throw outcome.failure;
    case 'dead':
    case 'untrusted':
      return endUnlessReplaced(renewal, lock, basis, outcome);
    default:
      return outcome satisfies never;
  }
}

async function keep(renewal: Renewal, lock: HeldLock, unstored: UnstoredSession): Promise<RenewalOutcome> {
  if (!(await lock.isHeld())) return { kind: 'overtaken', unstored };
  await write(renewal, unstored.session);
  return { kind: 'session', session: unstored.session };
}

/** @throws Failure `failed`: the server has taken back what is stored, so that only a new sign-in helps. */
async function write({ store }: SessionParts, session: Session): Promise<void> {
  try {
    await store.write(accountOf(session), serializeSession(session));
  } catch (error) {
    throw new Failure('failed', `The session was renewed but could not be stored. ${messageOf(error)}`, {
      code: 'session_not_stored',
      hint:
        error instanceof Failure && error.hint
          ? wording`${error.hint} Then sign in again with ${ping14c('login')}.`
          : wording`Then sign in again with ${ping14c('login')}.`,
      cause: error,
    });
  }
}

/** What the answer leaves out stays as it was (RFC 6749, section 6; OpenID Connect Core, section 12.2). */
function renewedTokens(old: TokenSet, answer: TokenSet): TokenSet {
  return {
    ...answer,
    scope: answer.scope ?? old.scope,
    refreshToken: answer.refreshToken ?? old.refreshToken,
    idToken: answer.idToken ?? old.idToken,
  };
}

/** The server says that the session is over. So it is, unless another process has stored a newer one meanwhile. */
async function endUnlessReplaced(
  { store, runtime, stateFolder, expected, need }: Renewal,
  lock: HeldLock,
  session: Session,
  { kind, failure }: Extract<RefreshOutcome, { readonly kind: 'dead' | 'untrusted' }>,
): Promise<RenewalOutcome> {
  const stored = await readUsable({ store, runtime, stateFolder }, expected);
  if (!isSame(stored, session)) {
    // With the refresh token of the newer one all begins anew.
    return livesLongEnough(stored.tokens, need, runtime.now())
      ? { kind: 'session', session: stored }
      : { kind: 'overtaken' };
  }
  if (!(await lock.isHeld())) throw failure;
  if (kind === 'untrusted') {
    await store.clear(accountOf(expected));
    throw failure;
  }
  // Only the refused token goes. Logout has a use for the ID token, and the access token may have some life yet.
  const { refreshToken: _refused, ...tokens } = session.tokens;
  await store.write(accountOf(expected), serializeSession({ ...session, tokens }));
  return { kind: 'session', session: restOfLife({ ...session, tokens }, need, runtime.now(), failure) };
}

/** The session as it is for as long as its access token lives. @throws the failure when that is over */
function restOfLife(session: Session, need: Need, now: number, failure: Failure): Session {
  if (livesLongEnough(session.tokens, need, now)) return session;
  throw failure;
}

/** The session of these settings. @throws Failure `signInNeeded` where there is none that can be used */
async function readUsable(parts: SessionParts, expected: ExpectedSession): Promise<Session> {
  const session = usableSession(await readSession(parts, expected), expected.api);
  if (session instanceof Failure) throw session;
  return session;
}

/** Whether nobody has stored anything in between; a rotated refresh token alone is something. */
function isSame(one: Session, other: Session): boolean {
  return hasSameAccess(one, other) && one.tokens.refreshToken === other.tokens.refreshToken;
}

/** Whether the access token is no newer: then one that lives for seconds only is not yet the best that can be had. */
function hasSameAccess(one: Session, other: Session): boolean {
  return one.tokens.accessToken === other.tokens.accessToken && one.signedInAt === other.signedInAt;
}

function tokensIn({ tokens: { accessToken, refreshToken, idToken } }: Session): readonly (string | undefined)[] {
  return [accessToken, refreshToken, idToken];
}

function canRefresh(session: Session): session is RefreshableSession {
  return session.tokens.refreshToken !== undefined;
}

/** A session that cannot be refreshed, while its access token lives. @throws Failure `signInNeeded` when it does not */
function requireLife(session: Session, need: Need, now: number): Session {
  if (livesLongEnough(session.tokens, need, now)) return session;
  if (!hasAccessToken(session.tokens)) {
    throw new Failure('signInNeeded', 'This sign-in gave an ID token and no access token (response type id_token).', {
      code: 'access_token_missing',
      hint: wording`Sign in again with ${ping14c('login')}, without --implicit or with another --response-type.`,
    });
  }
  throw new Failure('signInNeeded', 'The access token is no longer good, and there is no refresh token to renew it.', {
    code: 'session_expired',
    hint: wording`Sign in again with ${ping14c('login')}.`,
  });
}
