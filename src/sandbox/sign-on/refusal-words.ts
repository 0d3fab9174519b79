import type { UnmetRequirement } from '../directory/requirements.ts';
import type { PasswordPolicy } from '../seed/password-policy.ts';
import type { StepOutcome } from './steps.ts';

/** A step's refusal as the sign-on pages say it: a sentence, and points below it. */
export interface RefusalWords {
  readonly summary: string;
  readonly points: readonly string[];
  /** Names of the fields to be looked at again. */
  readonly fields: readonly string[];
}

const newPassword = ['newPassword', 'repeatedPassword'];

/** For a new password that was typed in two ways. */
export const passwordsDiffer = words('The two new passwords differ. Type the same one twice.', newPassword);

/** @param policy of the user who signs on, once known */
export function refusalWords(outcome: StepOutcome, policy: PasswordPolicy | undefined): RefusalWords {
  switch (outcome.kind) {
    case 'invalidCredentials':
      return words(
        'That user name and password do not fit together.',
        ['username', 'password'],
        ['Several wrong attempts in a row lock the account for a while.'],
      );
    case 'lockedOut':
      return lockedOut(outcome.secondsUntilUnlock);
    case 'disabled':
      return words('This account is disabled. An administrator can enable it.');
    case 'unknownUserCode':
      return words('That code is not known, or it has expired. Compare it with the one on your device.', ['userCode']);
    case 'changeRefused':
      return changeWords(outcome.change, policy);
    case 'outOfTurn':
    case 'advanced':
      return words('This page is out of date. Go on from here.');
    default:
      return outcome satisfies never;
  }
}

type Change = Extract<StepOutcome, { readonly kind: 'changeRefused' }>['change'];

function changeWords(change: Change, policy: PasswordPolicy | undefined): RefusalWords {
  switch (change.kind) {
    case 'wrongCurrent':
      return words('The current password is wrong.', ['currentPassword'], attemptsLeft(change.attemptsRemaining));
    case 'lockedOut':
      return lockedOut(change.secondsUntilUnlock);
    case 'tooYoung':
      return words('The password was changed too recently to be changed again.');
    case 'external':
      return words('This password is kept by another identity provider. Change it there.');
    case 'unmet':
      return words(
        'The new password does not meet the policy. It must have or be:',
        newPassword,
        unmetWords(policy, change.requirements),
      );
    default:
      return change satisfies never;
  }
}

function words(summary: string, fields: readonly string[] = [], points: readonly string[] = []): RefusalWords {
  return { summary, fields, points };
}

function lockedOut(secondsUntilUnlock: number): RefusalWords {
  return words(`This account is locked after too many wrong attempts. Try again in ${duration(secondsUntilUnlock)}.`);
}

function attemptsLeft(attempts: number | undefined): readonly string[] {
  if (attempts === undefined) return [];
  return [`Attempts left before the account is locked: ${attempts}`];
}

/** `90` → `1 minute 30 seconds` */
function duration(seconds: number): string {
  const units = [
    { name: 'minute', count: Math.floor(seconds / 60) },
    { name: 'second', count: seconds % 60 },
  ];
  return units
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}${count === 1 ? '' : 's'}`)
    .join(' ');
}

/** A rule of a password policy in a few words, for a list that a person reads while choosing. */
interface RuleWords {
  readonly requirement: UnmetRequirement['name'];
  readonly words: string;
  /** Tells the rules of one requirement apart: PingOne's message quotes the set, reversed. */
  readonly characterSet?: string;
}

/** The rules in force. */
export function policyWords(policy: PasswordPolicy): readonly string[] {
  return rulesOf(policy).map(({ words }) => words);
}

/** The rules that a new password does not meet; in PingOne's own words where there are no shorter ones. */
function unmetWords(policy: PasswordPolicy | undefined, unmet: readonly UnmetRequirement[]): readonly string[] {
  const rules = policy ? rulesOf(policy) : [];
  const words = unmet.map(({ name, message }) => {
    const rule = rules.find(({ requirement, characterSet = '' }) => {
      return requirement === name && message.includes([...characterSet].reverse().join(''));
    });
    return rule?.words ?? message;
  });
  return [...new Set(words)];
}

function rulesOf(policy: PasswordPolicy): readonly RuleWords[] {
  const { length, minCharacters = {}, minUniqueCharacters, maxRepeatedCharacters, history } = policy;
  const rules: readonly (RuleWords | undefined)[] = [
    length && { requirement: 'length', words: `${length.min} to ${length.max} characters` },
    ...Object.entries(minCharacters).map(
      ([characterSet, count]): RuleWords => ({
        requirement: 'minCharacters',
        words: `${count} ${setWords[characterSet] ?? `of ${characterSet}`}`,
        characterSet,
      }),
    ),
    minUniqueCharacters === undefined
      ? undefined
      : { requirement: 'minUniqueCharacters', words: `${minUniqueCharacters} different characters` },
    maxRepeatedCharacters === undefined
      ? undefined
      : { requirement: 'maxRepeatedCharacters', words: `at most ${maxRepeatedCharacters} of the same in a row` },
    policy.minComplexity === undefined ? undefined : { requirement: 'minComplexity', words: 'long or varied enough' },
    policy.excludesCommonlyUsed ? { requirement: 'excludesCommonlyUsed', words: 'not commonly used' } : undefined,
    policy.excludesProfileData ? { requirement: 'excludesProfileData', words: 'nothing from your profile' } : undefined,
    policy.notSimilarToCurrent
      ? { requirement: 'notSimilarToCurrent', words: 'not similar to the current one' }
      : undefined,
    { requirement: 'history', words: history ? `none of your last ${history.count}` : 'not the current one' },
  ];
  return rules.filter((rule) => rule !== undefined);
}

const setWords: Readonly<Record<string, string>> = {
  ABCDEFGHIJKLMNOPQRSTUVWXYZ: 'of A–Z',
  abcdefghijklmnopqrstuvwxyz: 'of a–z',
  '0123456789': 'of 0–9',
  '1234567890': 'of 0–9',
};
