import type { Command } from 'commander';
import { type ConfiguredContext, changing, type Declare, quietly, requireInteractive } from '../cli/context.ts';
import { currentSession, pingOne } from '../cli/current-session.ts';
import { examples } from '../cli/examples.ts';
import { askCandidate, askPasswords, pipedCandidate, pipedPasswords, sayRules } from '../cli/passwords.ts';
import { refuseTerminal } from '../cli/secret-lines.ts';
import { Failure } from '../errors.ts';
import { hasScope, isVouchedFor } from '../oidc/token-set.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime, localTime } from '../output/time.ts';
import type { PingOneClient } from '../pingone/client.ts';
import {
  changeableFrom,
  changePassword,
  expiresAt,
  judgePassword,
  missingScopeHint,
  type PasswordStanding,
  type PasswordState,
  passwordObstacle,
  readPasswordStanding,
} from '../pingone/password.ts';
import { type CheckedRule, checklistLine } from '../pingone/password-requirements.ts';
import { selfScopes } from '../pingone/scopes.ts';
import type { Session } from '../session/session.ts';
import { ping14c, wording } from '../wording.ts';

interface PasswdOptions {
  readonly stdin?: true;
  readonly check?: true;
}

interface Change {
  readonly context: ConfiguredContext;
  readonly session: Session;
  readonly client: PingOneClient;
  readonly standing: PasswordStanding;
}

const help = `
Nothing that is typed is shown, stored or logged. Exit codes: 0 changed, 5 refused,
6 not reached, 3 unknown: it was sent, and no trustworthy answer came back.`;

export const declare: Declare = (command, contexts) => {
  command
    .description('Change your own password; the rules in force are ticked off as you type.')
    .option('--stdin', 'read the current and the new one, a line each')
    .option('--check', 'only check a candidate; it is sent nowhere')
    .addHelpText(
      'before',
      examples(
        ['ping14c passwd', 'asks for the current and the new one'],
        ['ping14c passwd --check', 'would this one do?'],
        ['ping14c passwd --stdin < file', 'from a script'],
      ),
    )
    .addHelpText('after', help)
    .action(async (options: PasswdOptions, self: Command) => {
      const context = changing(contexts.unconfigured(self));
      const run = async () => passwd(await contexts.configured(self), options);
      // The terminal is quiet before anything else: reading session and policy takes time, in which a password may be typed.
      return options.stdin ? run() : quietly(context, run);
    });
};

/** The interruption of what comes once the change may have been sent. */
function inDoubt(cause: unknown): Failure {
  const message = 'Interrupted while sending: the password may or may not have been changed.';
  return new Failure('interrupted', message, { code: 'outcome_unknown', cause });
}

/** 1. See who is signed in. 2. Read what the server says of their password. 3. Change it, or only check a candidate. */
async function passwd(context: ConfiguredContext, options: PasswdOptions): Promise<void> {
  const { runtime, output } = context;
  if (options.stdin) refuseTerminal(runtime.stdin);
  else requireInteractive(context, 'The passwords', 'Pipe them, a line each, and add --stdin.');
  const session = await currentSession(context).catch(sayNotChanged);
  requireVouchedFor(session);
  requireScopes(session, options);
  const client = await pingOne(context, session);
  const has = (scope: string) => hasScope(session.tokens, scope);
  if (!has(selfScopes.readPassword)) {
    output.warn(`The rules are not known: the scope ${selfScopes.readPassword} was not granted.`);
  }
  const standing = await readPasswordStanding(client, session.subject, has).catch(sayNotChanged);
  if (options.check) await check(context, standing, options);
  else await change({ context, session, client, standing }, options);
}

/**
 * Before anything was sent, a server or network in trouble leaves the one question open that matters: it is answered first, and
 * for the password alone, because a session that was renewed may be lost.
 */
function sayNotChanged(error: unknown): never {
  if (!(error instanceof Failure) || !['failed', 'unreachable'].includes(error.kind)) throw error;
  const { kind, message, code, hint, details, correlationId, cause } = error;
  throw new Failure(kind, `Your password was not changed. ${message}`, { code, hint, details, correlationId, cause });
}

/**
 * An access token that came through the browser alone is not enough to change anybody's password
 * (docs/security.md, rule 28).
 */
function requireVouchedFor({ tokens }: Session): void {
  if (isVouchedFor(tokens)) return;
  throw new Failure('signInNeeded', 'There is no ID token that proves who is signed in (response type token).', {
    code: 'session_not_verified',
    hint: wording`Sign in again with ${ping14c('login')}, without --implicit or with another --response-type.`,
  });
}

