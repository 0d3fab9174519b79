import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, Failure, machineRemedy, messageOf } from '../errors.ts';
import { shellQuoted } from '../output/shell-words.ts';
import { mayBeInUse, onceFree } from './in-use.ts';
import { checkFolder, folderRefused, makeFolder, noWait, type OwnFolder } from './own-folder.ts';

/** Where the platform has no such flag (Windows), there are no symbolic links in a user's own folder to fear. */
const noFollow = constants.O_NOFOLLOW ?? 0;
const maxFileBytes = 1024 * 1024;

/**
 * Makes the folder, 0700 from the start, or checks the one that is there (docs/security.md, rule 23).
 *
 * @throws Failure `failed` when it is another user's, is open and cannot be closed, or cannot be made.
 */
export async function ensurePrivateFolder(folder: OwnFolder): Promise<void> {
  try {
    await makeFolder(folder);
  } catch (error) {
    throw fileFailure(folder, `The folder ${folder.path} cannot be used`, error);
  }
}

/** The names of what is in the folder; none where it is not there. @throws Failure `failed` */
export async function namesIn(folder: OwnFolder): Promise<readonly string[]> {
  try {
    return (await checkFolder(folder)) ? await readdir(folder.path) : [];
  } catch (error) {
    throw fileFailure(folder, `The folder ${folder.path} cannot be read`, error);
  }
}

/**
 * Reads a file that only its owner may read; `undefined` where there is none.
 *
 * @param damaged the failure for a file that we cannot have written: what helps then depends on what is kept in it
 * @throws Failure `failed` when it is a link, another user's, open to others, or cannot be read.
 */
export async function readPrivateFile(
  folder: OwnFolder,
  name: string,
  damaged: (message: string) => Failure = damagedFile,
): Promise<Buffer | undefined> {
  const path = join(folder.path, name);
  let file: FileHandle | undefined;
  try {
    if (!(await checkFolder(folder))) return undefined;
    file = await onceFree(folder, () => open(path, constants.O_RDONLY | noFollow | noWait));
    const stats = await file.stat();
    requirePrivate(folder, path, stats);
    if (stats.size > maxFileBytes) {
      throw damaged(`${path} is ${stats.size} bytes long, more than ping14c ever writes.`);
    }
    return await file.readFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP')
      throw folderRefused(folder, `${path} is a link, and links are not followed`, 'Remove it.');
    throw fileFailure(folder, `The file ${path} cannot be read`, error);
  } finally {
    await file?.close();
  }
}

/**
 * Puts a whole new file in the old one's place: 0600 from the first byte, on the disk before it gets its name
 * (docs/security.md, rules 21 and 23). Makes the folder where there is none.
 *
 * @throws Failure `failed`; the old file is untouched then.
 */
export async function writePrivateFile(folder: OwnFolder, name: string, content: string): Promise<void> {
  await ensurePrivateFolder(folder);
  const path = join(folder.path, name);
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // `wx` refuses whatever has that name already, links included.
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await onceFree(folder, () => rename(unfinished, path));
  } catch (error) {
    await unlink(unfinished).catch(() => {});
    throw fileFailure(folder, `The file ${path} cannot be written`, error);
  }
  await syncFolder(folder.path);
}

/**
 * Removes a file of the folder. The folder is not made for it.
 *
 * @returns whether there was one
 * @throws Failure `failed`
 */
export async function removePrivateFile(folder: OwnFolder, name: string): Promise<boolean> {
  const path = join(folder.path, name);
  try {
    if (!(await checkFolder(folder))) return false;
    await onceFree(folder, () => unlink(path));
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw fileFailure(folder, `The file ${path} cannot be removed`, error);
  }
}

function damagedFile(message: string): Failure {
  return new Failure('failed', message, { code: 'state_file_damaged', hint: 'Remove it and try again.' });
}

/** Keeps a failure as it is, and puts a system error into words. */
export function fileFailure({ purpose, platform }: OwnFolder, what: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const held = `Another program, such as an antivirus, may be using it: try again in a moment, or set ${purpose.variable} to another folder.`;
  const hints: Readonly<Record<string, string>> = {
    ENOTDIR: `Move away what is in the folder’s place, or set ${purpose.variable} to another folder.`,
    ELOOP: `Remove the links that lead in a circle, or set ${purpose.variable} to another folder.`,
    EROFS: `Set ${purpose.variable} to a folder that you can write to.`,
    EACCES: `Check who owns it, or set ${purpose.variable} to another folder.`,
    EPERM: `Check who owns it, or set ${purpose.variable} to another folder.`,
  };
  return new Failure('failed', `${what}: ${messageOf(error)}.`, {
    code: purpose.unusable,
    hint: mayBeInUse(platform, error)
      ? held
      : (hints[codeOf(error)] ?? machineRemedy(error) ?? `Check the folder, or set ${purpose.variable} to another.`),
    cause: error,
  });
}

function requirePrivate(folder: OwnFolder, path: string, stats: Stats): void {
  if (!stats.isFile()) throw folderRefused(folder, `${path} is not a file`, 'Move it away.');
  if (folder.userId === undefined) return;
  if (stats.uid !== folder.userId) {
    throw folderRefused(folder, `${path} belongs to another user`, 'Check who put it there, and remove it.');
  }
  if ((stats.mode & 0o077) !== 0) {
    const hint = `Run chmod 600 ${shellQuoted(path)}. If others use this machine, sign in again.`;
    throw folderRefused(folder, `${path} can be read or changed by others`, hint);
  }
}

/** Makes the new name last through a power cut, where the platform can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
