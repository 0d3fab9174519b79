import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { Failure, messageOf } from '../errors.ts';

/** Where the platform has no such flag (Windows), there are no symbolic links in a user's own folder to fear. */
const noFollow = constants.O_NOFOLLOW ?? 0;
/** A pipe put in the file's place must not make `open` wait. */
const noWait = constants.O_NONBLOCK ?? 0;
const maxBytes = 1024 * 1024;

/**
 * Makes the folder, 0700 from the start, or checks the one that is there (docs/security.md, rule 23).
 *
 * @throws Failure `failed` when it is a link, another user's, open to others, or cannot be made.
 */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    requirePrivate(folder, await lstat(folder), 'folder');
  } catch (error) {
    throw fileFailure(`The folder ${folder} cannot be used`, error);
  }
}

/**
 * Reads a file that only its owner may read; `undefined` where there is none.
 *
 * @throws Failure `failed` when it is a link, another user's, open to others, or cannot be read.
 */
export async function readPrivateFile(path: string): Promise<Buffer | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | noFollow | noWait);
    const stats = await file.stat();
    requirePrivate(path, stats, 'file');
    if (stats.size > maxBytes) throw damaged(path, `is ${stats.size} bytes long, more than ping14c ever writes`);
    return await file.readFile();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ELOOP') throw refused(path, 'is a link, and links are not followed', 'Remove it.');
    throw fileFailure(`The file ${path} cannot be read`, error);
  } finally {
    await file?.close();
  }
}

/**
 * Puts a whole new file in the old one's place: 0600 from the first byte, on the disk before it gets its name
 * (docs/security.md, rules 21 and 23). The folder must be there.
 *
 * @throws Failure `failed`; the old file is untouched then.
 */
export async function writePrivateFile(path: string, content: string): Promise<void> {
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
    await rename(unfinished, path);
  } catch (error) {
    await unlink(unfinished).catch(() => {});
    throw fileFailure(`The file ${path} cannot be written`, error);
  }
  await syncFolder(dirname(path));
}

export function damaged(path: string, why: string): Failure {
  return new Failure('signInNeeded', `${path} ${why}.`, {
    code: 'session_unreadable',
    hint: 'Sign in again with "ping14c login".',
  });
}

/** Keeps a failure as it is, and puts a system error into words. */
export function fileFailure(what: string, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const hints: Readonly<Record<string, string>> = {
    ENOSPC: 'Free some space on that disk and try again.',
    EDQUOT: 'Free some of your disk quota and try again.',
    EROFS: 'Name a folder that can be written with PING14C_STATE_DIR.',
    EACCES: 'Check who owns it, or name another folder with PING14C_STATE_DIR.',
  };
  return new Failure('failed', `${what}: ${messageOf(error)}.`, {
    code: 'state_folder',
    hint: hints[codeOf(error)] ?? 'Check the folder, or name another with PING14C_STATE_DIR.',
    cause: error,
  });
}

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

type Stats = Awaited<ReturnType<typeof lstat>>;

function requirePrivate(path: string, stats: Stats, wanted: 'file' | 'folder'): void {
  if (stats.isSymbolicLink()) throw refused(path, 'is a link, and links are not followed', 'Remove it.');
  const fits = wanted === 'file' ? stats.isFile() : stats.isDirectory();
  if (!fits) throw refused(path, `is not a ${wanted}`, 'Move it away.');
  // Windows: no such bits, -1 for the user; a folder in the user's profile is the user's alone.
  const { uid } = userInfo();
  if (uid < 0) return;
  if (Number(stats.uid) !== uid) {
    throw refused(path, 'belongs to another user', 'Run ping14c as that user, or set PING14C_STATE_DIR.');
  }
  if ((Number(stats.mode) & 0o077) !== 0) {
    const line = `chmod ${wanted === 'file' ? '600' : '700'} '${path}'`;
    throw refused(path, 'can be read or changed by others', `Type ${line}; if others use this machine, sign in again.`);
  }
}

function refused(path: string, why: string, hint: string): Failure {
  return new Failure('failed', `${path} ${why}; it is not used.`, { code: 'state_not_private', hint });
}

/** Makes the new name last through a power cut, where the platform can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
