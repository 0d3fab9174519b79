import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { type IndexEntry, listIndex } from '../../src/session/account-index.ts';
import { accountOf } from '../../src/session/session.ts';
import { withSessionLock } from '../../src/session/session-lock.ts';
import {
  clearSession,
  isRehearsal,
  readSession,
  rehearseStoring,
  storeSession,
  usableSession,
} from '../../src/session/stored-session.ts';
import { asRead } from '../support/failures.ts';
import { expected, identity, sampleParts, sampleSession, storeOver } from '../support/session-samples.ts';

const account = accountOf(identity);
const damaged = new Failure('signInNeeded', 'It is damaged.', { code: 'session_unreadable' });

describe('a session that cannot be used says what to do', () => {
  it.each([
    {
      name: 'is for another API',
      apiBase: 'https://api.pingone.com/v1',
      code: 'api_changed',
      message:
        'This session is for the API at https://api.pingone.com/v1, but PING14C_API_URL names https://api.pingone.eu/v1.',
      hint: 'Nothing was sent. Change PING14C_API_URL back, or sign in again with "ping14c login".',
    },
    {
      name: 'is of an earlier ping14c',
      apiBase: undefined,
      code: 'session_outdated',
      message: 'An earlier ping14c stored this session, without the API that it is for.',
      hint: 'Sign in again with "ping14c login", this once.',
    },
  ])('where it $name', ({ apiBase, code, message, hint }) => {
    const found = usableSession({ kind: 'session', session: { ...sampleSession(0, 0), apiBase } }, expected.api);
    expect(found instanceof Failure && asRead(found)).toMatchObject({ kind: 'signInNeeded', code, message, hint });
  });

  it('where it is damaged', () => {
    const found = usableSession({ kind: 'unreadable', reason: 'damaged' }, expected.api);
    expect(found instanceof Failure && asRead(found)).toMatchObject({
      kind: 'signInNeeded',
      hint: 'Sign in again with "ping14c login"; that replaces it.',
    });
  });

  it('in the store’s own words where the store does not hand it out', async () => {
    const parts = sampleParts();
    const store = storeOver(parts.items, () => Promise.reject(damaged));
    expect(usableSession(await readSession({ ...parts, store }, identity), expected.api)).toBe(damaged);
  });

  it('but not where the store itself fails', async () => {
    const parts = sampleParts();
    const failure = new Failure('failed', 'The keychain is locked.', { code: 'keychain_locked' });
    const store = storeOver(parts.items, () => Promise.reject(failure));
    await expect(readSession({ ...parts, store }, identity)).rejects.toBe(failure);
  });
});

describe('a rehearsal of storing', () => {
  it('does what storing a session does, under a name of its own, and leaves nothing', async () => {
    const parts = sampleParts();
    const session = sampleSession(parts.runtime.now(), 60_000);
    await storeSession(parts, session);
    const [listed, kept]: [(readonly IndexEntry[])[], Map<string, string>[]] = [[], []];
    const store = storeOver(parts.items, async (call) => {
      if (call !== 'clear') return;
      listed.push(await listIndex(parts.stateFolder));
      kept.push(new Map(parts.items));
    });
    await rehearseStoring({ ...parts, store }, identity);
    const [during] = kept;
    const rehearsed = [...(during?.keys() ?? [])].filter((name) => name !== account);
    expect(rehearsed).toEqual([expect.stringContaining(account)]);
    // As long as a session: a store without room for one shows it.
    expect(during?.get(rehearsed[0] ?? '')).toHaveLength(6_000);
    expect(listed[0]?.map((entry) => [entry.account, isRehearsal(entry)]).sort()).toEqual([
      [account, false],
      [rehearsed[0], true],
    ]);
    expect([...parts.items.keys()]).toEqual([account]);
    expect(await listIndex(parts.stateFolder)).toHaveLength(1);
    expect(await readSession(parts, identity)).toEqual({ kind: 'session', session });
  });

  it('tells a store that gives back something else, and leaves nothing', async () => {
    const parts = sampleParts();
    const read = async (name: string) => (name === account ? undefined : 'something else');
    expect(await rehearseStoring({ ...parts, store: { ...parts.store, read } }, identity).catch(asRead)).toMatchObject({
      kind: 'failed',
      code: 'store_unreliable',
      message: 'a test returned something other than what was stored there.',
      hint: 'Try another store: --store file.',
    });
    expect([parts.items.size, await listIndex(parts.stateFolder)]).toEqual([0, []]);
  });

  it('fails where what is there cannot be read, before anything is written', async () => {
    const parts = sampleParts();
    const failure = new Failure('failed', 'It has another passphrase.', { code: 'store_passphrase' });
    const store = storeOver(parts.items, (call) => (call === 'read' ? Promise.reject(failure) : undefined));
    await expect(rehearseStoring({ ...parts, store }, identity)).rejects.toBe(failure);
    expect(await listIndex(parts.stateFolder)).toEqual([]);
  });
});

describe('logout', () => {
  it.each([
    ['does not hand it out', damaged, { kind: 'unreadable', reason: damaged }],
    ['fails to read it', new Error('Out of luck.'), { kind: 'unreadable', reason: 'damaged' }],
  ])('removes what is there where the store %s, and says that something was', async (_name, failure, found) => {
    const parts = sampleParts();
    await storeSession(parts, sampleSession(0, 0));
    const store = storeOver(parts.items, (call) => (call === 'read' ? Promise.reject(failure) : undefined));
    expect(await clearSession({ ...parts, store }, identity)).toEqual(found);
    expect([parts.items.size, await listIndex(parts.stateFolder)]).toEqual([0, []]);
    // The second time there is nothing.
    expect(await clearSession({ ...parts, store }, identity)).toEqual({ kind: 'absent' });
  });
});

describe('somebody else who renews the session for too long', () => {
  it('is named, with what to do about them', async () => {
    const parts = sampleParts();
    // The holder shows no sign of having ended.
    await withSessionLock(account, parts, async () => {
      const waiting = withSessionLock(account, parts, async () => {});
      expect(await waiting.catch(asRead)).toMatchObject({
        kind: 'unreachable',
        code: 'session_locked',
        message: 'Another ping14c is still renewing this session.',
        hint: `Find the ping14c that hangs (process ${process.pid}), stop it and try again.`,
      });
    });
  });
});
