import type { ChalkInstance } from 'chalk';
import { safeText } from '../output/safe-text.ts';
import { counted } from '../output/time.ts';
import { type PasswordPolicy, type SequenceName, sequenceNames } from './password-policy.ts';

/** One rule of a policy, in words. */
interface Requirement {
  /** PingOne's name of the rule, as in `unsatisfiedRequirements`. */
  readonly name: string;
  /** What the new password has or is, as one line of a list: `at least 8 characters`. */
  readonly text: string;
  /** Absent or `undefined` where only PingOne can check: its list of common passwords, the passwords of before. */
  readonly isMet?: (newPassword: string, known: KnownFacts) => boolean | undefined;
}

/** What is known besides the new password. A rule about what is absent is left to PingOne. */
interface KnownFacts {
  readonly currentPassword?: string | undefined;
  /** Values of the user's attributes: name, e-mail address … */
  readonly profileValues?: readonly string[] | undefined;
}

/** The rules of a policy, in a fixed order: those checked here first, then those that only PingOne can check. */
export function requirements(policy: PasswordPolicy): readonly Requirement[] {
  return [...checkedHere(policy), ...checkedByPingOne(policy)];
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
      text: `hard to guess: longer or more varied (${counted(days, 'day')} of guessing)`,
      isMet: (password) => takesDays(password, days),
    })),
    ...sequenceNames.flatMap((name) =>
      rule(policy.sequences[name], (longest) => ({
        name,
        text: `no more than ${longest} ${sequenceWords[name]}`,
        isMet: (password) => longestSequence(name, password) <= longest,
      })),
    ),
    ...(policy.excludesProfileData
      ? [
          {
            name: 'excludesProfileData',
            text: 'not your name, e-mail or other data of your profile',
            // The published description compares the whole password with each value.
            isMet: (password: string, { profileValues }: KnownFacts) =>
              profileValues && !profileValues.includes(password),
          },
        ]
      : []),
    {
      // PingOne refuses the current password under every predefined policy, history or not (docs/pingone.md, section 7.5).
      name: 'history',
      text: 'not the current password',
      isMet: (password, { currentPassword }) =>
        currentPassword === undefined ? undefined : password !== currentPassword,
    },
  ];
}

