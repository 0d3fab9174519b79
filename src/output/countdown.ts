import type { Runtime } from '../runtime.ts';
import type { Output } from './output.ts';
import { wrap } from './table.ts';
import { duration } from './time.ts';

interface Countdown {
  /** Leaves nothing of the line behind. */
  stop(): void;
}

/** To the line's beginning, and clears it. */
const rewind = '\r\u001b[K';

/**
 * Tells the time that is left, on one line that is written over every second. Where lines must stand still (no terminal,
 * no colour, a screen reader, `--debug` between them) it is told once.
 *
 * @param endsAt milliseconds since the epoch
 * @param label what comes before the time, e.g. `The code is good for`
 */
export function startCountdown(
  endsAt: number,
  label: string,
  runtime: Pick<Runtime, 'stderr' | 'env' | 'now' | 'sleep' | 'signal'>,
  { paintNote, debugging, note }: Pick<Output, 'paintNote' | 'debugging' | 'note'>,
): Countdown {
  const line = () => `${label} ${duration(endsAt - runtime.now())}. Ctrl-C ends the waiting.`;
  if (paintNote.level === 0 || debugging || runtime.env['ACCESSIBLE']) {
    note(line());
    return { stop: () => {} };
  }
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, runtime.signal]);
  const tick = async (): Promise<void> => {
    while (runtime.now() < endsAt) {
      // A line that wraps could not be written over.
      runtime.stderr.write(rewind + (wrap(line(), (runtime.stderr.columns || 80) - 1)[0] ?? ''));
      await runtime.sleep(1000, signal);
    }
  };
  // Interrupted, that is, stopped.
  tick().catch(() => {});
  return {
    stop: () => {
      stopped.abort();
      runtime.stderr.write(rewind);
    },
  };
}
