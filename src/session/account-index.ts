import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, ensurePrivateFolder, fileFailure, readPrivateFile, writePrivateFile } from './private-file.ts';
import type { SessionIdentity } from './session.ts';
import type { SessionStore } from './session-store.ts';

/**
 * That something is stored, where and whose; no secret. A list of our own, because a keychain cannot be listed safely:
 * keytar's `findCredentials` crashes the process where the keyring is locked.
 */
export interface IndexEntry extends SessionIdentity {
  readonly kind: 'session' | 'client-credentials';
  readonly account: string;
  readonly store: SessionStore['kind'];
}

/** Written before anything is stored: an entry too many is harmless, one too few would hide a session from logout. */
export async function addToIndex(stateFolder: string, entry: IndexEntry): Promise<void> {
  // What is in memory is nobody else's to clear.
  if (entry.store === 'memory') return;
  await ensurePrivateFolder(folderOf(stateFolder));
  const path = pathOf(stateFolder, entry);
  const text = `${JSON.stringify(entry)}\n`;
  if ((await readPrivateFile(path))?.toString('utf8') !== text) await writePrivateFile(path, text);
}

export async function removeFromIndex(
  stateFolder: string,
  entry: Pick<IndexEntry, 'account' | 'store'>,
): Promise<void> {
  await unlink(pathOf(stateFolder, entry)).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw fileFailure('The list of sessions cannot be changed', error);
  });
}

/** Everything that was stored with this state folder, whatever the settings are now: for `logout --all`. */
export async function listIndex(stateFolder: string): Promise<readonly IndexEntry[]> {
  const names = await readdir(folderOf(stateFolder)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw fileFailure('The list of sessions cannot be read', error);
  });
  const files = names.filter((name) => name.endsWith('.json')).sort();
  const contents = await Promise.all(files.map((name) => readPrivateFile(join(folderOf(stateFolder), name))));
  return contents.flatMap((content) => narrowEntry(content?.toString('utf8') ?? '') ?? []);
}

function folderOf(stateFolder: string): string {
  return join(stateFolder, 'accounts');
}

function pathOf(stateFolder: string, { account, store }: Pick<IndexEntry, 'account' | 'store'>): string {
  return join(folderOf(stateFolder), `${account}.${store}.json`);
}

function narrowEntry(text: string): IndexEntry | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const entry = json as Readonly<Record<string, unknown>>;
  const texts = ['account', 'profile', 'issuer', 'environmentId', 'clientId'];
  const fits =
    texts.every((name) => typeof entry[name] === 'string') &&
    ['session', 'client-credentials'].includes(String(entry['kind'])) &&
    ['keychain', 'file'].includes(String(entry['store'])) &&
    // It becomes a file name.
    /^[\w-]+$/.test(String(entry['account']));
  return fits ? (json as IndexEntry) : undefined;
}
