import type { Ending } from '../oidc/sign-off.ts';
import type { TokenSet } from '../oidc/token-set.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { fitted } from '../output/table.ts';
import { isoTime, localTime } from '../output/time.ts';
import type { IndexEntry } from '../session/account-index.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { StoredSession } from '../session/stored-session.ts';

/** What became of one thing that was stored. */
export interface Receipt {
  readonly entry: IndexEntry;
  readonly store: Pick<SessionStore, 'place' | 'barePlace'>;
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
    stillValid: validity({ until }),
    failed: 'could not be removed',
  };
  const where = url ? `; to end it, open ${url}` : '';
  return safeText(`${things[thing]}: ${words[outcome]}${inBrackets(reason)}${where}`);
}

function validity({ until }: Pick<ReceiptLine, 'until'>): string {
  return until === undefined ? 'still valid' : `still valid until ${localTime(until)}`;
}

function inBrackets(reason: string | undefined): string {
  return reason ? ` (${reason})` : '';
}

/** How one line of what a person reads came out. */
type Mark = 'done' | 'left' | 'none' | 'failed';

interface MarkedLine {
  readonly mark: Mark;
  readonly text: string;
}

/** Places for a mark, and for the receipt to stand below a title. */
const indentation = 4;

/** The receipt: for a person in a line each for this machine, the tokens and the session at PingOne; else in one a thing. */
export function receiptSentences(
  lines: readonly ReceiptLine[],
  { place, barePlace = place }: Receipt['store'],
  { columns, paint }: Pick<Output, 'columns' | 'paint'>,
): readonly string[] {
  if (!Number.isFinite(columns)) return lines.map((line) => receiptText(line, place));
  const marks: Readonly<Record<Mark, string>> = {
    done: paint.green('✓'),
    left: paint.yellow('!'),
    none: '-',
    failed: paint.red('✗'),
  };
  const line = (thing: ReceiptLine['thing']) => lines.find((one) => one.thing === thing);
  const [refreshToken, accessToken] = [line('refreshToken'), line('accessToken')];
  return [
    ...[line('session'), line('applicationToken')].flatMap((one) => (one ? [localText(one, barePlace)] : [])),
    ...tokensText(refreshToken, accessToken),
    ...[line('pingOneSession')].flatMap((one) => (one ? [sessionText(one)] : [])),
  ].map(({ mark, text }) => `${marks[mark]} ${fitted(safeText(text), columns - indentation).replaceAll('\n', '\n  ')}`);
}

function localText({ thing, outcome, reason }: ReceiptLine, place: string): MarkedLine {
  const name = thing === 'session' ? 'session' : 'token of the application';
  if (outcome === 'none') return { mark: 'none', text: `There was no ${name} on this machine` };
  const what = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  if (outcome === 'failed') return { mark: 'failed', text: `${what} not removed from ${place}${inBrackets(reason)}` };
  return { mark: 'done', text: `${what} removed from ${place}${inBrackets(reason)}` };
}

function tokensText(
  refreshToken: ReceiptLine | undefined,
  accessToken: ReceiptLine | undefined,
): readonly MarkedLine[] {
  if (!refreshToken || refreshToken.outcome === 'none') {
    if (!accessToken) return [];
    return [{ mark: 'left', text: `Access token ${validity(accessToken)}${inBrackets(accessToken.reason)}` }];
  }
  const rest = accessToken ? `; access token ${validity(accessToken)}` : '';
  if (refreshToken.outcome === 'revoked') return [{ mark: 'done', text: `Refresh token revoked${rest}` }];
  return [{ mark: 'left', text: `Refresh token still valid${inBrackets(refreshToken.reason)}${rest}` }];
}

function sessionText({ outcome, reason, url }: ReceiptLine): MarkedLine {
  if (outcome === 'ended') return { mark: 'done', text: 'Session at PingOne ended' };
  if (outcome === 'none') return { mark: 'none', text: 'There was no session at PingOne' };
  const where = url ? `; to end it, open ${url}` : '';
  return { mark: 'left', text: `Session at PingOne still valid${inBrackets(reason)}${where}` };
}

export function receiptDocument({ until, ...line }: ReceiptLine) {
  return { ...line, until: isoTime(until) };
}
