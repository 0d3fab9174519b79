import { type OwnFolder, subfolder } from '../files/own-folder.ts';
import type { Runtime } from '../runtime.ts';
import type { SessionStore } from './session-store.ts';

/** @param stateFolder `stateFolder` of src/files/folders.ts */
export async function openStore(
  kind: SessionStore['kind'],
  runtime: Runtime,
  stateFolder: OwnFolder,
): Promise<SessionStore> {
  switch (kind) {
    case 'keychain':
      return (await import('./keychain-store.ts')).createKeychainStore(runtime);
    case 'file': {
      const { createFileStore } = await import('./file-store.ts');
      const folder = subfolder(stateFolder, 'sessions');
      return createFileStore(folder, runtime.env['PING14C_STORE_PASSPHRASE'], runtime.now);
    }
    case 'memory':
      return createMemoryStore(runtime.memory);
    default:
      return kind satisfies never;
  }
}

/** Keeps sessions for as long as the process lives, and nowhere else. */
export function createMemoryStore(memory: Map<string, string>): SessionStore {
  return {
    kind: 'memory',
    place: 'memory, until this process ends',
    barePlace: 'memory',
    read: async (account) => memory.get(account),
    write: async (account, text) => void memory.set(account, text),
    clear: async (account) => memory.delete(account),
  };
}
