import { Failure } from '../errors.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import { isAbsentOr, isText } from '../json.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import { addToIndex, type IndexEntry, removeFromIndex } from './account-index.ts';
import { type ApiInForce, accountOf, type Session, type SessionIdentity } from './session.ts';
import { withSessionLock } from './session-lock.ts';
import type { SessionStore } from './session-store.ts';
import { isTime, narrowTokens, parseRecord, serializeRecord } from './stored-record.ts';

/** Where a run keeps sessions. */
export interface SessionParts {
  readonly runtime: Runtime;
  readonly store: SessionStore;
  /** `stateFolder` of src/files/folders.ts: it has the lock and the list of accounts, whatever the store. */
  readonly stateFolder: OwnFolder;
}

/** What was found under an account. Only `session` can be used; the others are left as they are (docs/security.md, rule 24). */
export type StoredSession =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'absent' }
  /** The reason is the store's own failure where it did not hand the text out. */
  | { readonly kind: 'unreadable'; readonly reason: 'too large' | 'damaged' | 'newer' | 'foreign' | Failure };

/**
 * One look into the store, without a lock.
 *
 * @throws Failure when the store itself fails; where a new sign-in would help, that is an answer and no failure.
 */
export async function readSession({ store }: SessionParts, identity: SessionIdentity): Promise<StoredSession> {
  try {
    return parseSession(await store.read(accountOf(identity)), identity);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'signInNeeded') return { kind: 'unreadable', reason: error };
    throw error;
  }
}

export function serializeSession(session: Session): string {
  return serializeRecord(session);
}

/** Narrows what a store gave: our own shape for this very identity, or the reason why not. Never throws. */
export function parseSession(text: string | undefined, identity: SessionIdentity): StoredSession {
  if (text === undefined) return { kind: 'absent' };
  const record = parseRecord(text);
  if ('reason' in record) return { kind: 'unreadable', reason: record.reason };
  const { members } = record;
  const { subject, displayName, signedInAt, apiBase } = members;
  const tokens = narrowTokens(members['tokens']);
  if (!tokens || !isText(subject) || !isText(displayName) || !isTime(signedInAt) || !isAbsentOr(apiBase, isText)) {
    return { kind: 'unreadable', reason: 'damaged' };
  }
  const { profile, issuer, environmentId, clientId } = identity;
  const belongs = { profile, issuer, environmentId, clientId };
  if (Object.entries(belongs).some(([name, value]) => members[name] !== value)) {
    return { kind: 'unreadable', reason: 'foreign' };
  }
  return { kind: 'session', session: { ...belongs, apiBase, subject, displayName, tokens, signedInAt } };
}

/** The session, if it is one and was made for the API in force; otherwise why it cannot be used. */
export function usableSession(stored: StoredSession, api: ApiInForce): Session | Failure {
  switch (stored.kind) {
    case 'session':
      return madeForOtherApi(stored.session, api) ?? stored.session;
    case 'absent':
      return new Failure('signInNeeded', 'You are not signed in.', {
        code: 'no_session',
        hint: wording`Sign in with ${ping14c('login')}.`,
      });
    case 'unreadable':
      if (stored.reason instanceof Failure) return stored.reason;
      return new Failure('signInNeeded', `The stored session cannot be used: ${unreadableWords[stored.reason]}.`, {
        code: 'session_unreadable',
        hint: wording`Sign in again with ${ping14c('login')}; that replaces it.`,
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
      hint: wording`Sign in again with ${ping14c('login')}, this once.`,
    });
  }
  return new Failure('signInNeeded', `This session is for the API at ${apiBase}, but ${from} names ${base}.`, {
    code: 'api_changed',
    hint: wording`Nothing was sent. Change ${from} back, or sign in again with ${ping14c('login')}.`,
  });
}

