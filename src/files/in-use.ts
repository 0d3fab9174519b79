import { codeOf } from '../errors.ts';
import type { Runtime } from '../runtime.ts';

/** How Windows says that somebody else has the file open, or that it goes as soon as they have closed it. */
const busyCodes = ['EPERM', 'EACCES', 'EBUSY'];
/** Another ping14c needs milliseconds for a file, an antivirus some tenths of a second. */
const patienceMs = 3000;
const longestPauseMs = 50;

/** Whether it may be that somebody else has the file open. Elsewhere a file that is open can be replaced, removed and opened all the same. */
export function mayBeInUse(platform: NodeJS.Platform, error: unknown): boolean {
  return platform === 'win32' && busyCodes.includes(codeOf(error));
}

/**
 * Tries a step on a file again for as long as somebody else seems to have the file open, about three seconds at most. Ctrl-C does
 * not end the waiting: what is kept here may be a session whose old token is used up.
 *
 * @throws what the step threw last
 */
export async function onceFree<T>(
  { platform, sleep }: Pick<Runtime, 'platform' | 'sleep'>,
  step: () => Promise<T>,
): Promise<T> {
  for (let waitedMs = 0; ; ) {
    try {
      return await step();
    } catch (error) {
      if (waitedMs >= patienceMs || !mayBeInUse(platform, error)) throw error;
    }
    // The pauses differ, so that twenty who wait do not all try at once.
    const pauseMs = longestPauseMs * (0.2 + 0.8 * Math.random());
    await sleep(pauseMs);
    waitedMs += pauseMs;
  }
}
