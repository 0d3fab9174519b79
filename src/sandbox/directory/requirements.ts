import type { PasswordPolicy } from '../seed/password-policy.ts';
import { isCommonlyUsed } from './commonly-used.ts';
import { guessesNeeded, hasSequence, isSimilar, longestRun, sequences } from './password-measures.ts';

/** A rule of the policy that a candidate does not meet, in PingOne's name and recorded words (docs/pingone.md, section 7.4). */
export interface UnmetRequirement {
  readonly name: RequirementName;
  readonly message: string;
}

export interface Candidate {
  readonly password: string;
  /** Texts of the user's profile. */
  readonly profile: readonly string[];
  /** Whether it is the current password or one of the history. */
  readonly used: boolean;
  /** The current password, where the user has just given it. */
  readonly current?: string | undefined;
}

type RequirementName =
  | 'length'
  | 'minCharacters'
  | 'minUniqueCharacters'
  | 'maxRepeatedCharacters'
  | 'excludesCommonlyUsed'
  | 'excludesProfileData'
  | 'notSimilarToCurrent'
  | 'history'
  | 'minComplexity'
  | keyof typeof sequences;

type Rule = (policy: PasswordPolicy, candidate: Candidate) => readonly string[];

/** By name: one message for each way in which the candidate fails. Texts marked "own" have not been recorded from PingOne. */
const rules: Readonly<Record<RequirementName, Rule>> = {
  length: ({ length }, { password }) => {
    const characters = [...password].length;
    if (length && characters < length.min) {
      return [`The provided password is shorter than the minimum required length of ${length.min} characters`];
    }
    // own
    return length && characters > length.max
      ? [`The provided password is longer than the maximum allowed length of ${length.max} characters`]
      : [];
  },
  minCharacters: ({ minCharacters = {} }, { password }) =>
    Object.entries(minCharacters)
      .filter(([set, count]) => [...password].filter((character) => set.includes(character)).length < count)
      // PingOne prints the set reversed, and two spaces between its sentences.
      .map(
        ([set, count]) =>
          `The provided password did not contain enough characters from the character set '${[...set].reverse().join('')}'.  ` +
          `The minimum number of characters from that set that must be present in user passwords is ${count}`,
      ),
  minUniqueCharacters: ({ minUniqueCharacters = 0 }, { password }) =>
    failing(
      new Set(password).size < minUniqueCharacters,
      'The provided password does not contain enough unique characters.  ' +
        `The minimum number of unique characters that may appear in a user password is ${minUniqueCharacters}`,
    ),
  maxRepeatedCharacters: ({ maxRepeatedCharacters = Number.POSITIVE_INFINITY }, { password }) =>
    failing(
      longestRun(password) > maxRepeatedCharacters,
      `The provided password is not acceptable because it contains a character repeated more than ${maxRepeatedCharacters} times in a row`,
    ),
  excludesCommonlyUsed: ({ excludesCommonlyUsed }, { password }) =>
    failing(
      excludesCommonlyUsed && isCommonlyUsed(password),
      'The provided password (or a variant of that password) was found in a list of prohibited passwords',
    ),
  excludesProfileData: ({ excludesProfileData }, { password, profile }) =>
    failing(
      excludesProfileData && profile.some((value) => value.toLowerCase() === password.toLowerCase()),
      // own
      "The provided password is not acceptable because it matches a value of the user's profile",
    ),
  notSimilarToCurrent: ({ notSimilarToCurrent }, { password, current }) =>
    failing(
      notSimilarToCurrent && current !== undefined && isSimilar(password, current),
      // own
      'The provided password is too similar to the current password',
    ),
  history: (_policy, { used }) =>
    failing(
      used,
      'The provided new password cannot be the same as the current password or any password in the password history.',
    ),
  minComplexity: ({ minComplexity = 0 }, { password }) =>
    failing(
      guessesNeeded(password) < minComplexity * guessesADay,
      // own
      'The provided password is not complex enough',
    ),
  alphabetSequenceRule: sequenceRule('alphabetSequenceRule'),
  numberSequenceRule: sequenceRule('numberSequenceRule'),
  qwertySequenceRule: sequenceRule('qwertySequenceRule'),
  shiftedNumberRowSequenceRule: sequenceRule('shiftedNumberRowSequenceRule'),
};

/** PingOne reckons with 10^11 guesses a second (docs/pingone.md, section 7.5); the rule's number is in days. */
const guessesADay = 1e11 * 86_400;

/** What is unmet, a rule once for each way in which it is. Empty: the candidate is acceptable. */
export function unmetRequirements(policy: PasswordPolicy, candidate: Candidate): readonly UnmetRequirement[] {
  return (Object.keys(rules) as RequirementName[]).flatMap((name) =>
    rules[name](policy, candidate).map((message) => ({ name, message })),
  );
}

/** `innerError` of a refused password: all names with duplicates, and a message for each distinct name. */
export function innerErrorOf(unmet: readonly UnmetRequirement[]): Readonly<Record<string, unknown>> {
  // The first message of a name wins: PingOne shows one character set only.
  const messages = [...unmet].reverse().map(({ name, message }) => [name, message] as const);
  return { unsatisfiedRequirements: unmet.map(({ name }) => name), ...Object.fromEntries(messages) };
}

function failing(fails: boolean | undefined, message: string): readonly string[] {
  return fails ? [message] : [];
}

function sequenceRule(name: keyof typeof sequences): Rule {
  return (policy, { password }) => {
    const maxLength = policy[name]?.maxLength ?? Number.POSITIVE_INFINITY;
    // own
    const message = `The provided password contains a sequence of more than ${maxLength} characters (${name})`;
    return failing(hasSequence(password, sequences[name], maxLength + 1), message);
  };
}
