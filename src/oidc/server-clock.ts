import { counted } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';

/** What the server's answers tell about its clock (HTTP's `Date`, RFC 9110, section 6.6.1). */
export interface ServerClock {
  /** Takes note of an answer's date and hands the answer back. */
  noteDate(response: Response): Response;
  /** How far this machine's clock is ahead of the server's, in milliseconds; negative when behind; absent when unknown. */
  aheadMs(): number | undefined;
}

/** A clock to compare with: it costs no request of its own, and is asked only when a token's times do not fit. */
export function serverClock(runtime: Runtime): ServerClock {
  let ahead: number | undefined;
  return {
    noteDate: (response) => {
      const date = Date.parse(response.headers.get('date') ?? '');
      if (Number.isFinite(date)) ahead = runtime.now() - date;
      return response;
    },
    aheadMs: () => ahead,
  };
}

/** The difference in words, e.g. `7 minutes behind`; `undefined` where a minute or less cannot be the reason. */
export function clockDifference(aheadMs: number | undefined): string | undefined {
  if (aheadMs === undefined || Math.abs(aheadMs) <= 60_000) return undefined;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  const amount = minutes < 120 ? counted(minutes, 'minute') : counted(Math.round(minutes / 60), 'hour');
  return `${amount} ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
}
