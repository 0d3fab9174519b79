import { Failure, type FailureDetail, type FailureOptions } from '../errors.ts';
import { countIn, type JsonObject, momentIn, objectIn, textIn } from '../json.ts';
import { dayMs, duration, localTime } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import type { ApiAnswer, PingOneClient } from './client.ts';
import { apiFailure, failureDetails, type PingOneError, type PingOneErrorDetail, pingOneErrorIn } from './errors.ts';
import { narrowPasswordPolicy, type PasswordPolicy } from './password-policy.ts';
import { type CheckedRule, checklist, requirements } from './password-requirements.ts';
import { selfScopes } from './scopes.ts';
import { profileValues, readUser, userPath } from './user.ts';

/** `OK`, `NO_PASSWORD`, `PASSWORD_EXPIRED`, `PASSWORD_LOCKED_OUT`, `MUST_CHANGE_PASSWORD`, `EXTERNAL`, or one that came later. */
type PasswordStatus = string;

/** A user's password as PingOne describes it (docs/pingone.md, section 7.2). Times in ms since the epoch. */
export interface PasswordState {
  readonly status: PasswordStatus;
  /** Absent where the user has no password. */
  readonly lastChangedAt?: number | undefined;
  /** Present only while the password is locked, and only where it unlocks by itself. */
  readonly secondsUntilUnlock?: number | undefined;
  /** Absent where it was not asked for or not given. */
  readonly policy?: PasswordPolicy | undefined;
}

/** What became of a change: done, certainly not done, or nobody knows (docs/security.md, rule 27). */
export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly state: PasswordState; readonly confirmed: 'by the answer' | 'by the state' }
  | { readonly kind: 'notChanged'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly failure: Failure };

/** @throws Failure, also when what comes back is no password state. */
export async function readPasswordState(client: PingOneClient, userId: string): Promise<PasswordState> {
  const body = await client.read(`${pathOf(userId)}?expand=passwordPolicy`);
  const state = narrowPasswordState(body, userId);
  if (state) return state;
  throw new Failure('failed', 'PingOne answered with something that is not the state of your password.', {
    code: 'unexpected_answer',
    hint: 'Check the region or --api-url.',
  });
}

/**
 * Changes the user's own password (docs/pingone.md, section 7.3).
 *
 * 1. It sends one PUT, and never again once bytes may have left.
 * 2. "Changed", or a refusal in PingOne's words, is the answer.
 * 3. Otherwise it reads the state. A newer `lastChangedAt` means that the password is changed; an old one proves nothing,
 *    because the request may still be on its way.
 */
export async function changePassword(
  client: PingOneClient,
  userId: string,
  passwords: { readonly currentPassword: string; readonly newPassword: string },
  before: PasswordState | undefined,
  { now, signal }: Pick<Runtime, 'now' | 'signal'>,
): Promise<ChangeOutcome> {
  const { currentPassword, newPassword } = passwords;
  const answer = await client.send({
    method: 'PUT',
    path: pathOf(userId),
    contentType: 'application/vnd.pingidentity.password.reset+json',
    body: { currentPassword, newPassword },
  });
  const outcome = outcomeOf(answer, userId, before?.policy, now());
  if (outcome.kind !== 'unknown' || !before) return outcome;
  const after = await readPasswordState(client, userId).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return undefined;
  });
  const isNewer = (after?.lastChangedAt ?? 0) > (before.lastChangedAt ?? 0);
  return after && isNewer ? { kind: 'changed', state: after, confirmed: 'by the state' } : outcome;
}

function outcomeOf(answer: ApiAnswer, userId: string, policy: PasswordPolicy | undefined, now: number): ChangeOutcome {
  switch (answer.kind) {
    case 'accepted': {
      const state = narrowPasswordState(answer.body, userId);
      if (state) return { kind: 'changed', state, confirmed: 'by the answer' };
      return { kind: 'unknown', failure: noStateAnswered(answer.body) };
    }
    case 'refused':
      return { kind: 'notChanged', failure: passwordRefusal(answer.status, answer.error, { policy, now }) };
    case 'unclear':
      return { kind: 'unknown', failure: unknownOutcome(answer.failure.message, answer.failure) };
    case 'silent':
      if (answer.sent === 'no') return { kind: 'notChanged', failure: unchanged(answer.failure) };
      return { kind: 'unknown', failure: unknownOutcome(answer.failure.message, answer.failure) };
    default:
      return answer satisfies never;
  }
}

