import { randomBytes } from 'node:crypto';
import { link, lstat, readdir, readFile, readlink, stat, truncate, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf, type Failure } from '../errors.ts';
import { isJsonObject, isText, parsedObject } from '../json.ts';
import type { Runtime } from '../runtime.ts';
import { onceFree } from './in-use.ts';
import { type OwnFolder, subfolder } from './own-folder.ts';
import { ensurePrivateFolder, fileFailure, readPrivateFile, writePrivateFile } from './private-file.ts';

/*
 * Why not proper-lockfile: its last release is of 2021; it does not know which process holds a lock, so a killed one
 * blocks others for its whole stale time; and it breaks a stale lock by removing it, so that of two processes that see
 * the same stale lock the slower one removes the faster one's new lock.
 *
 * Here nothing that is in use is ever removed. A lock is a folder of numbered turns. The highest number has the lock until
 * its file is emptied. To take the lock from somebody who gave it back, died or stopped is to create the next number, and
 * only one process can. Who was overtaken sees a higher number than its own before it stores anything.
 */

/** A lock in hand. */
export interface HeldLock {
  /** False once another process has taken the lock, because this one stood still: what it was about to do must not be done. */
  isHeld(): Promise<boolean>;
  /**
   * Leaves a text for those who wait for the lock. Whoever comes when nobody has it does not get the text.
   *
   * @param topic whom it concerns: each has a word of its own
   */
  leaveWord(topic: string, text: string): Promise<void>;
  /** The text that was left last on this topic, if this process waited and that was meanwhile, or seconds before. */
  wordLeft(topic: string): Promise<string | undefined>;
}

interface LockParts {
  readonly runtime: Runtime;
  /** The folder of src/files/folders.ts in which the locks lie, beside what they guard. */
  readonly folder: OwnFolder;
  /** What to tell when the holder, where its process is known, works longer than anybody should wait for. */
  readonly tooLong: (holder: number | undefined) => Failure;
}

const beatEveryMs = 400;
const lookEveryMs = 100;
/** Looks without a new heartbeat, not time on a clock: a machine that slept has not looked meanwhile. About 4 s. */
const looksUntilStale = 40;
/** A holder that lives and beats is waiting for a server, and that has an end. */
const patienceMs = 90_000;

/**
 * Does the work while no other process on this folder does work under the same name (docs/security.md, rules 20 and 42).
 *
 * @param name fit for a file name
 * @param signal ends the waiting, not the work
 * @throws Failure `failed` when the folder cannot be used; `tooLong` when the holder takes longer than 90 s
 */
export async function withFolderLock<T>(
  name: string,
  { runtime, folder: within, tooLong }: LockParts,
  work: (lock: HeldLock) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const lockFolder = subfolder(subfolder(within, 'locks'), name);
  await ensurePrivateFolder(lockFolder);
  const folder = lockFolder.path;
  const turn = await acquire(folder, runtime, tooLong, signal).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw fileFailure(lockFolder, `The lock ${folder} cannot be taken`, error);
  });
  const { number } = turn;
  const done = new AbortController();
  const beating = keepBeating(folder, number, runtime, done.signal);
  try {
    return await work({
      isHeld: () => isNewest(folder, number),
      leaveWord: (topic, text) => leaveWord(lockFolder, { topic, turn: number, at: runtime.now(), text }),
      wordLeft: (topic) => wordLeft(lockFolder, topic, turn, runtime.now()),
    });
  } finally {
    done.abort();
    await beating;
    await giveBack(folder, number);
  }
}

/** A turn that was taken. */
interface TakenTurn {
  readonly number: number;
  /** The first turn whose end this process has waited for; its own where it has waited for nobody. */
  readonly waitedFor: number;
}