function checkedByPingOne(policy: PasswordPolicy): readonly Requirement[] {
  return [
    ...(policy.excludesCommonlyUsed ? [{ name: 'excludesCommonlyUsed', text: 'not a commonly used password' }] : []),
    ...(policy.notSimilarToCurrent
      ? [{ name: 'notSimilarToCurrent', text: 'not similar to the current password' }]
      : []),
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
  alphabetSequenceRule: 'letters in alphabetical order',
  numberSequenceRule: 'digits in counting order',
  qwertySequenceRule: 'keys in a row on the keyboard',
  shiftedNumberRowSequenceRule: 'signs in a row on the keyboard',
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
  return `${count} of ${safeText(set)}`;
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

// What password rules measure. Where PingOne's way of counting is not public, these are generous: a password that PingOne
// might accept is never refused here, because PingOne checks again and its word is shown.

/** Characters of `password` that are in `set`. */
function countFrom(set: string, password: string): number {
  const members = new Set(set);
  return [...password].filter((character) => members.has(character)).length;
}

function uniqueCharacters(password: string): number {
  return new Set(password).size;
}

/** The longest run of one character. */
function longestRepeat(password: string): number {
  return longestRun([...password], (previous, next) => previous === next);
}

/** The most that the password's length can be counted as: in UTF-16 units, as Java counts. */
function longestLength(password: string): number {
  return password.length;
}

/** The least that the password's length can be counted as: in code points. */
function shortestLength(password: string): number {
  return [...password].length;
}

/** PingOne reckons with 10^11 guesses a second (docs/pingone.md, section 7.5). */
const guessesPerDay = 1e11 * 86_400;

/** The classes of printable ASCII and how many characters each has. */
const classes: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
];

/** Whether trying every password up to this length, over the alphabet that it uses, takes at least so many days. */
function takesDays(password: string, days: number): boolean {
  const beyondAscii = /[^ -~]/.test(password);
  const ofClasses = classes.reduce((size, [pattern, members]) => size + (pattern.test(password) ? members : 0), 0);
  const alphabet = beyondAscii ? 256 : ofClasses;
  const wanted = days * guessesPerDay;
  let guesses = 0;
  for (let length = 1, power = alphabet; length <= password.length && guesses < wanted; length++, power *= alphabet) {
    guesses += power;
  }
  return guesses >= wanted;
}

const keyRows: Readonly<Record<SequenceName, readonly string[]>> = {
  alphabetSequenceRule: ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  numberSequenceRule: ['0123456789'],
  qwertySequenceRule: [...['qwertyuiop', 'asdfghjkl', 'zxcvbnm'].flatMap((row) => [row, row.toUpperCase()])],
  shiftedNumberRowSequenceRule: ['!@#$%^&*()'],
};

/** The longest stretch of a row, in the row's own order and case: `abc`, `123`, `asd`, `!@#`. */
function longestSequence(name: SequenceName, password: string): number {
  const follows = keyRows[name];
  return Math.max(
    0,
    ...follows.map((row) =>
      longestRun([...password], (previous, next) => {
        const at = row.indexOf(previous);
        return at >= 0 && row[at + 1] === next;
      }),
    ),
  );
}

/** Levenshtein's distance: the fewest characters to insert, drop or replace to turn one text into the other. */
function editDistance(one: string, other: string): number {
  const target = [...other];
  let distances = Array.from({ length: target.length + 1 }, (_, index) => index);
  [...one].forEach((character, row) => {
    const next = [row + 1];
    target.forEach((wanted, column) => {
      const replaced = (distances[column] ?? 0) + (character === wanted ? 0 : 1);
      next.push(Math.min(replaced, (distances[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    });
    distances = next;
  });
  return distances.at(-1) ?? 0;
}

function longestRun(characters: readonly string[], continues: (previous: string, next: string) => boolean): number {
  let [longest, run] = [0, 0];
  characters.forEach((character, index) => {
    const previous = characters[index - 1];
    run = previous !== undefined && continues(previous, character) ? run + 1 : 1;
    longest = Math.max(longest, run);
  });
  return longest;
}

/** A rule, judged for one password: `left` is left to PingOne, `doubtful` may well be refused there. */
export interface CheckedRule {
  readonly name: string;
  readonly text: string;
  readonly verdict: 'met' | 'unmet' | 'left' | 'doubtful';
}

/** PingOne does not publish how alike two passwords may be. So few changes are warned of, not refused. */
const alikeDistance = 2;

/** All rules of the policy, judged as far as that can be done here. */
export function checklist(policy: PasswordPolicy, password: string, known: KnownFacts): readonly CheckedRule[] {
  return requirements(policy).map(({ name, text, isMet }) => {
    const met = isMet?.(password, known);
    if (met !== undefined) return { name, text, verdict: met ? 'met' : 'unmet' };
    if (name === 'notSimilarToCurrent' && isAlike(password, known.currentPassword)) {
      return { name, text: `${text}: it is, PingOne may refuse it`, verdict: 'doubtful' };
    }
    return { name, text, verdict: 'left' };
  });
}

/** One line for a person, with a mark that needs no colour to be told from the others. */
export function checklistLine({ text, verdict }: CheckedRule, paint: ChalkInstance): string {
  switch (verdict) {
    case 'met':
      return paint.green(`✓ ${text}`);
    case 'unmet':
      return `✗ ${text}`;
    case 'doubtful':
      return paint.yellow(`! ${text}`);
    case 'left':
      return paint.dim(`· ${text} (PingOne checks)`);
    default:
      return verdict satisfies never;
  }
}

function isAlike(password: string, current: string | undefined): boolean {
  return current !== undefined && password !== '' && editDistance(current, password) <= alikeDistance;
}