/** The status said that it went well, and what came with it is no password state. */
function noStateAnswered(body: JsonObject): Failure {
  const error = pingOneErrorIn(body);
  if (!error) return unknownOutcome('the answer is not that of PingOne');
  const cause = apiFailure(200, error);
  return unknownOutcome(`its status says that it went well, and its body is an error: ${cause.message}`, cause);
}

function unknownOutcome(why: string, cause?: Failure): Failure {
  return new Failure('outcomeUnknown', 'The change was sent, but no trustworthy answer came back.', {
    code: 'outcome_unknown',
    details: [{ message: why }],
    correlationId: cause?.correlationId,
    hint: wording`Your password is either the old or the new one: find out with ${ping14c('login --switch-user')}, and try the new one first. Do not change it again before that.`,
    cause,
  });
}

/**
 * A state names its status in PingOne's capital letters, and its user or the time of the last change. Errors of others have
 * a `status` as well, so that one alone makes no state.
 */
function narrowPasswordState(body: JsonObject, userId: string): PasswordState | undefined {
  const status = textIn(body, 'status');
  const owner = textIn(objectIn(body, 'user'), 'id');
  const lastChangedAt = momentIn(body, 'lastChangedAt');
  if (!status || !/^[A-Z]+(?:_[A-Z]+)*$/.test(status) || pingOneErrorIn(body)) return undefined;
  if (owner === undefined ? lastChangedAt === undefined : owner !== userId) return undefined;
  return {
    status,
    lastChangedAt,
    secondsUntilUnlock: countIn(body, 'secondsUntilUnlock'),
    policy: narrowPasswordPolicy(objectIn(body, '_embedded')['passwordPolicy']),
  };
}

function pathOf(userId: string): string {
  return `${userPath(userId)}/password`;
}

/** What is known of the user's password before anything is asked. Absent is what the scopes do not allow to read. */
export interface PasswordStanding {
  readonly state?: PasswordState | undefined;
  readonly profileValues?: readonly string[] | undefined;
}

/** Reads state, policy and, for the one rule that compares with it, the user record. @throws Failure */
export async function readPasswordStanding(
  client: PingOneClient,
  userId: string,
  has: (scope: string) => boolean,
): Promise<PasswordStanding> {
  const [state, values] = await Promise.all([
    has(selfScopes.readPassword) ? readPasswordState(client, userId) : undefined,
    has(selfScopes.readUser) ? readUser(client, userId).then(profileValues, leftToPingOne) : undefined,
  ]);
  return { state, profileValues: values };
}

/** The rules in force, judged for one password; none where the policy is not known. */
export function judgePassword(
  { state, profileValues: values }: PasswordStanding,
  newPassword: string,
  currentPassword?: string,
): readonly CheckedRule[] {
  return state?.policy ? checklist(state.policy, newPassword, { currentPassword, profileValues: values }) : [];
}

/** Without the user record the rule is left to PingOne. What is no `Failure` is the signal, or a defect. */
function leftToPingOne(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}

/**
 * Why the password cannot be changed now, known from its state alone: told before anybody types anything.
 *
 * @param now milliseconds since the epoch
 */
export function passwordObstacle(state: PasswordState, now: number): Failure | undefined {
  if (Object.hasOwn(byStatus, state.status)) return byStatus[state.status]?.(state, now);
  const from = changeableFrom(state);
  if (from === undefined || from <= now || state.status !== 'OK') return undefined;
  return new Failure('refused', 'Your password was changed too recently to be changed again.', {
    code: 'PASSWORD_TOO_YOUNG',
    details: state.lastChangedAt === undefined ? [] : [{ message: `Last changed ${localTime(state.lastChangedAt)}.` }],
    hint: `The policy allows the next change from ${localTime(from)}, in ${duration(from - now)}.`,
  });
}

