import { describe, expect, it, onTestFinished } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { Keychain } from '../../src/runtime.ts';
import { createKeychainStore } from '../../src/session/keychain-store.ts';
import { asRead } from '../support/failures.ts';
import { falseBus, realBus, whyNoSecretService } from '../support/secret-service.ts';
import { testMachine } from '../support/test-runtime.ts';

const otherStores = 'keep the session elsewhere with --store file or PING14C_STORE=file.';

/** What the binding says, with what it means and what a person can do; one row for each of the ways in which it is said. */
const explained: readonly {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly own: readonly string[];
}[] = [
  {
    code: 'keychain_not_loadable',
    message: 'The keychain module cannot be loaded on this machine',
    hint: 'Install ping14c again on this machine',
    own: [
      "Cannot find module '@napi-rs/keyring-linux-x64-gnu'",
      "Cannot find package 'keytar'",
      'Cannot find native binding',
      'Failed to load native binding',
      'dlopen(/x.node, 0x0001): no such file',
      '/x.node: invalid ELF header',
      "libc.so.6: version `GLIBC_2.38' not found",
      'x.node is not a valid Win32 application',
    ],
  },
  {
    code: 'keychain_slow',
    message: 'The keychain did not answer',
    hint: 'Check whether a window asks for its password',
    own: ['DBus error: Did not receive a reply', 'The operation timed out', 'Timeout was reached', 'A time out'],
  },
  {
    code: 'keychain_locked',
    message: 'The keychain is locked and was not unlocked',
    hint: 'Unlock it',
    own: [
      'Secret Service: prompt dismissed',
      'The user canceled the operation',
      'It was cancelled',
      'Access denied',
      'Secret Service: locked',
      'User interaction is not allowed',
      'Error -128',
      'Error -25308',
    ],
  },
  {
    code: 'keychain_too_small',
    message: 'The keychain cannot hold an item of this size',
    hint: 'You can ',
    own: [
      'Attribute password is longer than platform limit of 2560 chars',
      'The value is too long',
      'The value is too large',
      'The value is too big',
      'It exceeds the limit',
      'Error 1783',
      'The stub received bad data',
    ],
  },
  {
    code: 'keychain_absent',
    message: 'The keychain has no default collection to keep sessions in, or it is locked',
    hint: 'Create and unlock a default keyring',
    own: ['Secret Service: no result found'],
  },
  {
    code: 'keychain_absent',
    message: 'There is no keychain: no Secret Service answers on the session bus',
    hint: 'Start one such as gnome-keyring or KWallet',
    own: [
      'DBus error: disconnected',
      'A D-Bus error',
      'org.freedesktop.Error.ServiceUnknown',
      'Secret Service is gone',
      'No such interface',
      'The name org.x was not provided by any file',
      'The name org.x is not activatable',
    ],
  },
  {
    code: 'keychain_failed',
    message: 'The keychain failed',
    hint: 'Try again',
    own: ['Out of luck', 'It is blocked', 'It was undismissed', 'Error -1280', 'Error -253080', 'Error 17830'],
  },
];

/** A store whose keychain does the same at each call. */
function storeThat(call: () => Promise<never>) {
  const keychain: Keychain = { getPassword: call, setPassword: call, deletePassword: call };
  const machine = testMachine({ keychain: async () => keychain });
  return { ...machine, store: createKeychainStore(machine.runtime()) };
}

describe('what a keychain says', () => {
  for (const { code, message, hint, own } of explained) {
    it.each(own)(`in these words, with what to do about it: %s (${code})`, async (text) => {
      const { store } = storeThat(() => Promise.reject(new Error(text)));
      const failure = await store.read('ada').catch(asRead);
      expect(failure).toMatchObject({ kind: 'failed', code, message: `${message}: ${text}.` });
      expect(failure).toMatchObject({ hint: expect.stringMatching(new RegExp(`^${hint}.*${otherStores}$`)) });
    });
  }

  it.each([
    ['Out of luck.', 'Out of luck.'],
    ['Out of luck.  \nat a line', 'Out of luck.'],
    ['Out of 1. 5 ...', 'Out of 1. 5.'],
  ])('is one sentence: %j', async (text, shown) => {
    const { store } = storeThat(() => Promise.reject(new Error(text)));
    await expect(store.write('ada', 'text')).rejects.toMatchObject({ message: `The keychain failed: ${shown}` });
  });

  it('counts as it is where it is in our words already', async () => {
    const failure = new Failure('failed', 'Nothing here.', { code: 'keychain_failed' });
    await expect(storeThat(() => Promise.reject(failure)).store.clear('ada')).rejects.toBe(failure);
  });
});

