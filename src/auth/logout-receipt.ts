import { safeText } from '../output/safe-text.ts';
import { isoTime, localTime } from '../output/time.ts';
import type { Ending } from './end-session.ts';

/** One line of the receipt: a thing, what became of it, and until when it is still good where it is. */
export interface ReceiptLine {
  readonly thing: 'session' | 'applicationToken' | 'refreshToken' | 'pingOneSession' | 'accessToken';
  readonly outcome: 'cleared' | 'none' | 'revoked' | 'ended' | 'stillValid' | 'failed';
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
  /** Where the browser ends what could not be ended from here. */
  readonly url?: string;
}

/** What a line says of a thing that was ended at the server, or not. */
export function remoteOutcome(ending: Ending, done: 'revoked' | 'ended'): Omit<ReceiptLine, 'thing'> {
  switch (ending.kind) {
    case 'done':
      return { outcome: done };
    case 'none':
      return { outcome: 'none' };
    case 'left':
      return { outcome: 'stillValid', reason: ending.reason };
    default:
      return ending satisfies never;
  }
}

const things: Readonly<Record<ReceiptLine['thing'], string>> = {
  session: 'Session on this machine',
  applicationToken: "Application's token on this machine",
  refreshToken: 'Refresh token',
  pingOneSession: 'Session at PingOne',
  accessToken: 'Access token',
};

/** @param place where it was kept, in words: `SessionStore.place` */
export function receiptText({ thing, outcome, reason, until, url }: ReceiptLine, place: string): string {
  const said: Readonly<Record<ReceiptLine['outcome'], string>> = {
    cleared: `removed from ${place}`,
    none: 'there was none',
    revoked: 'revoked',
    ended: 'ended',
    stillValid: until === undefined ? 'still valid' : `still valid until ${localTime(until)}`,
    failed: 'could not be removed',
  };
  const why = reason ? ` (${reason})` : '';
  const where = url ? `; to end it, open ${url}` : '';
  return safeText(`${things[thing]}: ${said[outcome]}${why}${where}`);
}

export function receiptDocument({ until, ...line }: ReceiptLine) {
  return until === undefined ? line : { ...line, until: isoTime(until) };
}
