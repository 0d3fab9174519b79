import { Failure } from '../errors.ts';
import { type HeldLock, withFolderLock } from '../files/lock.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import type { Runtime } from '../runtime.ts';

interface SessionLockParts {
  readonly runtime: Runtime;
  readonly stateFolder: OwnFolder;
}

/**
 * Does the work while no other process on this state folder does work on the same session.
 *
 * @param account fit for a file name
 * @param signal ends the waiting, not the work
 * @throws Failure as `withFolderLock` does
 */
export function withSessionLock<T>(
  account: string,
  { runtime, stateFolder }: SessionLockParts,
  work: (lock: HeldLock) => Promise<T>,
  signal: AbortSignal = runtime.signal,
): Promise<T> {
  return withFolderLock(account, { runtime, folder: stateFolder, tooLong: heldTooLong }, work, signal);
}

function heldTooLong(holder: number | undefined): Failure {
  return new Failure('unreachable', 'Another ping14c is still renewing this session.', {
    code: 'session_locked',
    hint: `Find the ping14c that hangs${holder === undefined ? '' : ` (process ${holder})`}, stop it and try again.`,
  });
}
