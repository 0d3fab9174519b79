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
