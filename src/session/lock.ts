import { Failure } from '../errors.ts';
import { type OwnFolder, subfolder } from '../ownership/own-folder.ts';
import type { Runtime } from '../runtime.ts';
import {
  beat,
  describeHolder,
  giveBack,
  type Holder,
  isNewest,
  newestTurn,
  removeOlder,
  type Turn,
  takeTurn,
} from './lock-turns.ts';
import { ensurePrivateFolder, fileFailure } from './private-file.ts';

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
  /** False once somebody took it over, because this process stood still: what it was about to do must not be done. */
  isHeld(): Promise<boolean>;
}

export interface LockParts {
  readonly runtime: Runtime;
  /** `config/folders.ts`, `stateFolder` */
  readonly stateFolder: OwnFolder;
}

const beatEveryMs = 400;
const lookEveryMs = 100;
/** Looks without a new heartbeat, not time on a clock: a machine that slept has not looked meanwhile. About 4 s. */
const looksUntilStale = 40;
/** A holder that lives and beats is waiting for a server, and that has an end. */
const patienceMs = 90_000;

/**
 * Does the work while no other process on this state folder does work under the same name (docs/security.md, rule 20).
 *
 * @param name fit for a file name
 * @param signal ends the waiting, not the work
 * @throws Failure `failed` when the folder cannot be used; `unreachable` when the holder takes longer than 90 s
 */
export async function withLock<T>(
  name: string,
  { runtime, stateFolder }: LockParts,
  work: (lock: HeldLock) => Promise<T>,
  signal: AbortSignal = runtime.signal,
): Promise<T> {
  const lockFolder = subfolder(subfolder(stateFolder, 'locks'), name);
  await ensurePrivateFolder(lockFolder);
  const folder = lockFolder.path;
  const number = await acquire(folder, runtime, signal).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw fileFailure(`The lock ${folder} cannot be taken`, error);
  });
  const done = new AbortController();
  const beating = keepBeating(folder, number, runtime, done.signal);
  try {
    return await work({ isHeld: () => isNewest(folder, number) });
  } finally {
    done.abort();
    await beating;
    await giveBack(folder, number);
  }
}

async function acquire(folder: string, runtime: Runtime, signal: AbortSignal): Promise<number> {
  const self = await describeHolder(runtime);
  let seen: Turn | undefined;
  let looks = 0;
  for (let waitedMs = 0; waitedMs < patienceMs; ) {
    const turn = await newestTurn(folder, runtime.userId);
    looks = seen?.number === turn.number && seen.beat === turn.beat ? looks + 1 : 0;
    seen = turn;
    if (looks >= looksUntilStale || !(await isBusy(turn, self, runtime))) {
      if (await takeTurn(folder, turn.number + 1, self)) {
        await removeOlder(folder, turn.number + 1, runtime.now());
        return turn.number + 1;
      }
      continue;
    }
    // Spread, so that fifty who wait do not all look at once.
    const pauseMs = lookEveryMs * (0.5 + Math.random());
    await runtime.sleep(pauseMs, signal);
    waitedMs += pauseMs;
  }
  throw new Failure('unreachable', 'Another ping14c has been renewing this session for too long.', {
    code: 'session_locked',
    hint: `Look for a ping14c that hangs${seen?.holder ? ` (process ${seen.holder.pid})` : ''}, end it and try again.`,
  });
}

/** A holder on this machine is asked after; one elsewhere is believed until its heartbeat stops. */
async function isBusy({ holder }: Turn, self: Holder, { processMark }: Runtime): Promise<boolean> {
  if (!holder) return false;
  return holder.place !== self.place || (await processMark(holder.pid)) === holder.mark;
}

async function keepBeating(folder: string, number: number, { sleep }: Runtime, done: AbortSignal): Promise<void> {
  try {
    for (let count = 1; !done.aborted; count++) {
      await sleep(beatEveryMs, done);
      await beat(folder, number, count);
    }
  } catch {
    // Done, or overtaken: `isHeld` tells which.
  }
}