async function acquire(
  folder: string,
  runtime: Runtime,
  tooLong: LockParts['tooLong'],
  signal: AbortSignal,
): Promise<TakenTurn> {
  const self = await describeHolder(runtime);
  let waitedFor: number | undefined;
  let seen: Turn | undefined;
  let looks = 0;
  for (let waitedMs = 0; waitedMs < patienceMs; ) {
    const turn = await onceFree(runtime, () => newestTurn(folder, runtime.userId));
    looks = seen?.number === turn.number && seen.beat === turn.beat ? looks + 1 : 0;
    seen = turn;
    const busy = await isBusy(turn, self, runtime);
    waitedFor ??= busy ? turn.number : turn.number + 1;
    if (looks >= looksUntilStale || !busy) {
      if (await onceFree(runtime, () => takeTurn(folder, turn.number + 1, self))) {
        await removeOlder(folder, turn.number + 1, runtime.now());
        return { number: turn.number + 1, waitedFor };
      }
      continue;
    }
    // The pauses differ, so that fifty who wait do not all look at once.
    const pauseMs = lookEveryMs * (0.5 + Math.random());
    await runtime.sleep(pauseMs, signal);
    waitedMs += pauseMs;
  }
  throw tooLong(seen?.holder?.pid);
}

/** A holder on this machine is asked after; one elsewhere is believed until its heartbeat stops. */
async function isBusy({ holder }: Turn, self: Holder, { processMark }: Runtime): Promise<boolean> {
  if (!holder) return false;
  return holder.place !== self.place || (await processMark(holder.pid)) === holder.mark;
}

const wordsFile = 'words';
/** Who waits, waits for few topics: what is older is left out. */
const mostWords = 8;
/** A few sentences; what is longer is not left. */
const longestWord = 4096;
/** For those who came while the word went through the queue. Many begin at once, but not in the same instant. */
const wordIsNewsForMs = 3_000;

/** What was left on a topic. */
interface Word {
  readonly topic: string;
  /** Whose it is. */
  readonly turn: number;
  readonly at: number;
  readonly text: string;
}

/** Nothing depends on it: without it, those who wait find out for themselves. */
async function leaveWord(lockFolder: OwnFolder, word: Word): Promise<void> {
  if (word.text.length > longestWord) return;
  const others = (await wordsIn(lockFolder)).filter(({ topic }) => topic !== word.topic);
  const words = [word, ...others].slice(0, mostWords);
  await writePrivateFile(lockFolder, wordsFile, JSON.stringify({ words })).catch(() => {});
}

async function wordLeft(
  lockFolder: OwnFolder,
  topic: string,
  { number, waitedFor }: TakenTurn,
  now: number,
): Promise<string | undefined> {
  if (waitedFor === number) return undefined;
  const word = (await wordsIn(lockFolder)).find((one) => one.topic === topic);
  if (!word) return undefined;
  const age = now - word.at;
  return word.turn >= waitedFor || (age >= 0 && age < wordIsNewsForMs) ? word.text : undefined;
}

async function wordsIn(lockFolder: OwnFolder): Promise<readonly Word[]> {
  const file = await readPrivateFile(lockFolder, wordsFile).catch(() => undefined);
  const { words } = parsedObject(file?.toString('utf8') ?? '') ?? {};
  return Array.isArray(words) ? words.filter(isWord) : [];
}

function isWord(value: unknown): value is Word {
  if (!isJsonObject(value)) return false;
  const { topic, turn, at, text } = value;
  return isText(topic) && isText(text) && typeof turn === 'number' && typeof at === 'number';
}

async function keepBeating(folder: string, number: number, { sleep }: Runtime, done: AbortSignal): Promise<void> {
  try {
    for (let count = 1; !done.aborted; count++) {
      await sleep(beatEveryMs, done);
      await beat(folder, number, count);
    }
  } catch {
    // The work is done, or another process has taken the lock, which `isHeld` tells.
  }
}

/** Who has a turn: enough to know at once that a killed holder is gone, even when its number is taken again. */
interface Holder {
  readonly pid: number;
  /** `Runtime.processMark` of the holder. */
  readonly mark: string;
  /** Machine and process namespace: elsewhere the number means another process, so only the heartbeat counts there. */
  readonly place: string;
}

