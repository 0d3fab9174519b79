import type { Runtime } from '../runtime.ts';

/** Statuses after which the same idempotent request may succeed (docs/pingone.md, section 8). */
const passing = new Set([408, 429, 500, 502, 503, 504]);

const maxAttempts = 3;
const firstDelayMs = 500;
/** Nobody sits before a terminal longer; a server that asks for more is told to the person instead. */
const maxRetryAfterMs = 15_000;

/** What an attempt came to, as far as trying again goes. */
export interface Attempt {
  /** Absent when no answer came. */
  readonly status?: number | undefined;
  readonly retryAfter?: string | null | undefined;
}

/**
 * Milliseconds to wait before the next attempt, or `undefined` to leave it. Exponential with full jitter, so that many
 * clients do not come back at once; `Retry-After` is the least it waits.
 *
 * @param made attempts made so far, from 1
 * @param random from 0 up to 1
 */
export function retryDelayMs(attempt: Attempt, made: number, now: number, random: number): number | undefined {
  if (made >= maxAttempts) return undefined;
  if (attempt.status !== undefined && !passing.has(attempt.status)) return undefined;
  const asked = retryAfterMs(attempt.retryAfter, now) ?? 0;
  if (asked > maxRetryAfterMs) return undefined;
  return Math.max(asked, Math.round(firstDelayMs * 2 ** (made - 1) * (0.5 + random / 2)));
}

/** RFC 9110, section 10.2.3: seconds or a date. `undefined` where it is neither. Never negative. */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Only the forms of HTTP dates begin with a day's name; Date.parse takes far more.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** Runs an idempotent request until it settles; the waiting ends at once when the command is interrupted. */
export async function withRetry<T>(
  { now, sleep, signal }: Pick<Runtime, 'now' | 'sleep' | 'signal'>,
  request: () => Promise<T>,
  outcome: (answer: T) => Attempt | undefined,
  random: () => number = Math.random,
): Promise<T> {
  for (let made = 1; ; made++) {
    const answer = await request();
    const attempt = outcome(answer);
    const delayMs = attempt && retryDelayMs(attempt, made, now(), random());
    if (delayMs === undefined) return answer;
    await sleep(delayMs, signal);
  }
}