/** When the policy's minimum age is over, in ms since the epoch; `undefined` without such a rule. */
export function changeableFrom({ lastChangedAt, policy }: PasswordState): number | undefined {
  if (lastChangedAt === undefined || policy?.minAgeDays === undefined) return undefined;
  return lastChangedAt + policy.minAgeDays * dayMs;
}

/** When the password will have to be changed, in ms since the epoch; `undefined` when never. */
export function expiresAt({ lastChangedAt, policy }: PasswordState): number | undefined {
  if (lastChangedAt === undefined || policy?.maxAgeDays === undefined) return undefined;
  return lastChangedAt + policy.maxAgeDays * dayMs;
}

const byStatus: Readonly<Record<string, (state: PasswordState, now: number) => Failure | undefined>> = {
  EXTERNAL: () =>
    new Failure('refused', 'Your password is kept by an external identity provider, not by PingOne.', {
      code: 'EXTERNAL',
      hint: 'Change it there.',
    }),
  NO_PASSWORD: () =>
    new Failure('refused', 'You have no password in PingOne, so there is none to change.', {
      code: 'NO_PASSWORD',
      hint: 'Ask your administrator to set one, or use "Forgot password" on the sign-in page.',
    }),
  PASSWORD_LOCKED_OUT: ({ secondsUntilUnlock }, now) => lockedOut(secondsUntilUnlock, now),
};