const unreadableWords = {
  'too large': 'it is larger than any that ping14c stores',
  damaged: 'it is damaged, or another program wrote it',
  newer: 'a newer ping14c stored it',
  foreign: 'it belongs to other settings',
} as const;

/** About as long as a session, so that a disk or a keychain without room for one shows it. */
const rehearsalLength = 6_000;

/**
 * Does all that `storeSession` and a later refresh will do, with something that is worth nothing, and leaves no trace of it:
 * what cannot be kept is better known before a person signs in. It also finds out whether the session there can be replaced.
 *
 * @throws Failure as `storeSession` will
 */
export async function rehearseStoring(parts: SessionParts, identity: SessionIdentity): Promise<void> {
  const { runtime, store, stateFolder } = parts;
  await readSession(parts, identity);
  const { profile, issuer, environmentId, clientId } = identity;
  // Under the session's own lock, so that no other rehearsal takes this one's item away.
  await withSessionLock(accountOf(identity), parts, async () => {
    const account = rehearsalAccount(identity);
    const text = `written at ${runtime.now()}`.padEnd(rehearsalLength, '.');
    const entry = { kind: 'session', account, store: store.kind, profile, issuer, environmentId, clientId } as const;
    await addToIndex(stateFolder, entry);
    if ((await keptFor(parts, account, text)) === text) return;
    throw new Failure('failed', `${store.place} returned something other than what was stored there.`, {
      code: 'store_unreliable',
      hint: 'Try another store: --store file.',
    });
  });
}

/** What a store that cannot clear it has left stays listed, so that `logout --all` finds it. */
async function keptFor(parts: SessionParts, account: string, text: string): Promise<string | undefined> {
  const { store } = parts;
  try {
    await store.write(account, text);
    return await store.read(account);
  } finally {
    await clearRehearsal(parts, account);
  }
}

/** Whether an entry is what a killed `rehearseStoring` has left, and no session. */
export function isRehearsal({ account, ...identity }: IndexEntry): boolean {
  return account === rehearsalAccount(identity);
}

/** Removes what `rehearseStoring` keeps, or a killed one has left. @throws Failure when the store fails */
export async function clearRehearsal({ store, stateFolder }: SessionParts, account: string): Promise<void> {
  await store.clear(account);
  await removeFromIndex(stateFolder, { account, store: store.kind });
}

function rehearsalAccount(identity: SessionIdentity): string {
  return `${accountOf(identity)}-rehearsal`;
}

/** Keeps a session that has just been signed in to, in place of the one before. @throws Failure; the old one is kept then. */
export async function storeSession(parts: SessionParts, session: Session): Promise<void> {
  const account = accountOf(session);
  const { profile, issuer, environmentId, clientId } = session;
  await withSessionLock(account, parts, async () => {
    const { kind: store } = parts.store;
    await addToIndex(parts.stateFolder, { kind: 'session', account, store, profile, issuer, environmentId, clientId });
    await parts.store.write(account, serializeSession(session));
  });
}

/**
 * Removes the session and returns it, so that its tokens can be revoked afterwards. They are read under the lock that a
 * refresh takes, so they are the newest, and no refresh stores any later (docs/security.md, rule 25). What cannot be read is
 * removed too.
 *
 * @throws Failure when the store fails; the session may be there still.
 */
export async function clearSession(parts: SessionParts, identity: SessionIdentity): Promise<StoredSession> {
  const account = accountOf(identity);
  const { runtime, store, stateFolder } = parts;
  // Ctrl-C while another process refreshes ends the waiting; nothing has been cleared then.
  return withSessionLock(account, { runtime, stateFolder }, async () => {
    const found = await readSession(parts, identity).catch(
      (): StoredSession => ({ kind: 'unreadable', reason: 'damaged' }),
    );
    const removed = await store.clear(account);
    await removeFromIndex(stateFolder, { account, store: store.kind });
    return removed || found.kind !== 'unreadable' ? found : { kind: 'absent' };
  });
}
