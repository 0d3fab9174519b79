import { describe, expect, it } from 'vitest';
import type { Keychain } from '../../src/runtime.ts';
import { split } from '../../src/session/keychain-pieces.ts';
import { createKeychainStore } from '../../src/session/keychain-store.ts';
import { asRead } from '../support/failures.ts';
import { fc, outsideText } from '../support/properties.ts';
import { smallKeychain } from '../support/small-keychain.ts';
import { testMachine } from '../support/test-runtime.ts';

function windowsStore() {
  const small = smallKeychain();
  const runtime = testMachine({ keychain: async () => small.keychain, platform: 'win32' }).runtime();
  return { ...small, store: createKeychainStore(runtime) };
}

const [oldText, newText] = ['old '.repeat(1_000), 'new '.repeat(700)];

/** How many calls a write over an old text makes. */
async function callsOfAWrite(): Promise<number> {
  const { store, calls } = windowsStore();
  await store.write('ada', oldText);
  const before = calls();
  await store.write('ada', newText);
  return calls() - before;
}

describe('a session on Windows, larger than an item', () => {
  it('is the old one or the new one, whichever call of a write is the last', async () => {
    const outcomes: string[] = [];
    for (let allowed = 0; allowed <= (await callsOfAWrite()); allowed++) {
      const { store, failAfter, recover } = windowsStore();
      await store.write('ada', oldText);
      failAfter(allowed);
      const written = await store.write('ada', newText).then(
        () => true,
        () => false,
      );
      recover();
      const text = await store.read('ada');
      expect([oldText, newText]).toContain(text);
      // A write that reports success has happened, and one that reports failure has not.
      expect(text === newText).toBe(written);
      outcomes.push(text === newText ? 'new' : 'old');
    }
    expect(new Set(outcomes)).toEqual(new Set(['old', 'new']));
  });

  it('leaves no piece behind after logout, whatever was interrupted before', async () => {
    for (let allowed = 0; allowed <= (await callsOfAWrite()); allowed++) {
      const { store, items, failAfter, recover } = windowsStore();
      await store.write('ada', oldText);
      failAfter(allowed);
      await store.write('ada', newText).catch(() => {});
      recover();
      await store.clear('ada');
      expect([...items.keys()]).toEqual([]);
    }
  });

  it('leaves no piece of an earlier session after the next sign-in', async () => {
    const { store, items, failAfter, recover } = windowsStore();
    await store.write('ada', 'x'.repeat(12_000));
    failAfter(5);
    await store.write('ada', 'y'.repeat(12_000)).catch(() => {});
    recover();
    for (const text of ['z', 'zz', 'zzz']) {
      await store.write('ada', text);
      expect(items.size).toBe(2);
    }
    expect([...items.values()].join('')).not.toMatch(/x{9}|y{9}/);
  });

  it('is not looked for without end in a keychain that has an item under every name', async () => {
    const { keychain } = smallKeychain();
    const removed: string[] = [];
    const endless: Keychain = {
      ...keychain,
      getPassword: async () => 'of somebody else',
      deletePassword: async (_service, account) => removed.push(account) > 0,
    };
    const runtime = testMachine({ keychain: async () => endless, platform: 'win32' }).runtime();
    expect(await createKeychainStore(runtime).clear('ada')).toBe(true);
    expect([removed.length, removed[1], removed.at(-1)]).toEqual([801, 'ada/a/399', 'ada/b/0']);
  });

  it('with a logout that was interrupted can be signed in to again', async () => {
    const { store, items, failAfter, recover } = windowsStore();
    await store.write('ada', oldText);
    failAfter(2);
    await store.clear('ada').catch(() => {});
    recover();
    expect(await store.read('ada')).toBeUndefined();
    await store.write('ada', 'z');
    expect(await store.read('ada')).toBe('z');
    expect(items.size).toBe(2);
  });

  it('whose piece is missing or of another write is told as damaged, and left as it is', async () => {
    const { store, items } = windowsStore();
    await store.write('ada', oldText);
    const [name = ''] = [...items.keys()].filter((key) => key.includes('/'));
    items.set(name, 'of another write');
    const before = new Map(items);
    await expect(store.read('ada')).rejects.toMatchObject({
      kind: 'signInNeeded',
      code: 'session_unreadable',
      hint: ['Sign in again with ', { line: 'login' }, '.'],
    });
    expect(items).toEqual(before);
  });

  it.each([
    ['another program’s', () => 'something'],
    ['preceded by something', (head: string) => ` ${head}`],
    ['followed by something', (head: string) => `${head}0`],
    ['of more pieces than there ever are', (head: string) => head.replace(/:\d+:/, ':4000:')],
    ['of a piece too many', (head: string) => head.replace(/:\d+:/, ':99:')],
    ['of the other side', (head: string) => head.replace(':a:', ':b:')],
  ])('whose head is %s is told as damaged, by its name', async (_name, changed) => {
    const { store, items } = windowsStore();
    await store.write('ada', oldText);
    items.set('ada', changed(items.get('ada') ?? ''));
    await expect(store.read('ada')).rejects.toMatchObject({
      kind: 'signInNeeded',
      code: 'session_unreadable',
      message: 'What the keychain holds for ada is damaged, or not from ping14c.',
    });
  });

  it('has four hundred pieces at most; what is longer is refused, and the old one stays', async () => {
    const { store } = windowsStore();
    const longest = 'x'.repeat(400 * 1_150);
    await store.write('ada', longest);
    expect(await store.write('ada', `${longest}x`).catch(asRead)).toMatchObject({
      kind: 'failed',
      code: 'keychain_too_small',
      message: 'A session of 460001 characters is too large for this keychain.',
      hint: 'Keep the session elsewhere with --store file or PING14C_STORE=file.',
    });
    expect(await store.read('ada')).toBe(longest);
  });

  it('is read again when it is replaced in the middle of reading', async () => {
    const { store, items, keychain } = windowsStore();
    await store.write('ada', oldText);
    let replaced = false;
    const runtime = testMachine({
      platform: 'win32',
      keychain: async () => ({
        ...keychain,
        getPassword: async (service, account) => {
          const item = await keychain.getPassword(service, account);
          if (account === 'ada' && !replaced) {
            replaced = true;
            await store.write('ada', newText);
          }
          return item;
        },
      }),
    }).runtime();
    expect(await createKeychainStore(runtime).read('ada')).toBe(newText);
    expect(items.get('ada')).toMatch(/^ping14c-pieces:/);
  });
});

describe('pieces', () => {
  it('of an empty text are one', () => {
    expect(split('')).toEqual(['']);
  });

  it('are small enough, make the whole, and part no character', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 4_000, size: 'max' }),
          outsideText.filter((drawn) => !/\p{Surrogate}/u.test(drawn)),
        ),
        (text) => {
          const pieces = split(text);
          expect(pieces.join('')).toBe(text);
          expect(pieces.length).toBeGreaterThan(0);
          for (const piece of pieces) {
            expect(piece.length).toBeLessThanOrEqual(1_150);
            // Half a character would not survive the way to UTF-8 and back.
            expect(Buffer.from(piece).toString()).toBe(piece);
          }
        },
      ),
    );
  });
});
