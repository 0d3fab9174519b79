import { type OwnFolder, subfolder } from '../files/own-folder.ts';
import { namesIn, readPrivateFile, removePrivateFile, writePrivateFile } from '../files/private-file.ts';
import { isText, parsedObject } from '../json.ts';
import type { SessionIdentity } from './session.ts';
import type { SessionStore } from './session-store.ts';

const kinds = ['session', 'client-credentials'] as const;

/** What is in memory ends with the process: nobody else can clear it, so it is not listed. */
const listedStores = ['keychain', 'file'] as const;

/**
 * That something is stored, where and whose; no secret. A list of our own, because a keychain cannot be listed safely:
 * keytar's `findCredentials` crashes the process where the keyring is locked.
 */
export interface IndexEntry extends SessionIdentity {
  readonly kind: (typeof kinds)[number];
  readonly account: string;
  readonly store: SessionStore['kind'];
}

/** Written before anything is stored: an entry too many is harmless, one too few would hide a session from logout. */
export async function addToIndex(stateFolder: OwnFolder, entry: IndexEntry): Promise<void> {
  if (entry.store === 'memory') return;
  const folder = indexFolder(stateFolder);
  const text = `${JSON.stringify(entry)}\n`;
  if ((await readPrivateFile(folder, entryName(entry)))?.toString('utf8') === text) return;
  await writePrivateFile(folder, entryName(entry), text);
}

export async function removeFromIndex(
  stateFolder: OwnFolder,
  entry: Pick<IndexEntry, 'account' | 'store'>,
): Promise<void> {
  await removePrivateFile(indexFolder(stateFolder), entryName(entry));
}

/** Everything that was stored with this state folder, whatever the settings are now: for `logout --all`. */
export async function listIndex(stateFolder: OwnFolder): Promise<readonly IndexEntry[]> {
  const folder = indexFolder(stateFolder);
  const files = (await namesIn(folder)).filter((name) => name.endsWith('.json')).sort();
  const contents = await Promise.all(files.map((name) => readPrivateFile(folder, name)));
  return contents.flatMap((content) => narrowEntry(content?.toString('utf8') ?? '') ?? []);
}

function indexFolder(stateFolder: OwnFolder): OwnFolder {
  return subfolder(stateFolder, 'accounts');
}

function entryName({ account, store }: Pick<IndexEntry, 'account' | 'store'>): string {
  return `${account}.${store}.json`;
}

function narrowEntry(text: string): IndexEntry | undefined {
  const record = parsedObject(text) ?? {};
  const kind = kinds.find((known) => known === record['kind']);
  const store = listedStores.find((known) => known === record['store']);
  const { account, profile, issuer, environmentId, clientId } = record;
  // The account becomes part of a file's name, so it may have no separator in it.
  if (!kind || !store || !isText(account) || !/^[\w-]+$/.test(account)) return undefined;
  if (!isText(profile) || !isText(issuer) || !isText(environmentId) || !isText(clientId)) return undefined;
  return { kind, store, account, profile, issuer, environmentId, clientId };
}