/** What a refusal is read with: the policy, for its words, and the time, for those that pass. */
interface Circumstances {
  readonly policy?: PasswordPolicy | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why PingOne did not change the password, in plain words with PingOne's own beside them (docs/pingone.md, section 7.4). */
export function passwordRefusal(status: number, error: PingOneError, circumstances: Circumstances): Failure {
  // The code at the top counts too: where there are no details, it is the one that tells (docs/pingone.md, section 8).
  for (const detail of [...error.details, { code: error.code, innerError: {} }]) {
    const known = byDetail.find(({ fits }) => fits(detail));
    if (known) return known.failure(detail, error, circumstances);
  }
  if (status === 429) return askedToWait(apiFailure(status, error));
  return unchanged(status === 403 ? apiFailure(status, error, missingScopeHint) : apiFailure(status, error));
}

/** The failure, with what matters most to whoever has just sent a password. */
function unchanged({ kind, message, code, hint, details, correlationId, cause }: Failure): Failure {
  const told = hint === undefined ? 'Nothing was changed.' : wording`Nothing was changed. ${hint}`;
  return new Failure(kind, message, { code, hint: told, details, correlationId, cause });
}

/** A refusal that says nothing of the passwords: what became of them comes first, and PingOne's own words below it. */
function askedToWait({ kind, message, code, hint, details, correlationId }: Failure): Failure {
  return new Failure(kind, 'Nothing was changed: PingOne has had too many requests (status 429).', {
    code,
    hint,
    details: [{ message: `PingOne: "${message}"` }, ...details],
    correlationId,
  });
}

/** What to do, wherever the scope is found missing. */
export const missingScopeHint = wording`Ask your administrator to grant the application ${selfScopes.readPassword} and ${selfScopes.resetPassword}; then sign in again with ${ping14c('login')}.`;

/** While the password is locked, PingOne looks at nothing that is typed. */
function lockedOut(secondsUntilUnlock: number | undefined, now: number, answer?: Partial<FailureOptions>): Failure {
  const until = secondsUntilUnlock === undefined ? undefined : now + secondsUntilUnlock * 1000;
  return new Failure('refused', 'Your password is locked after too many wrong attempts.', {
    ...answer,
    code: 'PASSWORD_LOCKED_OUT',
    hint: until
      ? `Try again after ${localTime(until)}, in ${duration(until - now)}.`
      : 'PingOne does not say when it unlocks: wait, or ask your administrator to unlock it.',
  });
}

interface KnownDetail {
  readonly fits: (detail: PingOneErrorDetail) => boolean;
  readonly failure: (detail: PingOneErrorDetail, error: PingOneError, circumstances: Circumstances) => Failure;
}

const byDetail: readonly KnownDetail[] = [
  {
    fits: ({ code }) => code === 'PASSWORD_LOCKED_OUT',
    failure: (detail, error, { now }) =>
      lockedOut(countIn(detail.innerError, 'secondsUntilUnlock'), now, answered(error)),
  },
  {
    fits: ({ code }) => code === 'PASSWORD_TOO_YOUNG',
    failure: (_detail, error) =>
      new Failure('refused', 'Your password was changed too recently to be changed again.', {
        ...answered(error),
        code: 'PASSWORD_TOO_YOUNG',
        hint: 'Nothing was changed. Try again later: the policy sets a minimum age.',
      }),
  },
  {
    // PingOne answers 400 and not 401, so the session is fine. Each wrong attempt counts to the lockout: it is never repeated.
    fits: ({ target }) => target === 'currentPassword',
    failure: ({ innerError }, error) =>
      new Failure('refused', 'Wrong current password.', {
        ...answered(error),
        code: 'current_password_wrong',
        hint: attemptsHint(countIn(innerError, 'attemptsRemaining') ?? countIn(innerError, 'failuresRemaining')),
      }),
  },
  {
    fits: ({ target, innerError }) => target === 'newPassword' || Array.isArray(innerError['unsatisfiedRequirements']),
    failure: (detail, error, { policy }) => {
      const broken = brokenRules(detail, policy);
      return new Failure('refused', 'PingOne does not accept the new password.', {
        ...answered(error),
        code: 'password_policy',
        details: broken.length > 0 ? broken : failureDetails(error),
        hint: 'Choose another one. Nothing was changed.',
      });
    },
  },
];

function attemptsHint(left: number | undefined): string {
  if (left === undefined) return 'Nothing was changed. Too many wrong attempts lock the password.';
  if (left === 0) return 'Nothing was changed. No attempt is left: the password is locked now.';
  return `Nothing was changed. ${left === 1 ? 'One attempt is' : `${left} attempts are`} left before the password is locked.`;
}

/** One line a rule that was broken: our words, and PingOne's own where it gave some. Names come with duplicates. */
function brokenRules({ innerError }: PingOneErrorDetail, policy: PasswordPolicy | undefined): FailureDetail[] {
  const names = innerError['unsatisfiedRequirements'];
  if (!Array.isArray(names)) return [];
  const distinct = [...new Set(names.filter((name) => typeof name === 'string' && name !== ''))];
  return distinct.map((name) => {
    const own = innerError[name];
    const plain = inWords(name, policy);
    const message = [plain, typeof own === 'string' ? `PingOne: "${own}"` : ''].filter(Boolean).join('. ');
    return { target: 'newPassword', code: name, message: message || name };
  });
}

function inWords(name: string, policy: PasswordPolicy | undefined): string {
  const texts = policy ? requirements(policy).filter((requirement) => requirement.name === name) : [];
  if (texts.length > 0) return `Not met: ${texts.map(({ text }) => text).join('; ')}`;
  // The name comes from outside, and every object has a `constructor`.
  return (Object.hasOwn(fallbackWords, name) ? fallbackWords[name] : undefined) ?? '';
}

/** The words for a broken rule where the policy itself could not be read. */
const fallbackWords: Readonly<Record<string, string>> = {
  length: 'It is too short or too long',
  minCharacters: 'It lacks a kind of character: capital letters, small letters, digits or symbols',
  minUniqueCharacters: 'It has too few different characters',
  maxRepeatedCharacters: 'It repeats a character too often in a row',
  minComplexity: 'It is too easy to guess',
  excludesCommonlyUsed: 'It is a commonly used password',
  excludesProfileData: 'It is a value of your profile',
  notSimilarToCurrent: 'It is too similar to the current one',
  history: 'It was used before',
  alphabetSequenceRule: 'It has letters in alphabetical order',
  numberSequenceRule: 'It has digits in counting order',
  qwertySequenceRule: 'It has neighbouring keys of a keyboard row',
  shiftedNumberRowSequenceRule: 'It has neighbouring signs of the number row',
};

/** What every failure repeats of the error that PingOne answered with. */
function answered(error: PingOneError): Pick<FailureOptions, 'details' | 'correlationId'> {
  return { details: failureDetails(error), correlationId: error.correlationId };
}
