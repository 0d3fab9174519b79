import { constants, type Stats } from 'node:fs';
import { access, chmod, lstat, mkdir, open, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, Failure, type FailureKind, messageOf } from '../errors.ts';
import { shellQuoted } from '../output/shell-words.ts';
import type { Runtime } from '../runtime.ts';
import { onceFree } from './in-use.ts';

const root = 0;

/** A pipe put in the file's place must not make `open` wait. */
export const noWait = constants.O_NONBLOCK ?? 0;

/** A folder that we keep things in: whose it may be, and who is told that it was open to others. */
export interface OwnFolder {
  readonly path: string;
  /** The folder of ours that it lies in. It is looked at first: who can write there can put another in this one's place. */
  readonly within?: OwnFolder;
  readonly purpose: FolderPurpose;
  readonly userId: Runtime['userId'];
  readonly platform: Runtime['platform'];
  readonly sleep: Runtime['sleep'];
  /** Tells the person; it takes text as it is, paths included. */
  readonly warn: (text: string) => void;
}

export interface FolderPurpose {
  /** Whether root's will do where nobody else can write to it: enough to read from, and no place for secrets. */
  readonly rootsToo: boolean;
  /** The variable that names another folder. */
  readonly variable: string;
  /** What sort of failure it is when the folder is refused, and its code. */
  readonly kind: FailureKind;
  readonly code: string;
  /** The code where the machine refuses: disk, rights, a file in its place. */
  readonly unusable: string;
}

/** A folder in ours. Nobody but us makes any there, so it is closed to others altogether. */
export function subfolder(within: OwnFolder, name: string): OwnFolder {
  return { ...within, path: join(within.path, name), within };
}

/**
 * Makes the folder, and those on the way to it, 0700 whatever the umask; or checks the one that is there.
 *
 * @throws Failure as `checkFolder` does; the system's own error when it cannot be made
 */
export async function makeFolder(folder: OwnFolder): Promise<void> {
  if (folder.within) await makeFolder(folder.within);
  await makeWithParents(resolve(folder.path));
  await checkFolder(folder);
}

/** As `mkdir -p`. Node's own recursion goes on for ever where a folder takes none, as those of /proc or an automounter. */
async function makeWithParents(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: 0o700 });
  try {
    await make().catch(async (error: unknown) => {
      if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error;
      await makeWithParents(dirname(path));
      await make();
    });
  } catch (error) {
    // Another system error may come first where something is there already: EROFS, or EPERM on Windows.
    if (await stat(path).catch(() => undefined)) return;
    throw error;
  }
}

/**
 * Looks whether anybody else can put things into the folder. One of ours that was open is closed; that is said once, since it
 * is closed from then on. Windows has no such bits, and a folder in the user's profile is the user's alone there.
 *
 * @returns whether it is there
 * @throws Failure when it is somebody else's, or open and not to be closed
 */
export async function checkFolder(folder: OwnFolder): Promise<boolean> {
  const { path, purpose, userId } = folder;
  if (folder.within && !(await checkFolder(folder.within))) return false;
  const stats = await lookAt(folder);
  if (!stats) return false;
  if (!stats.isDirectory()) throw folderRefused(folder, `${path} is not a folder`, 'Move it away.');
  if (userId === undefined) return true;
  if (stats.uid === userId) {
    if (await isOpen(folder, stats)) await close(folder, stats);
    return true;
  }
  if (stats.uid !== root || folder.within) {
    throw folderRefused(
      folder,
      `${path} belongs to ${ownerName(stats)}, who can change what is in it`,
      folderRemedy(folder),
    );
  }
  if (!purpose.rootsToo)
    throw folderRefused(folder, `${path} belongs to root, and must be yours alone`, anotherFor(folder));
  if (await isOpen(folder, stats)) {
    throw folderRefused(folder, `${path} belongs to root, and ${writersOf(stats)} can write to it`, anotherFor(folder));
  }
  return true;
}

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
    const file = await onceFree(folder, () => open(path, constants.O_RDONLY | noWait));
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw folderRefused(folder, `${path} is not a file`, 'Move it away.');
      await checkWriters(folder, path, stats);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export function folderRefused({ purpose }: OwnFolder, why: string, hint: string): Failure {
  return new Failure(purpose.kind, `${why}; it is not used.`, { code: purpose.code, hint });
}

/** A folder that a link leads to is judged, and left as it is: it is not ours to close. */
async function checkLink(folder: OwnFolder, path: string, link: Stats): Promise<void> {
  requireOursOrRoots(folder, path, link);
  const target = dirname(await realpath(path));
  if (target !== (await realpath(folder.path))) await checkWriters(folder, target, await stat(target));
}

