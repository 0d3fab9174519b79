import { describe, expect, it } from 'vitest';
import { listIndex } from '../../src/session/account-index.ts';
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
});
