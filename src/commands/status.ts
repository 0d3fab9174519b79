import type { Command } from 'commander';
import {
  authorizationServer,
  type ConfiguredContext,
  type Declare,
  expectedSession,
  sessionParts,
} from '../cli/context.ts';
import { type Settings, settingDocument, shownSettings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { ServerView, TokenStanding } from '../oidc/introspection.ts';
import { hasAccessToken, isVouchedFor } from '../oidc/token-set.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { table } from '../output/table.ts';
import { duration, isoTime, localTime } from '../output/time.ts';
import type { Session } from '../session/session.ts';
import { readSession, usableSession } from '../session/stored-session.ts';
import { type NamedCommand, ping14c, wording } from '../wording.ts';

const help = `
Looks at this machine only; --check asks the server, too, whether it still honours the session, and changes nothing.
Exit code 4 means that there is no session to work with.`;

export const declare: Declare = (command, contexts) => {
  command
    .option('--check', 'ask the server whether the session still holds')
    .addHelpText('after', help)
    .action(async ({ check }: { readonly check?: true }, self: Command) => {
      const context = await contexts.configured(self);
      const { output, settings, runtime } = context;
      const parts = await sessionParts(context);
      const expected = expectedSession(context);
      const found = await readSession(parts, expected);
      const session = usableSession(found, expected.api);
      if (session instanceof Failure) {
        if (!output.json) output.note(settingsText(context));
        throw session;
      }
      const now = runtime.now();
      if (hasEnded(session, now)) throw sessionEnded(session);
      const local = `${sessionText(context, session, parts.store.place, now)}\n\n${settingsText(context)}`;
      const view = check ? await viewOrNote(context, session, local) : undefined;
      const remedy = view && serverViewRemedy(view, hasExpired(session, now));
      if (view && remedy) {
        await output.result({
          text: `${local}\n\n${serverViewText(view, remedy, output)}`,
          document: {
            ...documentOf(session, parts.store, settings, now),
            server: { ...view, remedy: remedy.command && `ping14c ${remedy.command.line}` },
          },
        });
        return;
      }
      await output.result({ text: local, document: documentOf(session, parts.store, settings, now) });
    });
};

/**
 * Asks the server about the session. When that fails, what this machine knows is shown all the same.
 *
 * @throws Failure `signInNeeded` when the server honours nothing of the session.
 */
async function viewOrNote(context: ConfiguredContext, session: Session, local: string): Promise<ServerView> {
  const { output } = context;
  try {
    const [{ viewOfServer }, server] = await Promise.all([
      import('../oidc/introspection.ts'),
      authorizationServer(context),
    ]);
    const view = await viewOfServer(server, session.tokens, session.subject);
    if (
      hasAccessToken(session.tokens) &&
      view.accessToken !== 'active' &&
      ['inactive', 'none'].includes(view.refreshToken)
    )
      throw endedAtServer(session);
    return view;
  } catch (error) {
    if (!output.json) output.note(local);
    throw error;
  }
}

function endedAtServer({ displayName }: Session): Failure {
  return new Failure('signInNeeded', `PingOne does not honour the session of ${displayName} any more.`, {
    code: 'session_ended',
    hint: wording`Sign in again with ${ping14c('login')}.`,
  });
}

function hasExpired({ tokens }: Session, now: number): boolean {
  return tokens.expiresAt !== undefined && tokens.expiresAt <= now;
}

function hasEnded(session: Session, now: number): boolean {
  return hasExpired(session, now) && session.tokens.refreshToken === undefined;
}

function sessionEnded({ displayName, tokens }: Session): Failure {
  const when = tokens.expiresAt === undefined ? '' : ` at ${localTime(tokens.expiresAt)}`;
  return new Failure('signInNeeded', `The session of ${displayName} ended${when}.`, {
    code: 'session_expired',
    hint: wording`Sign in again with ${ping14c('login')}.`,
  });
}

function sessionText({ output }: ConfiguredContext, session: Session, place: string, now: number): string {
  const { displayName, subject, environmentId, issuer, clientId, tokens, signedInAt } = session;
  const rows = [
    ['Signed in as', displayName],
    ['User ID', subject],
    ['Environment', environmentId],
    ['Issuer', issuer],
    ['Client ID', clientId],
    ['Scopes', tokens.scope?.join(' ') ?? 'those asked for'],
    ['Signed in at', localTime(signedInAt)],
    [hasAccessToken(tokens) ? 'Access token' : 'ID token alone', expiryText(tokens.expiresAt, now)],
    ...(isVouchedFor(tokens) ? [] : [['Identity', 'by userinfo only; no ID token vouches for it']]),
    ['Renewal', tokens.refreshToken ? 'by refresh token, when needed' : 'by signing in again'],
    ['Kept in', place],
  ].map((cells) => cells.map(safeText));
  return table(['', ''], rows, output);
}

function expiryText(expiresAt: number | undefined, now: number): string {
  if (expiresAt === undefined) return 'good until it is refused';
  if (expiresAt <= now) return `expired at ${localTime(expiresAt)}`;
  return `good until ${localTime(expiresAt)}, for another ${duration(expiresAt - now)}`;
}

/** Each setting that has a value, and where it came from. */
function settingsText({ output, settings }: ConfiguredContext): string {
  const rows = shownSettings(settings).flatMap(({ name, from, shown }) =>
    shown === undefined ? [] : [[name, from, shown]],
  );
  return table(['SETTING', 'FROM', 'VALUE'], [['profile', '', safeText(settings.profile)], ...rows], output);
}

function documentOf(
  session: Session,
  store: { readonly kind: string; readonly place: string },
  settings: Settings,
  now: number,
) {
  const { subject, displayName, issuer, environmentId, clientId, tokens, signedInAt, profile } = session;
  return {
    schemaVersion: 1,
    user: { id: subject, name: displayName },
    profile,
    issuer,
    environmentId,
    clientId,
    scope: tokens.scope,
    signedInAt: isoTime(signedInAt),
    expiresAt: isoTime(tokens.expiresAt),
    expired: tokens.expiresAt === undefined ? undefined : hasExpired(session, now),
    renewable: tokens.refreshToken !== undefined,
    store: { kind: store.kind, place: store.place },
    settings: shownSettings(settings).map(settingDocument),
  };
}

/** What to do about the server's view. */
interface Remedy {
  readonly words: string;
  /** The one command that mends what is wrong; `null` where nothing is. */
  readonly command: NamedCommand | null;
}

/** @param expired whether the access token has ended by this machine's clock, so that the next command renews it anyway */
function serverViewRemedy({ accessToken, refreshToken }: ServerView, expired: boolean): Remedy {
  if (accessToken === 'active' && refreshToken === 'inactive') {
    return { words: 'It cannot be renewed: when the access token ends, sign in again.', command: ping14c('login') };
  }
  if (accessToken === 'active') return { words: 'Nothing needs mending.', command: null };
  if (accessToken === 'none')
    return { words: 'There is no access token that PingOne could be asked about.', command: null };
  return expired
    ? { words: 'The next command renews the access token.', command: null }
    : { words: 'The access token has been revoked: renew it.', command: ping14c('token --refresh') };
}

const standings: Readonly<Record<TokenStanding, string>> = {
  active: 'honoured',
  inactive: 'not honoured',
  unknown: 'not told to this client',
  none: 'there is none',
};

function serverViewText(view: ServerView, { words, command }: Remedy, output: Output): string {
  const rows = [
    ['Asked by', view.askedBy],
    ['Access token', standings[view.accessToken]],
    ['Refresh token', standings[view.refreshToken]],
  ];
  const mend = command === null ? words : output.spelled(wording`${words} Type ${command}.`);
  return [output.paint.bold('What PingOne says'), table(['', ''], rows, output), mend].join('\n');
}
