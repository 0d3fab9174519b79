import { duration } from '../../output/time.ts';
import type { UnsatisfiedRequirement } from '../directory/unsatisfied-requirements.ts';
import type { PasswordPolicy } from '../seed/password-policy.ts';
import { unmetWords } from './policy-words.ts';
import type { StepOutcome } from './steps.ts';

/** A step's refusal as the sign-on pages say it: a sentence, and points below it. */
export interface RefusalWords {
  readonly summary: string;
  readonly points: readonly string[];
  /** Names of the fields to be looked at again. */
  readonly fields: readonly string[];
}

const newPassword = ['newPassword', 'repeatedPassword'];

/** Says that the new password was typed in two ways. */
export const passwordsDiffer = words('The two new passwords differ.', newPassword);

/** Says that a forgotten password needs a name. */
export const nameMissing = words('Type your user name first, then press “Forgot password?” again.', ['username']);

/** Words a step's refusal for the person. @param policy of the user who signs on, once known */
export function refusalWords(outcome: StepOutcome, policy: PasswordPolicy | undefined): RefusalWords {
  switch (outcome.kind) {
    case 'invalidCredentials':
      return words(
        'Wrong user name or password.',
        ['username', 'password'],
        ['Several wrong passwords in a row lock the account for a while.'],
      );
    case 'lockedOut':
      return lockedOut(outcome.secondsUntilUnlock);
    case 'accountLocked':
      return accountLocked(outcome.secondsUntilUnlock);
    case 'disabled':
      return words('This account is disabled. Ask your administrator to enable it.');
    case 'unknownUserCode':
      return words('Wrong or expired code. Compare it with the one on your device.', ['userCode']);
    case 'changeRefused':
      return changeWords(outcome.change, policy);
    case 'recoveryRefused':
      return recoveryWords(outcome.recovery, policy);
    case 'wrongStep':
    case 'advanced':
      return words('That page was out of date. Continue here.');
    default:
      return outcome satisfies never;
  }
}

type RefusedChange = Extract<StepOutcome, { readonly kind: 'changeRefused' }>['change'];

function changeWords(change: RefusedChange, policy: PasswordPolicy | undefined): RefusalWords {
  switch (change.kind) {
    case 'wrongCurrent':
      return words('The current password is wrong.', ['currentPassword'], attemptsLeft(change.attemptsRemaining));
    case 'lockedOut':
      return lockedOut(change.secondsUntilUnlock);
    case 'tooYoung':
      return words('This password was changed too recently to be changed again.');
    case 'external':
      return words('This password is kept by another identity provider. Change it there.');
    case 'unmet':
      return unmetRefusal(change.requirements, policy);
    default:
      return change satisfies never;
  }
}

type RefusedRecovery = Extract<StepOutcome, { readonly kind: 'recoveryRefused' }>['recovery'];

function recoveryWords(recovery: RefusedRecovery, policy: PasswordPolicy | undefined): RefusalWords {
  switch (recovery.kind) {
    case 'wrongCode':
      return words(
        'Wrong or expired code.',
        ['recoveryCode'],
        ['A code is good for five minutes and five attempts. Press “Send another code” for a new one.'],
      );
    case 'unmet':
      return unmetRefusal(recovery.requirements, policy);
    default:
      return recovery satisfies never;
  }
}

function unmetRefusal(
  requirements: readonly UnsatisfiedRequirement[],
  policy: PasswordPolicy | undefined,
): RefusalWords {
  return words('The new password breaks these rules:', newPassword, unmetWords(policy, requirements));
}

function words(summary: string, fields: readonly string[] = [], points: readonly string[] = []): RefusalWords {
  return { summary, fields, points };
}

function lockedOut(secondsUntilUnlock: number): RefusalWords {
  return words(
    `This account is locked after too many wrong passwords. Try again in ${duration(secondsUntilUnlock * 1000)}.`,
  );
}

function accountLocked(secondsUntilUnlock: number | undefined): RefusalWords {
  const opens = secondsUntilUnlock === undefined ? 'when' : `in ${duration(secondsUntilUnlock * 1000)}, or when`;
  return words(`An administrator has locked this account. It opens ${opens} they unlock it.`);
}

function attemptsLeft(attempts: number | undefined): readonly string[] {
  if (attempts === undefined) return [];
  return [`${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} left before the account is locked.`];
}
