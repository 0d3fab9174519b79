import { createRequire } from 'node:module';
import type { Keychain } from '../runtime.ts';

/**
 * The operating system's keychain, in keytar's shape. The package `keytar` is an alias of `@napi-rs/keyring`, its living
 * successor: keytar itself is archived, and crashes or hangs where its successor answers (a locked keyring, a mute service).
 *
 * The binding's errors have a text and no code; `session/keychain-store.ts` puts them into words and bounds their time.
 */
export function systemKeychain(): Keychain {
  // `createRequire` loads the CommonJS binding in 2 to 13 ms; an ESM import takes 38 (measured on Node 20).
  const { AsyncEntry } = createRequire(import.meta.url)('keytar') as typeof import('keytar');
  // Unpinned, the binding falls back to the kernel's keyring, which is gone at the next start, without a word.
  const pinned = { linux: { store: 'secret-service' } } as const;
  const entry = (service: string, account: string) => new AsyncEntry(service, account, pinned);
  return {
    getPassword: async (service, account) => (await entry(service, account).getPassword()) ?? null,
    setPassword: async (service, account, password) => entry(service, account).setPassword(password),
    deletePassword: async (service, account) => entry(service, account).deletePassword(),
  };
}
