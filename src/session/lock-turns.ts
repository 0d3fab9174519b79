import { randomBytes } from 'node:crypto';
import { link, lstat, readdir, readFile, readlink, stat, truncate, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from '../runtime.ts';
import { codeOf } from './private-file.ts';

/** Who has a turn: enough to know at once that a killed holder is gone, even when its number is taken again. */
export interface Holder {
  readonly pid: number;
  /** `Runtime.processMark` of the holder. */
  readonly mark: string;
  /** Machine and process namespace: elsewhere the number means another process, so only the heartbeat counts there. */
  readonly place: string;
}

/** The newest turn in a lock's folder, as one look found it. */
export interface Turn {
  /** 0 when nobody ever had one. */
  readonly number: number;
  /** Absent when the turn was given back. */
  readonly holder?: Holder;
  /** Changes with every heartbeat. */
  readonly beat: number;
}

/** Nobody gets there by taking turns, but a file of that name may have been put there. */
const lastNumber = 999_999_999_999_999;

/** Longer than anybody takes to link what was prepared. */
const preparedForMs = 60_000;

export async function describeHolder({ processId, processMark }: Runtime): Promise<Holder> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
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
    return { number, beat: mtimeMs, ...(content === '' ? {} : { holder: narrowHolder(content) }) };
  } catch (error) {
    // Removed since, by whoever has a newer turn.
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

export async function isNewest(folder: string, number: number): Promise<boolean> {
  return (await newestNumber(folder)) === number;
}

/** An empty file is a free lock. To truncate needs no space on the disk and cannot be half done. */
export async function giveBack(folder: string, number: number): Promise<void> {
  await truncate(join(folder, String(number))).catch(() => {});
}

/** The file's time counts beats, so that clocks that jump or differ do not matter. Rejects when the turn is gone. */
export async function beat(folder: string, number: number, count: number): Promise<void> {
  await utimes(join(folder, String(number)), count, count);
}

/** For whoever has the newest turn: the highest number must never go. Also removes what killed processes prepared. */
export async function removeOlder(folder: string, number: number, now: number): Promise<void> {
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
  try {
    const { pid, mark, place } = JSON.parse(content) as Readonly<Record<string, unknown>>;
    if (typeof pid === 'number' && typeof mark === 'string' && typeof place === 'string') return { pid, mark, place };
  } catch {
    // Not ours; treated as below.
  }
  // Nobody we could ask after: only a missing heartbeat frees it.
  return { pid: 0, mark: '', place: '' };
}
