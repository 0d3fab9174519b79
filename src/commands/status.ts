import type { Command } from 'commander';
import {
  authorizationServer,
  type ConfiguredContext,
  type Declare,
  expectedSession,
  sessionParts,
  type VerboseOption,
  verbose,
} from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { type Settings, settingDocument, shownSettings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { ServerView, TokenStanding } from '../oidc/introspection.ts';
import { hasAccessToken, isVouchedFor, type TokenSet } from '../oidc/token-set.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { table } from '../output/table.ts';
import { duration, isoTime, localTime } from '../output/time.ts';
import type { Session } from '../session/session.ts';
import type { SessionStore } from '../session/session-store.ts';
import { readSession, usableSession } from '../session/stored-session.ts';
import { type NamedCommand, ping14c, wording } from '../wording.ts';

interface StatusOptions extends VerboseOption {
  readonly check?: true;
}

export const declare: Declare = (command, contexts) => {
  command
    .description('Tell whose session this is, until when, and where it is kept, from this machine alone.')
    .option('--check', 'ask the server, too, whether it still holds')
    .option(...verbose('all of the session, and where each setting came from'))
    .addHelpText(
      'before',
      examples(
        ['ping14c status', 'exit code 4: no session'],
        ['ping14c status --check', 'what PingOne says of it'],
        ['ping14c status --json', 'for a script'],
      ),
    )
    .action(async ({ check, verbose }: StatusOptions, self: Command) => {
      const context = await contexts.configured(self);
      const { output, settings, runtime } = context;
      const parts = await sessionParts(context);
      const expected = expectedSession(context);
      const found = await readSession(parts, expected);
      const session = usableSession(found, expected.api);
      if (session instanceof Failure) {
        if (verbose && !output.json) output.note(settingsText(context));
        throw session;
      }
      const now = runtime.now();
      if (hasEnded(session, now)) throw sessionEnded(session);
      const textWith = (answer?: ServerAnswer) => {
        const told = { session, store: parts.store, now, answer };
        return verbose ? verboseText(context, told) : shortText(context, told);
      };
      const document = documentOf(session, parts.store, settings, now);
      if (!check) return output.result({ text: textWith(), document });
      const view = await viewOrNote(context, session, textWith());
      const remedy = serverViewRemedy(view, hasExpired(session, now));
      await output.result({
        text: textWith({ view, remedy }),
        document: { ...document, server: { ...view, remedy: remedy.command && `ping14c ${remedy.command.line}` } },
      });
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
  return new Failure('signInNeeded', `PingOne no longer accepts the session of ${displayName}.`, {
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

/** What is told of a session, and `answer` where the server was asked. */
interface Told {
  readonly session: Session;
  readonly store: Pick<SessionStore, 'place' | 'shortPlace'>;
  readonly now: number;
  readonly answer: ServerAnswer | undefined;
}

/** Whose session it is, where, until when, and where it is kept. */
function shortText({ output }: ConfiguredContext, { session, store, now, answer }: Told): string {
  const { displayName, environmentId, tokens, profile } = session;
  const rows = [
    ['Signed in as', displayName],
    ['Environment', profile === 'default' ? environmentId : `${environmentId} (profile ${profile})`],
    [tokenLabel(tokens), endText(tokens, now)],
    ...unvouchedRows(tokens),
    ['Kept in', store.shortPlace ?? store.place],
    ...(answer ? [['PingOne says', standingsText(answer.view)]] : []),
  ].map((cells) => cells.map(safeText));
  const mend = answer?.remedy.command ? [remedyText(answer.remedy, output)] : [];
  return [table(['', ''], rows, output), ...mend].join('\n');
}

/** When the token ends, and what comes then. */
function endText({ expiresAt, refreshToken }: TokenSet, now: number): string {
  if (expiresAt !== undefined && expiresAt <= now) {
    return `expired at ${localTime(expiresAt)}; the next command renews it`;
  }
  const until = expiresAt === undefined ? 'good until it is refused' : `good until ${localTime(expiresAt)}`;
  return `${until}, then ${refreshToken ? 'renewed by itself' : 'sign in again'}`;
}

function tokenLabel(tokens: TokenSet): string {
  return hasAccessToken(tokens) ? 'Access token' : 'ID token alone';
}

function unvouchedRows(tokens: TokenSet): readonly string[][] {
  return isVouchedFor(tokens) ? [] : [['Identity', 'by userinfo only; no ID token vouches for it']];
}

/** All that is known of the session, the settings, and what the server says. */
function verboseText(context: ConfiguredContext, { session, store, now, answer }: Told): string {
  const { output } = context;
  const { displayName, subject, environmentId, issuer, clientId, tokens, signedInAt } = session;
  const rows = [
    ['Signed in as', displayName],
    ['User ID', subject],
    ['Environment', environmentId],
    ['Issuer', issuer],
    ['Client ID', clientId],
    ['Scopes', tokens.scope?.join(' ') ?? 'those asked for'],
    ['Signed in at', localTime(signedInAt)],
    [tokenLabel(tokens), expiryText(tokens.expiresAt, now)],
    ...unvouchedRows(tokens),
    ['Renewal', tokens.refreshToken ? 'by refresh token, when needed' : 'by signing in again'],
    ['Kept in', store.place],
  ].map((cells) => cells.map(safeText));
  const server = answer ? [serverText(answer, output)] : [];
  return [table(['', ''], rows, output), settingsText(context), ...server].join('\n\n');
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

/** What the server said, and what to do about it. */
interface ServerAnswer {
  readonly view: ServerView;
  readonly remedy: Remedy;
}

/** @param expired whether the access token has ended by this machine's clock, so that the next command renews it anyway */
function serverViewRemedy({ accessToken, refreshToken }: ServerView, expired: boolean): Remedy {
  if (accessToken === 'active' && refreshToken === 'inactive') {
    return { words: 'It cannot be renewed: when the access token ends, sign in again.', command: ping14c('login') };
  }
  if (accessToken === 'active') return { words: 'Nothing to do.', command: null };
  if (accessToken === 'none') return { words: 'There is no access token to ask about.', command: null };
  return expired
    ? { words: 'The next command renews the access token.', command: null }
    : { words: 'The access token has been revoked: renew it.', command: ping14c('token --refresh') };
}

const standings: Readonly<Record<TokenStanding, string>> = {
  active: 'valid',
  inactive: 'no longer valid',
  unknown: 'PingOne does not tell this client',
  none: 'none',
};

function standingsText({ accessToken, refreshToken }: ServerView): string {
  return `access token ${standings[accessToken]}, refresh token ${standings[refreshToken]}`;
}

function serverText({ view, remedy }: ServerAnswer, output: Output): string {
  const rows = [
    ['Asked by', view.askedBy],
    ['Access token', standings[view.accessToken]],
    ['Refresh token', standings[view.refreshToken]],
  ];
  return [output.paint.bold('What PingOne says'), table(['', ''], rows, output), remedyText(remedy, output)].join('\n');
}

function remedyText({ words, command }: Remedy, output: Output): string {
  return command === null ? words : output.spelled(wording`${words} Run ${command}.`);
}
