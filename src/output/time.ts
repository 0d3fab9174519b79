export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The last time that a `Date` can hold (ECMAScript, "Time Values"). */
export const lastTime = 8.64e15;

/** A moment as people read it: local, with the zone, e.g. `23 Nov 2026, 20:40 UTC`. `at` in ms. */
export function localTime(at: number): string {
  // The language of the messages, so that month and zone do not switch it.
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(dateOf(at));
}

/** The day of a moment, where the time of day does not matter: `23 Nov 2026`. `at` in ms. */
export function localDate(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' }).format(dateOf(at));
}

/** The time of day, for a line of a log: local, e.g. `20:40:07`. `at` in ms. */
export function clockTime(at: number): string {
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(dateOf(at));
}

/** A moment for machines: ISO 8601 in UTC. `at` in ms; where it is absent, so is the text. */
export function isoTime(at: number): string;
export function isoTime(at: number | undefined): string | undefined;
export function isoTime(at: number | undefined): string | undefined {
  return at === undefined ? undefined : dateOf(at).toISOString();
}

/** A policy of a million million days ends when dates do: no figure from outside is an error here. */
function dateOf(at: number): Date {
  return new Date(Math.min(Math.max(at, -lastTime), lastTime));
}

const units: readonly (readonly [name: string, ms: number])[] = [
  ['day', dayMs],
  ['hour', hourMs],
  ['minute', 60_000],
  ['second', 1000],
];

/** A length of time in its two largest units, rounded up so that nobody comes back too early: `14 minutes 3 seconds`. */
export function duration(ms: number): string {
  const first = units.findIndex(([, size]) => ms >= size);
  const [large, small] = first < 0 ? [units.at(-1), undefined] : [units[first], units[first + 1]];
  if (!large) return '';
  const step = (small ?? large)[1];
  const rounded = Math.max(1, Math.ceil(ms / step)) * step;
  // 59.5 seconds are a minute by now.
  if (units.some(([, size]) => size > large[1] && rounded >= size)) return duration(rounded);
  const whole = Math.floor(rounded / large[1]);
  const rest = small ? (rounded % large[1]) / small[1] : 0;
  return [counted(whole, large[0]), ...(small && rest > 0 ? [counted(rest, small[0])] : [])].join(' ');
}

/** A length of time as a clock shows it that runs down: `4:58`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A number of things in words: `1 day`, `2 days`. */
export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
