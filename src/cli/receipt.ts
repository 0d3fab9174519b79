import type { Ending } from '../oidc/sign-off.ts';
import type { TokenSet } from '../oidc/token-set.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime, localTime } from '../output/time.ts';
import type { IndexEntry } from '../session/account-index.ts';
import type { StoredSession } from '../session/stored-session.ts';

/** What became of one thing that was stored. */
export interface Receipt {
  readonly entry: IndexEntry;
  /** Where it was kept, in words. */
  readonly place: string;
  readonly lines: readonly ReceiptLine[];
}

/** One line of the receipt: a thing, what became of it, and until when it is still good where it is. */
export interface ReceiptLine {
  readonly thing: 'session' | 'applicationToken' | 'refreshToken' | 'pingOneSession' | 'accessToken';
  readonly outcome: 'cleared' | 'none' | 'revoked' | 'ended' | 'stillValid' | 'failed';
  readonly reason?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly until?: number | undefined;
  /** Where the browser ends what could not be ended from here. */
  readonly url?: string | undefined;
}

/** What became of the session on this machine. */
export function localLine({ kind }: StoredSession): ReceiptLine {
  if (kind === 'absent') return { thing: 'session', outcome: 'none' };
  const reason = kind === 'unreadable' ? 'it could not be read, so nothing could be revoked' : undefined;
  return { thing: 'session', outcome: 'cleared', reason };
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

/** The receipt where nothing could be ended at the server, and why. @param now in milliseconds since the epoch */
export function leftLines(tokens: TokenSet, reason: string, now: number): readonly ReceiptLine[] {
  const left = { kind: 'left', reason } as const;
  const refreshToken: Ending = tokens.refreshToken ? left : { kind: 'none' };
  return [
    { thing: 'refreshToken', ...remoteOutcome(refreshToken, 'revoked') },
    { thing: 'pingOneSession', ...remoteOutcome(left, 'ended') },
    ...accessTokenLines(tokens, now),
  ];
}

/** Says that PingOne cannot revoke its API token (docs/pingone.md, section 10), where there is one that still lives. */
export function accessTokenLines({ accessToken, expiresAt }: TokenSet, now: number): readonly ReceiptLine[] {
  if (accessToken === '' || (expiresAt !== undefined && expiresAt <= now)) return [];
  return [{ thing: 'accessToken', outcome: 'stillValid', reason: 'PingOne cannot revoke it', until: expiresAt }];
}

const things: Readonly<Record<ReceiptLine['thing'], string>> = {
  session: 'Session on this machine',
  applicationToken: "Application's token on this machine",
  refreshToken: 'Refresh token',
  pingOneSession: 'Session at PingOne',
  accessToken: 'Access token',
};

/** @param place where it was kept, in words: `SessionStore.place`; what was kept nowhere needs none */
export function receiptText({ thing, outcome, reason, until, url }: ReceiptLine, place = 'this machine'): string {
  const words: Readonly<Record<ReceiptLine['outcome'], string>> = {
    cleared: `removed from ${place}`,
    none: 'there was none',
    revoked: 'revoked',
    ended: 'ended',
    stillValid: until === undefined ? 'still valid' : `still valid until ${localTime(until)}`,
    failed: 'could not be removed',
  };
  const why = reason ? ` (${reason})` : '';
  const where = url ? `; to end it, open ${url}` : '';
  return safeText(`${things[thing]}: ${words[outcome]}${why}${where}`);
}

export function receiptDocument({ until, ...line }: ReceiptLine) {
  return { ...line, until: isoTime(until) };
}