describe('a keychain that says nothing', () => {
  it.each(['read', 'clear'] as const)(
    'when it is to %s is told after three seconds, with the ways out',
    async (call) => {
      const { store, sleepsThrough } = storeThat(() => new Promise(() => {}));
      const told = store[call]('ada').catch((error: unknown) => asRead(error as Failure));
      await sleepsThrough(3_000);
      expect(await told).toMatchObject({
        kind: 'failed',
        code: 'keychain_slow',
        message: 'The keychain did not answer within 3 seconds.',
        hint: expect.stringMatching(new RegExp(`^Check whether a window asks.*${otherStores}$`)),
      });
    },
  );
});

describe('a keychain that cannot be opened', () => {
  it('is told in our words', async () => {
    const runtime = testMachine({ keychain: () => Promise.reject(new Error('Cannot find module x')) }).runtime();
    await expect(createKeychainStore(runtime).read('ada')).rejects.toMatchObject({ code: 'keychain_not_loadable' });
  });

  it('on Linux is not tried where there is no bus', async () => {
    const keychain = () => Promise.reject(new Error('It must not be opened.'));
    const env = { DBUS_SESSION_BUS_ADDRESS: undefined, XDG_RUNTIME_DIR: undefined };
    const runtime = testMachine({ keychain, platform: 'linux', env }).runtime();
    expect(await createKeychainStore(runtime).read('ada').catch(asRead)).toMatchObject({
      kind: 'failed',
      code: 'keychain_absent',
      message: expect.stringContaining('(neither DBUS_SESSION_BUS_ADDRESS nor an absolute XDG_RUNTIME_DIR is set)'),
      hint: expect.stringContaining(otherStores),
    });
  });

  it.skipIf(process.platform === 'win32')('on Linux is not tried where the bus is mute', async () => {
    const { env, stop } = await falseBus('mute');
    onTestFinished(stop);
    const keychain = () => Promise.reject(new Error('It must not be opened.'));
    const { runtime, sleepsThrough } = testMachine({ keychain, platform: 'linux', env });
    const told = createKeychainStore(runtime()).read('ada').catch(asRead);
    await sleepsThrough(800);
    expect(await told).toMatchObject({
      kind: 'failed',
      code: 'keychain_slow',
      message: expect.stringMatching(/^The keychain cannot be reached: the session bus at .* does not answer\.$/),
      hint: `Sign in to the desktop again, or ${otherStores}`,
    });
  });

  it.skipIf(whyNoSecretService())('on Linux is used where the bus answers', async () => {
    const { env, stop } = await realBus('none');
    onTestFinished(stop);
    const { runtime, keychainItems } = testMachine({ platform: 'linux', env });
    await createKeychainStore(runtime()).write('ada', 'text');
    expect([...keychainItems.values()]).toEqual(['text']);
  });

  it('is asked for once, however often it is used', async () => {
    let opened = 0;
    const { runtime: other, keychainItems } = testMachine();
    const given = other();
    const keychain = () => {
      opened += 1;
      return given.keychain();
    };
    const store = createKeychainStore({ ...given, keychain });
    await store.write('ada', 'text');
    expect([await store.read('ada'), opened]).toEqual(['text', 1]);
    expect([...keychainItems]).toEqual([['ping14c/ada', 'text']]);
  });
});

describe('the keychain’s place', () => {
  it.each([
    ['darwin', 'the keychain (macOS Keychain)'],
    ['win32', 'the keychain (Windows Credential Manager)'],
    ['linux', 'the keychain (Secret Service)'],
    ['freebsd', 'the keychain (Secret Service)'],
  ] as const)('on %s is called as people know it: %s', (platform, place) => {
    expect(createKeychainStore(testMachine({ platform }).runtime())).toMatchObject({ kind: 'keychain', place });
  });
});
