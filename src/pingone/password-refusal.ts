import { Failure, type FailureDetail, type FailureOptions } from '../errors.ts';
import { duration, localTime } from '../output/time.ts';
import { type PlatformError, type PlatformErrorDetail, refusal } from './errors.ts';
import { countIn } from './json-object.ts';
import type { PasswordPolicy } from './password-policy.ts';
import { requirements } from './password-requirements.ts';

/** What a refusal is read with: the policy, for its words, and the time, for those that pass. */
interface Circumstances {
  readonly policy?: PasswordPolicy | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Why PingOne did not change the password, in plain words with PingOne's own beside them (docs/pingone.md, section 7.4). */
export function passwordRefusal(status: number, error: PlatformError, circumstances: Circumstances): Failure {
  // The code at the top counts too: where there are no details, it is the one that tells (docs/pingone.md, section 8).
  for (const detail of [...error.details, { code: error.code, innerError: {} }]) {
    const known = byDetail.find(({ fits }) => fits(detail));
    if (known) return known.failure(detail, error, circumstances);
  }
  if (status === 403) return refusal(status, error, missingScopeHint);
  return status === 401 || status === 429 ? refusal(status, error) : refusal(status, error, 'Nothing was changed.');
}

/** For every place that finds the scope missing. */
export const missingScopeHint =
  'An administrator grants the scopes p1:read:userPassword and p1:reset:userPassword to the application; then sign in again with "ping14c login".';

/** Locked now: nothing that is typed would be looked at. */
export function lockedOut(
  secondsUntilUnlock: number | undefined,
  now: number,
  said?: Partial<FailureOptions>,
): Failure {
  const until = secondsUntilUnlock === undefined ? undefined : now + secondsUntilUnlock * 1000;
  return new Failure('refused', 'The password is locked after too many wrong attempts.', {
    ...said,
    code: 'PASSWORD_LOCKED_OUT',
    hint: until
      ? `Try again after ${localTime(until)}, in ${duration(until - now)}.`
      : 'PingOne does not say when it unlocks: wait, or ask an administrator to unlock it.',
  });
}

interface KnownDetail {
  readonly fits: (detail: PlatformErrorDetail) => boolean;
  readonly failure: (detail: PlatformErrorDetail, error: PlatformError, circumstances: Circumstances) => Failure;
}

const byDetail: readonly KnownDetail[] = [
  {
    fits: ({ code }) => code === 'PASSWORD_LOCKED_OUT',
    failure: (detail, error, { now }) => lockedOut(countIn(detail.innerError, 'secondsUntilUnlock'), now, said(error)),
  },
  {
    fits: ({ code }) => code === 'PASSWORD_TOO_YOUNG',
    failure: (_detail, error) =>
      new Failure('refused', 'The password was changed too recently to be changed again.', {
        ...said(error),
        code: 'PASSWORD_TOO_YOUNG',
        hint: 'Try again later: the policy sets a minimum age.',
      }),
  },
  {
    // A 400, not a 401: the session is fine. Every wrong attempt counts to the lockout, so it is never repeated.
    fits: ({ target }) => target === 'currentPassword',
    failure: ({ innerError }, error) =>
      new Failure('refused', 'The current password is wrong.', {
        ...said(error),
        code: 'current_password_wrong',
        hint: attemptsHint(countIn(innerError, 'attemptsRemaining') ?? countIn(innerError, 'failuresRemaining')),
      }),
  },
  {
    fits: ({ target, innerError }) => target === 'newPassword' || Array.isArray(innerError['unsatisfiedRequirements']),
    failure: (detail, error, { policy }) => {
      const broken = brokenRules(detail, policy);
      return new Failure('refused', 'PingOne does not accept the new password.', {
        ...said(error),
        code: 'password_policy',
        details: broken.length > 0 ? broken : said(error).details,
        hint: 'Choose another one. Nothing was changed.',
      });
    },
  },
];

function attemptsHint(left: number | undefined): string {
  if (left === undefined) return 'Nothing was changed. Too many wrong attempts lock the password.';
  if (left === 0) return 'No attempt is left: the password is locked now.';
  return `Nothing was changed. ${left === 1 ? 'One attempt is' : `${left} attempts are`} left before the password is locked.`;
}

/** One line a rule that was broken: our words, and PingOne's own where it gave some. Names come with duplicates. */
function brokenRules({ innerError }: PlatformErrorDetail, policy: PasswordPolicy | undefined): FailureDetail[] {
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
  return fallbackWords[name] ?? '';
}

/** Where the policy itself could not be read. */
const fallbackWords: Readonly<Record<string, string>> = {
  length: 'It is too short or too long',
  minCharacters: 'It lacks a sort of characters: capital letters, small letters, digits or signs',
  minUniqueCharacters: 'It has too few different characters',
  maxRepeatedCharacters: 'It repeats a character too often in a row',
  minComplexity: 'It is too easy to guess',
  excludesCommonlyUsed: 'It is one of the passwords that many people use',
  excludesProfileData: 'It is a value of your profile',
  notSimilarToCurrent: 'It is too similar to the current one',
  history: 'It was used before',
  alphabetSequenceRule: 'It has letters in the order of the alphabet',
  numberSequenceRule: 'It has digits in counting order',
  qwertySequenceRule: 'It has neighbouring keys of a keyboard row',
  shiftedNumberRowSequenceRule: 'It has neighbouring signs of the number row',
};

function said(error: PlatformError): {
  readonly details: readonly FailureDetail[];
  readonly correlationId?: string | undefined;
} {
  const { details, correlationId } = refusal(400, error);
  return { details, correlationId };
}
