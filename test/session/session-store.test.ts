import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemKeychain } from '../../src/machine/keychain.ts';
import type { Keychain, Runtime } from '../../src/runtime.ts';
import { createFileStore } from '../../src/session/file-store.ts';
import { createKeychainStore } from '../../src/session/keychain-store.ts';
import { createMemoryStore, openStore } from '../../src/session/open-store.ts';
import type { SessionStore } from '../../src/session/session-store.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { realBus, type SessionBus, whyNoSecretService } from '../support/secret-service.ts';
import { smallKeychain } from '../support/small-keychain.ts';
import { testMachine } from '../support/test-runtime.ts';

// The native binding reads the real environment, of which a thread has a copy only.
const why = isMainThread ? whyNoSecretService() : 'in a thread';
let bus: SessionBus | undefined;
let folder: string;
const before = process.env['DBUS_SESSION_BUS_ADDRESS'];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ping14c-stores-'));
  if (why) return;
  bus = await realBus('unlocked');
  process.env['DBUS_SESSION_BUS_ADDRESS'] = bus.env['DBUS_SESSION_BUS_ADDRESS'];
});
afterAll(async () => {
  if (before === undefined) delete process.env['DBUS_SESSION_BUS_ADDRESS'];
  else process.env['DBUS_SESSION_BUS_ADDRESS'] = before;
  await bus?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const stores: readonly {
  readonly name: string;
  readonly skip?: string | undefined;
  readonly open: () => SessionStore;
}[] = [
  { name: 'memory', open: () => createMemoryStore(new Map()) },
  { name: 'plain files', open: () => createFileStore(stateFolderAt(join(folder, 'plain')), undefined, Date.now) },
  {
    name: 'encrypted files',
    open: () => createFileStore(stateFolderAt(join(folder, 'sealed')), 'a passphrase', Date.now),
  },
  {
    name: 'the real Secret Service',
    skip: why,
    open: () => createKeychainStore(runtimeWith(systemKeychain(), 'linux')),
  },
  { name: 'a Windows keychain', open: () => createKeychainStore(runtimeWith(smallKeychain().keychain, 'win32')) },
];

function runtimeWith(keychain: Keychain, platform: NodeJS.Platform): Runtime {
  const env = { DBUS_SESSION_BUS_ADDRESS: process.env['DBUS_SESSION_BUS_ADDRESS'] };
  return testMachine({ keychain: async () => keychain, platform, env }).runtime();
}

for (const { name, skip, open } of stores) {
  describe.skipIf(skip)(`every store, here ${name}${skip ? ` (${skip})` : ''}`, () => {
    it('has nothing at first, and says so', async () => {
      const store = open();
      expect(await store.read('nobody-0')).toBeUndefined();
      expect(await store.clear('nobody-0')).toBe(false);
    });

    it('gives back what was written last, and nothing once it is cleared', async () => {
      const store = open();
      await store.write('ada-1', 'first');
      await store.write('ada-1', 'second');
      expect(await store.read('ada-1')).toBe('second');
      expect(await store.clear('ada-1')).toBe(true);
      expect(await store.read('ada-1')).toBeUndefined();
      expect(await store.clear('ada-1')).toBe(false);
    });

    it('keeps accounts apart', async () => {
      const store = open();
      await store.write('ada-2', 'of Ada');
      await store.write('bob-2', 'of Bob');
      expect(await store.clear('ada-2')).toBe(true);
      expect(await store.read('bob-2')).toBe('of Bob');
      await store.clear('bob-2');
    });

    it('keeps a large text, any script and an empty one exactly', async () => {
      const store = open();
      for (const text of ['x'.repeat(20_000), '🔑Ωé\u0001"\\\n'.repeat(700), '', ' ']) {
        await store.write('ada-3', text);
        expect(await store.read('ada-3')).toBe(text);
      }
      await store.clear('ada-3');
    });

    it('says where it is', () => {
      expect(open().place).not.toBe('');
    });
  });
}

// Where a text has several items, as on Windows, writers must hold the lock, as all of ours do.
for (const { name, skip, open } of stores.filter(({ name }) => name !== 'a Windows keychain')) {
  describe.skipIf(skip)(`a store with one item a text, here ${name}`, () => {
    it('holds one of the texts, whole, after ten writers at once', async () => {
      const store = open();
      const texts = Array.from({ length: 10 }, (_, index) => String(index).repeat(1_000));
      await Promise.all(texts.map((text) => store.write('ada-4', text)));
      expect(texts).toContain(await store.read('ada-4'));
      await store.clear('ada-4');
    });
  });
}

describe('the setting', () => {
  it.each([
    ['keychain', {}, 'the keychain (macOS Keychain)'],
    ['file', { PING14C_STORE_PASSPHRASE: 'a passphrase' }, 'sessions (encrypted)'],
    [
      'file',
      {},
      process.platform === 'win32' ? 'sessions (not encrypted)' : 'sessions (not encrypted, readable by you only)',
    ],
    ['memory', {}, 'memory, until this process ends'],
  ] as const)('opens the store it names: %s', async (kind, env, place) => {
    const machine = testMachine({ env });
    const store = await openStore(kind, machine.runtime(), stateFolderAt(machine.stateFolder));
    expect(store.kind).toBe(kind);
    expect(store.place).toBe(kind === 'file' ? join(machine.stateFolder, place) : place);
  });

  it('"memory" lasts from one command to the next of the same process', async () => {
    const machine = testMachine();
    const runtime = machine.runtime();
    await (await openStore('memory', runtime, stateFolderAt(machine.stateFolder))).write('ada', 'kept');
    expect(await (await openStore('memory', runtime, stateFolderAt(machine.stateFolder))).read('ada')).toBe('kept');
  });
});
