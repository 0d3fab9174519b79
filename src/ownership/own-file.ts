import { constants, type Stats } from 'node:fs';
import { lstat, open, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkFolder, isAbsence, type OwnFolder, quoted, refused, requireOursOrRoots } from './own-folder.ts';
import { isWritableByOthers, modeOf, writersOf } from './writers.ts';

/** A pipe put in the file's place must not make `open` wait. */
const noWait = constants.O_NONBLOCK ?? 0;

/**
 * Reads a file of the folder that nobody but this user and root can have written; `undefined` where there is none. It may be
 * a link, as those in a mounted Kubernetes ConfigMap are; the link and the folder that it leads to are judged then as well.
 *
 * @throws Failure when somebody else can have written it; the system's own error when it cannot be read
 */
export async function readOwnFile(folder: OwnFolder, name: string): Promise<string | undefined> {
  const path = join(folder.path, name);
  try {
    if (!(await checkFolder(folder))) return undefined;
    const entry = await lstat(path);
    if (entry.isSymbolicLink()) await checkLink(folder, path, entry);
    const file = await open(path, constants.O_RDONLY | noWait);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw refused(folder, `${path} is not a file`, 'Move it away.');
      await checkWriters(folder, path, stats);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** A folder that a link leads to is judged, and left as it is: it is not ours to close. */
async function checkLink(folder: OwnFolder, path: string, link: Stats): Promise<void> {
  requireOursOrRoots(folder, path, link);
  const target = dirname(await realpath(path));
  if (target !== (await realpath(folder.path))) await checkWriters(folder, target, await stat(target));
}

/** Neither is closed and then used: what others may have written by now would be believed. */
async function checkWriters(folder: OwnFolder, path: string, stats: Stats): Promise<void> {
  requireOursOrRoots(folder, path, stats);
  if (folder.userId === undefined || !(await isWritableByOthers(path, stats))) return;
  const hint = `Look at what it holds; if that is what you want, type chmod go-w ${quoted(path)}.`;
  throw refused(folder, `${path} can be changed by ${writersOf(stats)} (mode ${modeOf(stats)})`, hint);
}
