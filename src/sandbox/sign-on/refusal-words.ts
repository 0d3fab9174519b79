import type { PasswordPolicy } from '../seed/password-policy.ts';
import type { StepOutcome } from './steps.ts';

/** A step's refusal as the sign-on pages say it: a sentence, and points below it. */
export interface RefusalWords {
  readonly summary: string;
  readonly points: readonly string[];
}

export function refusalWords(outcome: StepOutcome): RefusalWords {
  const say = (summary: string, points: readonly string[] = []): RefusalWords => ({ summary, points });
  switch (outcome.kind) {
    case 'invalidCredentials':
      return say('That user name and password do not fit together.', [
        'Several wrong attempts in a row lock the account for a while.',
      ]);
    case 'lockedOut':
      return say(
        `This account is locked after too many wrong attempts. Try again in ${duration(outcome.secondsUntilUnlock)}.`,
      );
    case 'disabled':
      return say('This account is disabled. An administrator can enable it.');
    case 'unknownUserCode':
      return say('That code is not known, or it has expired. Compare it with the one on your device.');
    case 'changeRefused':
      return changeWords(outcome.change);
    case 'outOfTurn':
    case 'advanced':
      return say('This page is out of date. Go on from here.');
    default:
      return outcome satisfies never;
  }
}

function changeWords(change: Extract<StepOutcome, { readonly kind: 'changeRefused' }>['change']): RefusalWords {
  switch (change.kind) {
    case 'wrongCurrent':
      return { summary: 'The current password is wrong.', points: attemptsLeft(change.attemptsRemaining) };
    case 'lockedOut':
      return refusalWords(change);
    case 'tooYoung':
      return { summary: 'The password was changed too recently to be changed again.', points: [] };
    case 'external':
      return { summary: 'This password is kept by another identity provider. Change it there.', points: [] };
    case 'unmet':
      return {
        summary: 'The new password does not meet the policy:',
        points: [...new Set(change.requirements.map(({ message }) => message))],
      };
    default:
      return change satisfies never;
  }
}

function attemptsLeft(attempts: number | undefined): readonly string[] {
  if (attempts === undefined) return [];
  return [
    attempts === 1
      ? 'One attempt is left before the account is locked.'
      : `${attempts} attempts are left before the account is locked.`,
  ];
}

/** `90` → `1 minute 30 seconds` */
export function duration(seconds: number): string {
  const units = [
    { name: 'minute', count: Math.floor(seconds / 60) },
    { name: 'second', count: seconds % 60 },
  ];
  const words = units
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}${count === 1 ? '' : 's'}`);
  return words.join(' ') || '0 seconds';
}

/** The rules in force, in words, for the page that asks for a new password. */
export function policyWords(policy: PasswordPolicy): readonly string[] {
  const { length, minCharacters = {}, minUniqueCharacters, maxRepeatedCharacters, history } = policy;
  return [
    ...(length ? [`${length.min} characters or more`] : []),
    ...Object.entries(minCharacters).map(([set, count]) => `${count} or more of ${characterSet(set)}`),
    ...(minUniqueCharacters ? [`${minUniqueCharacters} different characters or more`] : []),
    ...(maxRepeatedCharacters ? [`no character more than ${maxRepeatedCharacters} times in a row`] : []),
    ...(policy.minComplexity ? ['long or varied enough to be hard to guess'] : []),
    ...(policy.excludesCommonlyUsed ? ['not a commonly used password'] : []),
    ...(policy.excludesProfileData ? ['nothing from your profile'] : []),
    ...(policy.notSimilarToCurrent ? ['not similar to the current one'] : []),
    ...(history ? [`none of your last ${history.count}`] : ['not the current one']),
  ];
}

function characterSet(set: string): string {
  const known: Readonly<Record<string, string>> = {
    ABCDEFGHIJKLMNOPQRSTUVWXYZ: 'A–Z',
    abcdefghijklmnopqrstuvwxyz: 'a–z',
    '0123456789': '0–9',
    '1234567890': '0–9',
  };
  return known[set] ?? set;
}
