import { safeText } from '../output/safe-text.ts';
import {
  countFrom,
  longestLength,
  longestRepeat,
  longestSequence,
  shortestLength,
  takesDays,
  uniqueCharacters,
} from './password-measures.ts';
import { type PasswordPolicy, type SequenceName, sequenceNames } from './password-policy.ts';

/** One rule of a policy, in words. */
export interface Requirement {
  /** PingOne's name of the rule, as in `unsatisfiedRequirements`. */
  readonly name: string;
  /** What the new password has or is, as one line of a list: `at least 8 characters`. */
  readonly text: string;
  /** Absent or `undefined` where only PingOne can check: its list of common passwords, the passwords of before. */
  readonly isMet?: (newPassword: string, known: KnownFacts) => boolean | undefined;
}

/** What is known besides the new password. A rule about what is absent is left to PingOne. */
export interface KnownFacts {
  readonly currentPassword?: string | undefined;
  /** Values of the user's attributes: name, e-mail address … */
  readonly profileValues?: readonly string[] | undefined;
}

/** The rules of a policy, in a fixed order: those checked here first, then those that only PingOne can check. */
export function requirements(policy: PasswordPolicy): readonly Requirement[] {
  return [...checkedHere(policy), ...checkedByPingOne(policy)];
}

/** The rules that the password certainly breaks. An empty answer promises nothing: PingOne has the last word. */
export function unmetRequirements(
  policy: PasswordPolicy,
  newPassword: string,
  known: KnownFacts,
): readonly Requirement[] {
  return requirements(policy).filter(({ isMet }) => isMet?.(newPassword, known) === false);
}

function checkedHere(policy: PasswordPolicy): readonly Requirement[] {
  const { minLength, maxLength, minUniqueCharacters, maxRepeatedCharacters, minComplexityDays } = policy;
  return [
    ...rule(minLength, (min) => ({
      name: 'length',
      text: `at least ${counted(min, 'character')}`,
      isMet: (password) => longestLength(password) >= min,
    })),
    ...rule(maxLength, (max) => ({
      name: 'length',
      text: `at most ${counted(max, 'character')}`,
      isMet: (password) => shortestLength(password) <= max,
    })),
    ...inKnownOrder(policy.minCharacters).map(({ set, count }) => ({
      name: 'minCharacters',
      text: `at least ${setInWords(set, count)}`,
      isMet: (password: string) => countFrom(set, password) >= count,
    })),
    ...rule(minUniqueCharacters, (min) => ({
      name: 'minUniqueCharacters',
      text: `at least ${counted(min, 'different character')}`,
      isMet: (password) => uniqueCharacters(password) >= min,
    })),
    ...rule(maxRepeatedCharacters, (max) => ({
      name: 'maxRepeatedCharacters',
      text: `no character more than ${max === 2 ? 'twice' : `${max} times`} in a row`,
      isMet: (password) => longestRepeat(password) <= max,
    })),
    ...rule(minComplexityDays, (days) => ({
      name: 'minComplexity',
      text: `hard to guess: longer, or of more sorts of characters (${counted(days, 'day')} of guessing)`,
      isMet: (password) => takesDays(password, days),
    })),
    ...sequenceNames.flatMap((name) =>
      rule(policy.sequences[name], (longest) => ({
        name,
        text: `no run of more than ${longest} ${sequenceWords[name]}`,
        isMet: (password) => longestSequence(name, password) <= longest,
      })),
    ),
    ...(policy.excludesProfileData
      ? [
          {
            name: 'excludesProfileData',
            text: 'not your name, e-mail address or another value of your profile',
            // As the published description has it: the whole password against each value.
            isMet: (password: string, { profileValues }: KnownFacts) =>
              profileValues && !profileValues.includes(password),
          },
        ]
      : []),
    {
      // PingOne refuses the current password under every predefined policy, history or not (docs/pingone.md, section 7.5).
      name: 'history',
      text: 'another password than the current one',
      isMet: (password, { currentPassword }) =>
        currentPassword === undefined ? undefined : password !== currentPassword,
    },
  ];
}

function checkedByPingOne(policy: PasswordPolicy): readonly Requirement[] {
  return [
    ...(policy.excludesCommonlyUsed
      ? [{ name: 'excludesCommonlyUsed', text: 'not one of the passwords that many people use' }]
      : []),
    ...(policy.notSimilarToCurrent ? [{ name: 'notSimilarToCurrent', text: 'not similar to the current one' }] : []),
    ...rule(policy.historyCount, (count) => ({
      name: 'history',
      text: count === 1 ? 'not the password before' : `not one of the last ${count} passwords`,
    })),
  ];
}

function rule(limit: number | undefined, requirement: (limit: number) => Requirement): readonly Requirement[] {
  return limit === undefined ? [] : [requirement(limit)];
}

const sequenceWords: Readonly<Record<SequenceName, string>> = {
  alphabetSequenceRule: 'letters in the order of the alphabet',
  numberSequenceRule: 'digits in counting order',
  qwertySequenceRule: 'neighbouring keys of a keyboard row',
  shiftedNumberRowSequenceRule: 'neighbouring signs of the number row',
};

const knownSets: readonly (readonly [members: string, singular: string, plural: string])[] = [
  ['ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'capital letter (A–Z)', 'capital letters (A–Z)'],
  ['abcdefghijklmnopqrstuvwxyz', 'small letter (a–z)', 'small letters (a–z)'],
  ['0123456789', 'digit (0–9)', 'digits (0–9)'],
];

/** A set by its members: PingOne writes the same set in more than one order (docs/pingone.md, section 7.5). */
function setInWords(set: string, count: number): string {
  const members = sorted(set);
  const known = knownSets.find(([all]) => all === members);
  if (known) return `${count} ${count === 1 ? known[1] : known[2]}`;
  return `${count} of these characters: ${safeText(set)}`;
}

/** JSON objects lose the order of members that look like numbers, as the digits do. */
function inKnownOrder(sets: PasswordPolicy['minCharacters']): PasswordPolicy['minCharacters'] {
  const place = (set: string) => {
    const index = knownSets.findIndex(([all]) => all === sorted(set));
    return index < 0 ? knownSets.length : index;
  };
  return sets.toSorted((one, other) => place(one.set) - place(other.set));
}

function sorted(set: string): string {
  return [...new Set(set)].sort().join('');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
