import { safeText } from './safe-text.ts';
import { localTime } from './time.ts';

/** Seconds since the epoch (RFC 7519, section 4.1; OpenID Connect Core, sections 2 and 5.1). */
const timeClaims = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at']);
/** The last second that a `Date` can hold. */
const lastSecond = 8.64e12;

/** A claim's value as it is shown: made safe for a terminal, times local. Empty where there is none. */
export function claimText(name: string, value: unknown, times?: 'with the number'): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && timeClaims.has(name) && value >= 0 && value <= lastSecond) {
    const time = localTime(value * 1000);
    return times ? `${value} (${time})` : time;
  }
  return safeText(typeof value === 'string' ? value : JSON.stringify(value));
}