/** Refuses a file or a linked folder that others can write to. Closing it would be too late: what they have written would be believed. */
async function checkWriters(folder: OwnFolder, path: string, stats: Stats): Promise<void> {
  requireOursOrRoots(folder, path, stats);
  if (folder.userId === undefined || !(await isWritableByOthers(path, stats))) return;
  const hint = `Check what is in it. If that is right, run chmod go-w ${shellQuoted(path)}.`;
  throw folderRefused(folder, `${path} can be changed by ${writersOf(stats)} (mode ${modeOf(stats)})`, hint);
}

/** @throws Failure when something in the folder, or the link that leads to it, is neither ours nor root's */
function requireOursOrRoots(folder: OwnFolder, path: string, stats: Stats): void {
  if (folder.userId === undefined || stats.uid === folder.userId || stats.uid === root) return;
  const hint = `Check who put it there and remove it, or set ${folder.purpose.variable} to another folder.`;
  throw folderRefused(folder, `${path} belongs to ${ownerName(stats)}, neither to you nor to root`, hint);
}

/** What is at the folder's path. A person may have put a link there; into a folder that we fill, nobody puts one. */
async function lookAt(folder: OwnFolder): Promise<Stats | undefined> {
  const { path, within } = folder;
  try {
    const stats = await lstat(path);
    if (!stats.isSymbolicLink()) return stats;
    if (within) throw folderRefused(folder, `${path} is a link, and links are not followed`, 'Remove it.');
    requireOursOrRoots(folder, path, stats);
    return await stat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Who could put something else in the place of what this user has in the folder, in words. Where it is sticky, as /tmp is,
 * everybody moves their own only.
 */
export function replacersIn(stats: Stats, userId: Runtime['userId']): string | undefined {
  if (userId === undefined || isSticky(stats)) return undefined;
  return stats.uid === userId || stats.uid === root ? writersOf(stats) : ownerName(stats);
}

async function isOpen({ path, within }: OwnFolder, stats: Stats): Promise<boolean> {
  return within ? (stats.mode & 0o077) !== 0 : isWritableByOthers(path, stats);
}

async function close(folder: OwnFolder, stats: Stats): Promise<void> {
  const { path, within, warn } = folder;
  const was = `open to others (mode ${modeOf(stats)})`;
  // Root would take /tmp from everybody by closing it.
  if (isSticky(stats) && !within)
    throw folderRefused(folder, `${path} is shared on purpose, ${was}`, anotherFor(folder));
  const stays = (why: string) =>
    folderRefused(folder, `${path} is ${was} and cannot be closed: ${why}`, anotherFor(folder));
  await chmod(path, 0o700).catch((error: unknown) => {
    throw stays(messageOf(error));
  });
  // Some mounts take any mode and keep their own.
  if (await isOpen(folder, await stat(path))) throw stays('this file system keeps its own modes');
  warn(`${path} was ${was}. It is private now (0700). If others use this machine, check what is in it.`);
}

function ownerName({ uid }: Stats): string {
  return uid === root ? 'root' : `user ${uid}`;
}

function folderRemedy({ userId, purpose }: OwnFolder): string {
  // Root meets the folder of whoever has typed sudo.
  const first = userId === root ? 'Run ping14c as that user' : 'Check who made it and move it away';
  return `${first}, or set ${purpose.variable} to a folder of your own.`;
}

function anotherFor({ path, within, purpose }: OwnFolder): string {
  if (within) return anotherFor(within);
  const example = `${purpose.variable}=${shellQuoted(join(path, 'ping14c'))}`;
  return `Set ${purpose.variable} to a folder of your own, for example a new one in it: ${example}`;
}

/**
 * Who beside its owner can write to a file or folder by its mode, in words. Group 0 is root's own, and whoever is in it was put there by
 * root: images for OpenShift give their folders to root and that group, because a container there runs as any user ID.
 */
function writersOf({ mode, uid, gid }: Stats): string | undefined {
  if ((mode & 0o002) !== 0) return 'everybody on this machine';
  if ((mode & 0o020) !== 0 && !(uid === root && gid === root)) return `group ${gid}`;
  return undefined;
}

/** The mount of a Kubernetes ConfigMap is 0777, and read-only: whatever the mode says, nobody writes there. */
async function isWritableByOthers(path: string, stats: Stats): Promise<boolean> {
  if (writersOf(stats) === undefined) return false;
  if (stats.uid !== root) return true;
  return access(path, constants.W_OK).then(
    () => true,
    (error: unknown) => codeOf(error) !== 'EROFS',
  );
}

/** A folder like /tmp, open to all so that each has something of their own in it. */
function isSticky({ mode }: Stats): boolean {
  return (mode & 0o1000) !== 0;
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
