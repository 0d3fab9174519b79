import { type OwnFolder, subfolder } from '../ownership/own-folder.ts';
import type { Runtime } from '../runtime.ts';
import type { SessionStore } from './session-store.ts';

/** @param stateFolder `config/folders.ts`, `stateFolder` */
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
      return (await import('./memory-store.ts')).createMemoryStore(runtime.memory);
    default:
      return kind satisfies never;
  }
}