/** The newest turn in a lock's folder, as one look found it. */
interface Turn {
  /** 0 when nobody ever had one. */
  readonly number: number;
  /** Absent when the turn was given back. */
  readonly holder?: Holder | undefined;
  /** Changes with every heartbeat. */
  readonly beat: number;
}

/** Nobody gets there by taking turns, but a file of that name may have been put there. */
const lastNumber = 999_999_999_999_999;

/** Longer than anybody takes to link what was prepared. */
const preparedForMs = 60_000;

async function describeHolder({ processId, processMark, platform }: Runtime): Promise<Holder> {
  // Elsewhere a folder of that name may be anybody's, who would make two processes on one machine strangers to each other.
  const namespace = platform === 'linux' ? await readlink('/proc/self/ns/pid').catch(() => '') : '';
  return {
    pid: processId,
    mark: (await processMark(processId)) ?? '',
    place: `${hostname()} ${namespace}`.trim(),
  };
}

/** Rejects when another user has put something there: they could make us wait for as long as they like. */
export async function newestTurn(folder: string, userId: Runtime['userId']): Promise<Turn> {
  const number = await newestNumber(folder);
  if (number === 0) return { number, beat: 0 };
  const path = join(folder, String(number));
  try {
    const stats = await lstat(path);
    // A pipe in its place would be read for ever.
    if (!stats.isFile()) throw new Error(`${path} is not a file`);
    if (userId !== undefined && stats.uid !== userId) throw new Error(`${path} belongs to another user`);
    const { mtimeMs } = stats;
    const content = await readFile(path, 'utf8');
    return { number, beat: mtimeMs, holder: content === '' ? undefined : narrowHolder(content) };
  } catch (error) {
    // Whoever has a newer turn has removed it since.
    if (codeOf(error) === 'ENOENT') return newestTurn(folder, userId);
    throw error;
  }
}

/**
 * Tries to take the turn with this number: its file appears with its content, and one process only can make it (link(2)).
 *
 * @returns whether it is taken and the newest
 */
export async function takeTurn(folder: string, number: number, holder: Holder): Promise<boolean> {
  if (number > lastNumber) throw new Error('its numbers are used up; remove that folder');
  const prepared = join(folder, `${randomBytes(6).toString('hex')}.tmp`);
  const path = join(folder, String(number));
  try {
    await writeFile(prepared, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    await link(prepared, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(prepared).catch(() => {});
  }
  if (await isNewest(folder, number)) return true;
  // Who looked long ago can make a number again that was used and removed since; there is a higher one then.
  await unlink(path).catch(() => {});
  return false;
}

async function isNewest(folder: string, number: number): Promise<boolean> {
  return (await newestNumber(folder)) === number;
}

/** An empty file is a free lock. To truncate needs no space on the disk and cannot be half done. */
async function giveBack(folder: string, number: number): Promise<void> {
  await truncate(join(folder, String(number))).catch(() => {});
}

/** The file's time counts beats, so that clocks that jump or differ do not matter. Rejects when the turn is gone. */
async function beat(folder: string, number: number, count: number): Promise<void> {
  await utimes(join(folder, String(number)), count, count);
}

/** For whoever has the newest turn: the highest number must never go. Also removes what killed processes prepared. */
async function removeOlder(folder: string, number: number, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const old = name.endsWith('.tmp')
      ? ((await stat(path).catch(() => undefined))?.mtimeMs ?? now) < now - preparedForMs
      : Number(name) < number;
    if (old) await unlink(path).catch(() => {});
  }
}

async function newestNumber(folder: string): Promise<number> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return Math.max(0, ...names.filter((name) => /^\d{1,15}$/.test(name)).map(Number));
}

function narrowHolder(content: string): Holder {
  const { pid, mark, place } = parsedObject(content) ?? {};
  if (typeof pid === 'number' && isText(mark) && isText(place)) return { pid, mark, place };
  // Not written by us. Nobody can be asked after it: only a missing heartbeat frees the lock.
  return { pid: 0, mark: '', place: '' };
}