/** Refuses before anything is asked. PingOne withholds scopes without a word from some users (docs/pingone.md, section 6). */
function requireScopes(session: Session, { check: checking }: PasswdOptions): void {
  const needed = checking ? selfScopes.readPassword : selfScopes.resetPassword;
  if (hasScope(session.tokens, needed)) return;
  throw new Failure('refused', `The scope ${needed} was not granted at sign-in.`, {
    code: 'scope_missing',
    details: [{ message: 'PingOne does not grant it to users of an external identity provider.' }],
    hint: missingScopeHint,
  });
}

/** 1. See what stands in the way. 2. Get the passwords. 3. Judge the new one. 4. Send one PUT. 5. Tell which outcome. */
async function change({ context, session, client, standing }: Change, { stdin }: PasswdOptions): Promise<void> {
  const { runtime, output } = context;
  const { state } = standing;
  const obstacle = state && passwordObstacle(state, runtime.now());
  if (obstacle) throw obstacle;
  output.note(`Changing the PingOne password of ${safeText(session.displayName)}.`);
  const note = state && Object.hasOwn(noteByStatus, state.status) ? noteByStatus[state.status] : undefined;
  if (note) output.note(note);
  const judged = (newPassword: string, currentPassword?: string) =>
    judgePassword(standing, newPassword, currentPassword);
  const passwords = stdin ? await pipedPasswords(runtime, output) : await askPasswords(runtime, output, judged);
  const rules = judged(passwords.newPassword, passwords.currentPassword);
  if (stdin) sayRules(output, rules);
  refuseUnmet(rules);
  const outcome = await changePassword(client, session.subject, passwords, state, runtime).catch((error: unknown) => {
    if (runtime.signal.aborted) throw inDoubt(error);
    // What is thrown, and is no outcome, is that there was no access token to send it with.
    return sayNotChanged(error);
  });
  if (outcome.kind === 'unknown' && runtime.signal.aborted) throw inDoubt(outcome.failure);
  if (outcome.kind !== 'changed') throw outcome.failure;
  output.ifInterrupted('Your password is changed.');
  await printChanged(output, { ...outcome.state, policy: outcome.state.policy ?? state?.policy }, outcome.confirmed);
}

const noteByStatus: Readonly<Record<string, string>> = {
  MUST_CHANGE_PASSWORD: 'Your password must be changed.',
  PASSWORD_EXPIRED: 'Your password has expired.',
};

async function check({ runtime, output }: ConfiguredContext, standing: PasswordStanding, { stdin }: PasswdOptions) {
  const { newPassword, currentPassword } = await (stdin ? pipedCandidate : askCandidate)(runtime, output);
  const rules = judgePassword(standing, newPassword, currentPassword);
  refuseUnmet(rules);
  await output.result({
    sentences: [
      ...rules.map((rule) => checklistLine(rule, output.paint)),
      `${output.paint.green('✓')} It meets every rule that can be checked here. Nothing was sent.`,
    ],
    document: { schemaVersion: 1, acceptable: true, rules },
  });
}

function refuseUnmet(rules: readonly CheckedRule[]): void {
  const unmet = rules.filter(({ verdict }) => verdict === 'unmet');
  if (unmet.length === 0) return;
  throw new Failure('refused', 'The new password does not meet the password policy.', {
    code: 'password_policy',
    details: unmet.map(({ name, text }) => ({ target: 'newPassword', code: name, message: `Not met: ${text}` })),
    hint: 'Nothing was sent. Choose another one.',
  });
}

async function printChanged(output: Output, state: PasswordState, confirmed: string): Promise<void> {
  const [next, end] = [changeableFrom(state), expiresAt(state)];
  const isSeen = confirmed === 'by the answer';
  const changed = `Your password is changed${isSeen ? '' : ' (the answer was lost; the time of the last change shows it)'}.`;
  const expiry = isSeen && end !== undefined ? ` It expires ${localTime(end)}.` : '';
  await output.result({
    sentences: [`${output.paint.green('✓')} ${changed}${expiry}`],
    document: {
      schemaVersion: 1,
      outcome: 'changed',
      confirmed,
      changedAt: isoTime(state.lastChangedAt),
      changeableFrom: isoTime(next),
      expiresAt: isoTime(end),
    },
  });
}
