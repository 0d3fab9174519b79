/** How far the clock is moved; the parts add up. */
export interface Duration {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
}

const partMs = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1000 } as const;

/** @throws RangeError naming what is no duration, no part of one, or no number from 0 on */
export function durationMs(duration: Duration): number {
  if (typeof duration !== 'object' || duration === null) {
    throw new RangeError(`${duration} is no duration: it has parts, such as { hours: 2 }.`);
  }
  const parts = Object.entries(duration) as [keyof Duration, number | undefined][];
  return parts.reduce((sum, [part, count = 0]) => {
    if (!Object.hasOwn(partMs, part)) {
      throw new RangeError(`"${part}" is no part of a duration: those are ${Object.keys(partMs).join(', ')}.`);
    }
    if (!Number.isFinite(count) || count < 0) {
      throw new RangeError(`${part}: ${count} is no number from 0 on. Time goes forward only; reset() begins it anew.`);
    }
    return sum + count * partMs[part];
  }, 0);
}
