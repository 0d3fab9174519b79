import { duration } from '../output/time.ts';

/**
 * How long `Retry-After` asks to wait, in seconds or as a date (RFC 9110, section 10.2.3).
 *
 * @param now milliseconds since the epoch, by the clock that the date is compared with
 * @returns milliseconds, or `undefined` where the header is neither
 */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Only the forms of HTTP dates begin with a day's name; Date.parse takes far more.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Nobody is told to wait for longer than a day by a header. */
const longestWaitMs = 24 * 3_600_000;

/** The wait that an answer asks for, in milliseconds, a date taken by the server's own clock. */
export function askedWaitMs(headers: Headers | undefined): number | undefined {
  const waitMs = retryAfterMs(headers?.get('retry-after'), Date.parse(headers?.get('date') ?? ''));
  return waitMs ? Math.min(waitMs, longestWaitMs) : undefined;
}

/** What to do where a server is asked too much or in trouble. @param waitMs as `askedWaitMs` has it */
export function tryAgain(waitMs: number | undefined): string {
  return waitMs === undefined
    ? 'Try again in a moment.'
    : `Try again in ${duration(waitMs)}: the server asked for that.`;
}
