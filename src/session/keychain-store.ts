import { Failure } from '../errors.ts';
import type { Keychain, Runtime } from '../runtime.ts';
import { busAbsent, keychainFailure, keychainMute, keychainSlow } from './keychain-failure.ts';
import { piecewise } from './keychain-pieces.ts';
import { lookAtSessionBus } from './secret-service-preflight.ts';
import type { SessionStore } from './session-store.ts';

/** The one service name that everything of ours is kept under. */
export const serviceName = 'ping14c';

/** A limit for each call: a person is told of an unlock dialog that waits after this time (docs/security.md, rule 22). */
const limitMs = 3_000;

const places: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'the keychain (macOS Keychain)',
  win32: 'the keychain (Windows Credential Manager)',
};

/** What the rest of the store needs of a keychain: items by name, every call bounded and every failure in words. */
export interface Items {
  get(name: string): Promise<string | undefined>;
  set(name: string, text: string): Promise<void>;
  remove(name: string): Promise<boolean>;
}

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
    place: places[runtime.platform] ?? 'the keychain (Secret Service)',
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
    const answered = new AbortController();
    try {
      return await Promise.race([
        call(keychain),
        runtime.sleep(limitMs, answered.signal).then(() => Promise.reject(keychainSlow(limitMs))),
      ]);
    } catch (error) {
      throw keychainFailure(error);
    } finally {
      answered.abort();
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
  if (!(runtime.platform in places)) {
    const bus = await lookAtSessionBus(runtime);
    if (bus.kind === 'absent') throw busAbsent(bus.reason);
    if (bus.kind === 'mute') throw keychainMute(bus.who);
  }
  try {
    return await runtime.keychain();
  } catch (error) {
    throw error instanceof Failure ? error : keychainFailure(error);
  }
}
