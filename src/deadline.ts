import type { Runtime } from './runtime.ts';

type Clock = Pick<Runtime, 'sleep'>;

/** A time limit by the runtime's clock. Whoever starts one ends it, so that no timer keeps the process alive. */
export interface Deadline {
  /** Aborted when the time is over. */
  readonly signal: AbortSignal;
  /** Stops the clock; may be called twice. */
  end(): void;
}

/** @param reason what the signal is aborted with */
export function startDeadline(timeoutMs: number, { sleep }: Clock, reason: unknown = 'deadline'): Deadline {
  const passed = new AbortController();
  const ended = new AbortController();
  sleep(timeoutMs, ended.signal).then(
    () => passed.abort(reason),
    // The clock was stopped.
    () => {},
  );
  return { signal: passed.signal, end: () => ended.abort() };
}

/**
 * Waits for work that cannot be interrupted.
 *
 * @param late answers in the work's place, or throws, when the time is over first; the work itself goes on unheard
 */
export async function within<T>(timeoutMs: number, work: Promise<T>, late: () => T, { sleep }: Clock): Promise<T> {
  const ended = new AbortController();
  try {
    return await Promise.race([work, sleep(timeoutMs, ended.signal).then(late)]);
  } finally {
    ended.abort();
  }
}
