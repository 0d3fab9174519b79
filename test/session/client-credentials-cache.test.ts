import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { newestTurn, takeTurn } from '../../src/files/lock.ts';
import { listIndex } from '../../src/session/account-index.ts';
import {
  type ClientCredentialsKey,
  cachedTokens,
  clearCachedTokens,
} from '../../src/session/client-credentials-cache.ts';
import { serializeRecord } from '../../src/session/stored-record.ts';
import { storeSession } from '../../src/session/stored-session.ts';
import { asRead } from '../support/failures.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { identity, queueParts, sampleParts, sampleSession, storeOver } from '../support/session-samples.ts';

const key: ClientCredentialsKey = { ...identity, authMethod: 'client_secret_basic', scope: 'b a' };

function application(parts = sampleParts()) {
  let asked = 0;
  const obtain = async () => {
    asked += 1;
    return { accessToken: `app-${asked}`, expiresAt: parts.runtime.now() + 3_600_000 };
  };
  return { ...parts, obtain, asked: () => asked };
}

describe('an application’s token', () => {
  it('is asked for once by all who need it, and kept until it is about to expire', async () => {
    const { obtain, asked, advance, ...parts } = application(queueParts());
    const all = await Promise.all(Array.from({ length: 10 }, () => cachedTokens(parts, key, obtain)));
    expect(all.map(({ tokens }) => tokens.accessToken)).toEqual(Array(10).fill('app-1'));
    advance(3_590_000);
    expect((await cachedTokens(parts, key, obtain)).tokens.accessToken).toBe('app-2');
    expect(asked()).toBe(2);
  });

  it('that cannot be had is asked for once by all who wait, and again by whoever comes later', async () => {
    const { allWait, ...parts } = queueParts();
    let asked = 0;
    const failing = async () => {
      asked += 1;
      await allWait(29);
      throw new Failure('failed', 'The server answers 503.', { code: 'unexpected_status' });
    };
    const all = await Promise.allSettled(Array.from({ length: 30 }, () => cachedTokens(parts, key, failing)));
    expect(all.map((one) => one.status === 'rejected' && one.reason)).toMatchObject(
      Array(30).fill({ kind: 'failed', code: 'unexpected_status', message: 'The server answers 503.' }),
    );
    expect(asked).toBe(1);
    const had = await cachedTokens(parts, key, async () => ({ accessToken: 'app-1' }));
    expect(had).toEqual({ tokens: { accessToken: 'app-1' } });
  });

  it.each([
    ['a server refused it', { rejected: 'app-1' }],
    ['another one is wanted', { anew: true }],
    ['it does not live for as long as is needed', { minTtlMs: 3_600_001 }],
  ])('is another one when %s', async (_name, need) => {
    const { obtain, ...parts } = application();
    await cachedTokens(parts, key, obtain);
    expect((await cachedTokens(parts, key, obtain, need)).tokens.accessToken).toBe('app-2');
  });

  it('that another process has just got is taken, however short its life; one that was there before is not', async () => {
    const { obtain, asked, items, ...parts } = application();
    await cachedTokens(parts, key, obtain);
    const [account = ''] = items.keys();
    const keep = (accessToken: string) =>
      items.set(account, serializeRecord({ tokens: { accessToken, expiresAt: parts.runtime.now() + 1 } }));
    keep('app-1');
    let reads = 0;
    const store = storeOver(items, (call) => {
      if (call === 'read') reads += 1;
      if (reads === 2) keep('app-of-another');
    });
    expect((await cachedTokens({ ...parts, store }, key, obtain)).tokens.accessToken).toBe('app-of-another');
    expect(asked()).toBe(1);
    expect((await cachedTokens(parts, key, obtain)).tokens.accessToken).toBe('app-2');
  });

  it('that is good is returned without taking the lock', async () => {
    const { obtain, ...parts } = application();
    const { tokens } = await cachedTokens(parts, key, obtain);
    // No folder can be made there: whoever takes the lock fails.
    const lockless = { ...parts, stateFolder: stateFolderAt('/dev/null') };
    expect(await cachedTokens(lockless, key, obtain)).toEqual({ tokens });
  });

  it('is the same whatever the order of the scopes', async () => {
    const { obtain, asked, ...parts } = application();
    await cachedTokens(parts, key, obtain);
    await cachedTokens(parts, { ...key, scope: 'a  b' }, obtain);
    expect(asked()).toBe(1);
  });

  const others: readonly Partial<ClientCredentialsKey>[] = [
    { scope: 'a' },
    { authMethod: 'client_secret_post' },
    { clientId: 'another' },
    { environmentId: 'another' },
    { credential: 'a secret' },
    { issuer: 'https://auth.pingone.com/as' },
    { profile: 'another' },
  ];
  for (const other of others) {
    it(`is another one with another ${Object.keys(other).join()}`, async () => {
      const { obtain, asked, ...parts } = application();
      await cachedTokens(parts, key, obtain);
      await cachedTokens(parts, { ...key, ...other }, obtain);
      expect(asked()).toBe(2);
    });
  }

  it('leaves the user’s session of the same client alone', async () => {
    const { obtain, items, ...parts } = application();
    await storeSession(parts, sampleSession(parts.runtime.now(), 60_000));
    const before = new Map(items);
    await cachedTokens(parts, key, obtain);
    expect(Object.fromEntries(items)).toMatchObject(Object.fromEntries(before));
    expect(items.size).toBe(2);
  });

  it('is had all the same when it cannot be kept, and the reason told', async () => {
    const { obtain, asked, items, ...parts } = application();
    for (const failing of ['read', 'write'] as const) {
      const locked = new Failure('failed', 'The keychain is locked.', { code: 'keychain_locked' });
      const store = storeOver(items, (call) => (call === failing ? Promise.reject(locked) : undefined));
      const before = asked();
      expect(await cachedTokens({ ...parts, store }, key, obtain)).toMatchObject({ problem: locked });
      expect(asked()).toBe(before + 1);
    }
  });

  it.each(['{"version":9}', '{"version":1}', ''])(
    'is asked for anew, and what is kept left alone, when that cannot be read: %s',
    async (text) => {
      const { obtain, items, ...parts } = application();
      await cachedTokens(parts, key, obtain);
      const [account = ''] = items.keys();
      items.set(account, text);
      const { tokens, problem } = await cachedTokens(parts, key, obtain);
      expect([tokens.accessToken, problem && asRead(problem)]).toMatchObject([
        'app-2',
        {
          kind: 'failed',
          code: 'cache_unreadable',
          message: 'The stored application token cannot be read. It was left as it is.',
          hint: 'Remove it with "ping14c logout --all".',
        },
      ]);
      expect(items.get(account)).toBe(text);
    },
  );

  it('is written anew where the store does not open what is there, as a plain file beside a passphrase', async () => {
    const { obtain, items, ...parts } = application();
    const notSealed = new Failure('signInNeeded', 'It is not encrypted.', { code: 'store_not_encrypted' });
    const store = storeOver(items, (call) => (call === 'read' ? Promise.reject(notSealed) : undefined));
    expect(await cachedTokens({ ...parts, store }, key, obtain)).toEqual({
      tokens: expect.objectContaining({ accessToken: 'app-1' }),
    });
    expect((await cachedTokens(parts, key, obtain)).tokens.accessToken).toBe('app-1');
  });

  it('is not asked for where the store fails by a mistake of ours, which is told', async () => {
    const { obtain, asked, items, ...parts } = application();
    const mistake = new TypeError('x is not a function');
    const store = storeOver(items, (call) => (call === 'read' ? Promise.reject(mistake) : undefined));
    await expect(cachedTokens({ ...parts, store }, key, obtain)).rejects.toBe(mistake);
    expect(asked()).toBe(0);
  });

  it('is not asked for by whoever is interrupted while another one asks', async () => {
    const { obtain, asked, ...parts } = application(queueParts());
    const [reason, ending] = [
      new Failure('interrupted', 'Interrupted.', { code: 'interrupted' }),
      new AbortController(),
    ];
    let second: Promise<unknown> | undefined;
    const first = await cachedTokens(parts, key, async () => {
      second = cachedTokens(parts, key, obtain, {}, ending.signal).catch((error: unknown) => error);
      await new Promise((resolve) => setImmediate(resolve));
      ending.abort(reason);
      expect(await second).toBe(reason);
      return obtain();
    });
    expect([first.tokens.accessToken, asked()]).toEqual(['app-1', 1]);
  });

  it('is had by whoever was overtaken meanwhile, and what the other has kept stays', async () => {
    const { items, ...parts } = application();
    const listed = async () => (await listIndex(parts.stateFolder)).length;
    const overtaken = async () => {
      const locks = join(parts.stateFolder.path, 'locks');
      const [name = ''] = readdirSync(locks);
      const folder = join(locks, name);
      const { number } = await newestTurn(folder, parts.runtime.userId);
      await takeTurn(folder, number + 1, { pid: 999_999_999, mark: 'of its own', place: 'another-machine' });
      return { accessToken: 'app-1' };
    };
    expect(await cachedTokens(parts, key, overtaken)).toEqual({ tokens: { accessToken: 'app-1' } });
    expect([items.size, await listed()]).toEqual([0, 0]);
  });

  it('that cannot be had is not shared where the server’s words repeat the secret', async () => {
    const { allWait, ...parts } = queueParts();
    const secret = 'a-secret-of-the-application';
    let asked = 0;
    const failing = async () => {
      asked += 1;
      if (asked === 1) await allWait(1);
      throw new Failure('failed', `The server knows no ${secret}.`, { code: 'server_error' });
    };
    await Promise.allSettled([1, 2].map(() => cachedTokens(parts, { ...key, credential: secret }, failing)));
    expect(asked).toBe(2);
    const locks = join(parts.stateFolder.path, 'locks');
    const files = readdirSync(locks, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const left = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
    expect(left.join()).not.toContain(secret);
  });

  it('that is refused is told, once', async () => {
    const parts = sampleParts();
    let asked = 0;
    const refused = new Failure('refused', 'No.', { code: 'invalid_client' });
    const obtain = () => {
      asked += 1;
      return Promise.reject(refused);
    };
    await expect(cachedTokens(parts, key, obtain)).rejects.toBe(refused);
    expect(asked).toBe(1);
  });
});

describe('the list of what is stored', () => {
  it('names sessions and application tokens, without a secret, until they are cleared', async () => {
    const { obtain, items, ...parts } = application();
    await storeSession(parts, sampleSession(parts.runtime.now(), 60_000));
    await storeSession(parts, { ...sampleSession(parts.runtime.now(), 60_000), profile: 'another' });
    await cachedTokens(parts, key, obtain);
    const entries = await listIndex(parts.stateFolder);
    expect(entries.map(({ kind, profile, store }) => `${kind} ${profile} ${store}`).sort()).toEqual([
      'client-credentials default file',
      'session another file',
      'session default file',
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/access-1|refresh-1|id-1|app-1/);
    for (const { account } of entries) await clearCachedTokens(parts, account);
    expect(await listIndex(parts.stateFolder)).toEqual([]);
    expect(items.size).toBe(0);
  });

  it('gives back an application’s token that is cleared, to be revoked', async () => {
    const { obtain, items, ...parts } = application();
    const { tokens } = await cachedTokens(parts, key, obtain);
    const [account = ''] = items.keys();
    expect(account).toMatch(/^app-/);
    expect(await clearCachedTokens(parts, account)).toEqual({ removed: true, tokens });
    expect(await clearCachedTokens(parts, account)).toEqual({ removed: false, tokens: undefined });
  });

  it('clears what cannot be read', async () => {
    const { obtain, items, ...parts } = application();
    await cachedTokens(parts, key, obtain);
    const [account = ''] = items.keys();
    const store = storeOver(items, (call) => (call === 'read' ? Promise.reject(new Error('Damaged.')) : undefined));
    expect(await clearCachedTokens({ ...parts, store }, account)).toEqual({ removed: true, tokens: undefined });
    expect([items.size, await listIndex(parts.stateFolder)]).toEqual([0, []]);
  });

  it('is empty where nothing was ever stored', async () => {
    expect(await listIndex(sampleParts().stateFolder)).toEqual([]);
  });
});
