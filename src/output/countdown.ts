import type { Runtime } from '../runtime.ts';
import type { Output } from './output.ts';

interface Countdown {
  /** Leaves nothing of the line behind. */
  stop(): void;
}

/**
 * Tells the time that is left, on a line that is written over every second. Where lines must stand still it is told once.
 *
 * @param endsAt milliseconds since the epoch
 * @param line is given the milliseconds that are left
 */
export function startCountdown(
  endsAt: number,
  line: (leftMs: number) => string,
  runtime: Pick<Runtime, 'now' | 'sleep' | 'signal'>,
  { live, note }: Pick<Output, 'live' | 'note'>,
): Countdown {
  const text = () => line(endsAt - runtime.now());
  if (!live) {
    note(text());
    return { stop: () => {} };
  }
  const stopped = new AbortController();
  const signal = AbortSignal.any([stopped.signal, runtime.signal]);
  const tick = async (): Promise<void> => {
    while (runtime.now() < endsAt) {
      live.show(text());
      await runtime.sleep(1000, signal);
    }
  };
  // Interrupted, that is, stopped.
  tick().catch(() => {});
  return {
    stop: () => {
      stopped.abort();
      live.clear();
    },
  };
}
