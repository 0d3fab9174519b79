import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addToIndex, type IndexEntry, listIndex, removeFromIndex } from '../../src/session/account-index.ts';
import { cachedTokens, clearCachedTokens } from '../../src/session/client-credentials-cache.ts';
import { clearRehearsal, clearSession, rehearseStoring, storeSession } from '../../src/session/stored-session.ts';
import { identity, sampleParts, sampleSession, storeOver } from '../support/session-samples.ts';

type Parts = ReturnType<typeof sampleParts>;

/** All that is ever kept in a store, and how it is put there and taken away again. */
const kept: readonly {
  readonly name: string;
  readonly put: (parts: Parts) => Promise<unknown>;
  readonly take: (parts: Parts, account: string) => Promise<unknown>;
}[] = [
  {
    name: 'a session',
    put: (parts) => storeSession(parts, sampleSession(0, 60_000)),
    take: (parts) => clearSession(parts, identity),
  },
  {
    name: 'an application’s token',
    put: (parts) =>
      cachedTokens(parts, { ...identity, authMethod: 'none', scope: '' }, async () => ({ accessToken: 'app-1' })),
    take: clearCachedTokens,
  },
  { name: 'a rehearsal of storing', put: (parts) => rehearseStoring(parts, identity), take: clearRehearsal },
];

describe('the list by which "logout --all" finds', () => {
  it.each(kept)('$name has it before the store has it, so that a kill in between hides nothing', async ({ put }) => {
    const parts = sampleParts();
    const listed: boolean[] = [];
    const write: Parts['store']['write'] = async (account, text) => {
      listed.push((await listIndex(parts.stateFolder)).some((entry) => entry.account === account));
      await parts.store.write(account, text);
    };
    await put({ ...parts, store: { ...parts.store, write } });
    expect(listed).toEqual([true]);
  });

  it.each(kept)('$name keeps it where the store does not clear it, and the next attempt takes it away', async (one) => {
    const parts = sampleParts();
    const stuck = storeOver(parts.items, (call) =>
      call === 'clear' ? Promise.reject(new Error('the store is locked')) : undefined,
    );
    // The rehearsal clears what it has written itself.
    await one.put({ ...parts, store: stuck }).catch(() => {});
    const [account = ''] = parts.items.keys();
    await expect(one.take({ ...parts, store: stuck }, account)).rejects.toThrow('the store is locked');
    expect((await listIndex(parts.stateFolder)).map((entry) => entry.account)).toEqual([account]);
    await one.take(parts, account);
    expect([...parts.items.keys(), ...(await listIndex(parts.stateFolder))]).toEqual([]);
  });

  const entry: IndexEntry = { ...identity, kind: 'session', account: 'default-1', store: 'file' };
  const fileOf = (parts: Parts, { account, store }: IndexEntry) =>
    join(parts.stateFolder.path, 'accounts', `${account}.${store}.json`);

  it('names what is in different stores one by one, in the order of their names', async () => {
    const { stateFolder } = sampleParts();
    const inKeychain: IndexEntry = { ...entry, store: 'keychain' };
    const before: IndexEntry = { ...entry, account: 'another-1', kind: 'client-credentials' };
    for (const one of [inKeychain, entry, before]) await addToIndex(stateFolder, one);
    expect(await listIndex(stateFolder)).toEqual([before, entry, inKeychain]);
    await removeFromIndex(stateFolder, entry);
    expect(await listIndex(stateFolder)).toEqual([before, inKeychain]);
    const accounts = ['c-1', 'a-1', 'e-1', 'b-1', 'f-1', 'd-1'];
    for (const account of accounts) await addToIndex(stateFolder, { ...entry, account });
    const listed = (await listIndex(stateFolder)).map(({ account }) => account);
    expect(listed).toEqual([...accounts, 'another-1', 'default-1'].sort());
  });

  it('does not name what ends with the process', async () => {
    const { stateFolder } = sampleParts();
    await addToIndex(stateFolder, { ...entry, store: 'memory' });
    expect(existsSync(stateFolder.path)).toBe(false);
  });

  it('is written once for a session that is renewed, and anew where it is damaged', async () => {
    const parts = sampleParts();
    await addToIndex(parts.stateFolder, entry);
    const first = statSync(fileOf(parts, entry));
    await addToIndex(parts.stateFolder, entry);
    expect(statSync(fileOf(parts, entry))).toMatchObject({ ino: first.ino, mtimeMs: first.mtimeMs });
    writeFileSync(fileOf(parts, entry), '{}');
    await addToIndex(parts.stateFolder, entry);
    expect(await listIndex(parts.stateFolder)).toEqual([entry]);
  });

  it.each<[string, object]>([
    ['nothing in it', {}],
    ['another kind', { ...entry, kind: 'other' }],
    ['another store', { ...entry, store: 'memory' }],
    ['no account', { ...entry, account: undefined }],
    ['a way out of the folder', { ...entry, account: '../default-1' }],
    ['a way into another', { ...entry, account: 'default-1/x' }],
    ['no profile', { ...entry, profile: undefined }],
    ['no issuer', { ...entry, issuer: 1 }],
    ['no environment', { ...entry, environmentId: null }],
    ['no client', { ...entry, clientId: [] }],
  ])('leaves out what has %s, and what is no file of ours', async (_name, other) => {
    const parts = sampleParts();
    await addToIndex(parts.stateFolder, entry);
    const folder = join(parts.stateFolder.path, 'accounts');
    writeFileSync(join(folder, 'other.file.json'), JSON.stringify(other), { mode: 0o600 });
    writeFileSync(join(folder, 'default-1.file.json.01.tmp'), JSON.stringify(entry), { mode: 0o600 });
    mkdirSync(join(folder, 'of-another'), { mode: 0o700 });
    expect(await listIndex(parts.stateFolder)).toEqual([entry]);
  });
});
