import type { Command } from 'commander';
import type { Ending } from '../auth/end-session.ts';
import { optional } from '../config/settings.ts';
import { messageOf } from '../errors.ts';
import { authorizationServer, type Declare, type Invocation, sessionIdentity, sessionParts } from '../invocation.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime, localTime } from '../output/time.ts';
import type { Session } from '../session/session.ts';
import { clearSession, type SessionParts } from '../session/stored-session.ts';

/** One line of the receipt: a thing, what became of it, and until when it is still good where it is. */
interface ReceiptLine {
  readonly thing: 'session' | 'refreshToken' | 'pingOneSession' | 'accessToken';
  readonly outcome: 'cleared' | 'none' | 'revoked' | 'ended' | 'stillValid';
  readonly reason?: string;
  readonly until?: number;
  /** Where the browser ends what could not be ended from here. */
  readonly url?: string;
}

const help = `
Forgets the session on this machine first, whatever the network says; then revokes the refresh token and ends the
session at PingOne where the application may (--browser opens the sign-off page). Prints what became of each.`;

export const declare: Declare = (command, start) => {
  command
    .option('--browser', 'end the session in the browser too, on the sign-off page')
    .addHelpText('after', help)
    .action(async (options: { readonly browser?: true }, self: Command) => {
      const invocation = await start(self);
      const parts = await sessionParts(invocation);
      const cleared = await clearSession(parts, sessionIdentity(invocation));
      const remote = cleared.kind === 'session' ? await endAtServer(invocation, cleared.session, options) : [];
      const receipt = [localLine(cleared.kind), ...remote];
      await invocation.output.result({
        text: receipt.map((line) => lineText(line, parts)).join('\n'),
        document: { schemaVersion: 1, receipt: receipt.map(lineDocument) },
      });
    });
};

function localLine(found: 'session' | 'absent' | 'unreadable'): ReceiptLine {
  if (found === 'absent') return { thing: 'session', outcome: 'none' };
  const unreadable = { reason: 'it could not be read, so nothing could be revoked' };
  return { thing: 'session', outcome: 'cleared', ...(found === 'unreadable' ? unreadable : {}) };
}

async function endAtServer(
  invocation: Invocation,
  { tokens }: Session,
  options: { readonly browser?: true },
): Promise<readonly ReceiptLine[]> {
  // PingOne's API tokens cannot be revoked (pingone-api.md, section 10).
  const until = tokens.expiresAt === undefined ? {} : { until: tokens.expiresAt };
  const expired = tokens.expiresAt !== undefined && tokens.expiresAt <= invocation.runtime.now();
  const accessToken: readonly ReceiptLine[] = expired
    ? []
    : [{ thing: 'accessToken', outcome: 'stillValid', reason: 'PingOne cannot revoke it', ...until }];
  try {
    const [{ endSession }, { signOffUrl }, client] = await Promise.all([
      import('../auth/end-session.ts'),
      import('../auth/sign-off.ts'),
      authorizationServer(invocation),
    ]);
    const ended = await endSession(client, tokens);
    const open = ended.pingOneSession.kind !== 'done';
    const after = optional(invocation.settings, 'postLogoutRedirectUri');
    const page = open && options.browser ? signOffUrl(client, tokens.idToken, after) : undefined;
    if (page) await openSignOff(invocation, page);
    // Without the ID token: the browser's own cookie says whose session it is.
    const url = open && !page ? signOffUrl(client, undefined) : undefined;
    return [
      { thing: 'refreshToken', ...remoteOutcome(ended.refreshToken, 'revoked') },
      { thing: 'pingOneSession', ...remoteOutcome(ended.pingOneSession, 'ended'), ...(url ? { url } : {}) },
      ...accessToken,
    ];
  } catch (error) {
    // An interruption is no answer: it ends the command.
    if (!(error instanceof Error)) throw error;
    const left = { kind: 'left', reason: messageOf(error) } as const;
    const refreshToken: Ending = tokens.refreshToken ? left : { kind: 'none' };
    return [
      { thing: 'refreshToken', ...remoteOutcome(refreshToken, 'revoked') },
      { thing: 'pingOneSession', ...remoteOutcome(left, 'ended') },
      ...accessToken,
    ];
  }
}

async function openSignOff({ runtime, output }: Invocation, url: string): Promise<void> {
  output.note(`To end the session in the browser, open:\n${url}`);
  const launch = await runtime.openBrowser(url);
  if (launch.kind === 'failed') output.warn(`The browser could not be started: ${launch.reason}`);
}

function remoteOutcome(ending: Ending, done: 'revoked' | 'ended'): Omit<ReceiptLine, 'thing'> {
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
  refreshToken: 'Refresh token',
  pingOneSession: 'Session at PingOne',
  accessToken: 'Access token',
};

function lineText({ thing, outcome, reason, until, url }: ReceiptLine, { store }: SessionParts): string {
  const said: Readonly<Record<ReceiptLine['outcome'], string>> = {
    cleared: `removed from ${store.place}`,
    none: 'there was none',
    revoked: 'revoked',
    ended: 'ended',
    stillValid: until === undefined ? 'still valid' : `still valid until ${localTime(until)}`,
  };
  const why = reason ? ` (${reason})` : '';
  const where = url ? `; to end it, open ${url}` : '';
  return safeText(`${things[thing]}: ${said[outcome]}${why}${where}`);
}

function lineDocument({ until, ...line }: ReceiptLine) {
  return until === undefined ? line : { ...line, until: isoTime(until) };
}
