import { within } from '../deadline.ts';
import type { Keychain, Runtime } from '../runtime.ts';
import { busAbsent, keychainFailure, keychainMute, keychainSlow } from './keychain-failures.ts';
import { type Items, piecewise } from './keychain-pieces.ts';
import { lookAtSessionBus } from './secret-service.ts';
import type { SessionStore } from './session-store.ts';

/** The one service name that everything of ours is kept under. */
const serviceName = 'ping14c';

/** A limit for each call: a person is told of an unlock dialog that waits after this time (docs/security.md, rule 22). */
const limitMs = 3_000;

const keychainPlaces: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'the keychain (macOS Keychain)',
  win32: 'the keychain (Windows Credential Manager)',
};

/**
 * The operating system's keychain. A failure never falls back to another store; it names the ways out
 * (docs/security.md, rule 22).
 */
export function createKeychainStore(runtime: Runtime): SessionStore {
  const direct = boundedItems(runtime);
  // Windows holds 1,280 characters an item, which is less than a session; the other keychains hold a whole one.
  const items = runtime.platform === 'win32' ? piecewise(direct) : direct;
  return {
    kind: 'keychain',
    place: keychainPlaces[runtime.platform] ?? 'the keychain (Secret Service)',
    read: (account) => items.get(account),
    write: (account, text) => items.set(account, text),
    clear: (account) => items.remove(account),
  };
}

function boundedItems(runtime: Runtime): Items {
  let opened: Promise<Keychain> | undefined;

  function open(): Promise<Keychain> {
    opened ??= openKeychain(runtime);
    return opened;
  }

  async function bounded<T>(call: (keychain: Keychain) => Promise<T>): Promise<T> {
    const keychain = await open();
    const late = () => {
      throw keychainSlow(limitMs);
    };
    try {
      return await within(limitMs, call(keychain), late, runtime);
    } catch (error) {
      throw keychainFailure(error);
    }
  }

  return {
    get: async (name) => (await bounded((keychain) => keychain.getPassword(serviceName, name))) ?? undefined,
    set: (name, text) => bounded((keychain) => keychain.setPassword(serviceName, name, text)),
    remove: (name) => bounded((keychain) => keychain.deletePassword(serviceName, name)),
  };
}

/** The bus is looked at first: the binding must not be constructed on one that is mute. */
async function openKeychain(runtime: Runtime): Promise<Keychain> {
  if (!(runtime.platform in keychainPlaces)) {
    const bus = await lookAtSessionBus(runtime);
    if (bus.kind === 'absent') throw busAbsent(bus.reason);
    if (bus.kind === 'mute') throw keychainMute(bus.who);
  }
  try {
    return await runtime.keychain();
  } catch (error) {
    throw keychainFailure(error);
  }
}
