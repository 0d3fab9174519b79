import type { PasswordPolicy } from '../seed/password-policy.ts';

/** Judges a candidate by the policy: a requirement is named once for each way in which it is not satisfied. */
export function unsatisfiedRequirements(
  policy: PasswordPolicy,
  candidate: Candidate,
): readonly UnsatisfiedRequirement[] {
  return (Object.keys(rules) as RequirementName[]).flatMap((name) =>
    rules[name](policy, candidate).map((message) => ({ name, message })),
  );
}

/**
 * A rule of the policy that a candidate does not meet, in PingOne's name and recorded words
 * (docs/pingone.md, section 7.4).
 */
export interface UnsatisfiedRequirement {
  readonly name: RequirementName;
  readonly message: string;
}

interface Candidate {
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

/** Makes the `innerError` of a refused password: all names with duplicates, and a message for each distinct name. */
export function innerErrorOf(unmet: readonly UnsatisfiedRequirement[]): Readonly<Record<string, unknown>> {
  // The first message of a name wins: PingOne shows one character set only.
  const messages = [...unmet].reverse().map(({ name, message }) => [name, message] as const);
  return { unsatisfiedRequirements: unmet.map(({ name }) => name), ...Object.fromEntries(messages) };
}

type Rule = (policy: PasswordPolicy, candidate: Candidate) => readonly string[];

/**
 * Each rule gives a message for each way in which the candidate fails. Where PingOne's text is not on record, ours
 * stands in.
 */
const rules: Readonly<Record<RequirementName, Rule>> = {
  length: ({ length }, { password }) => {
    const characters = [...password].length;
    if (length && characters < length.min) {
      return [`The provided password is shorter than the minimum required length of ${length.min} characters`];
    }
    // not on record
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
      // not on record
      "The provided password is not acceptable because it matches a value of the user's profile",
    ),
  notSimilarToCurrent: ({ notSimilarToCurrent }, { password, current }) =>
    failing(
      notSimilarToCurrent && current !== undefined && isSimilar(password, current),
      // not on record
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
      // not on record
      'The provided password is not complex enough',
    ),
  alphabetSequenceRule: sequenceRule('alphabetSequenceRule'),
  numberSequenceRule: sequenceRule('numberSequenceRule'),
  qwertySequenceRule: sequenceRule('qwertySequenceRule'),
  shiftedNumberRowSequenceRule: sequenceRule('shiftedNumberRowSequenceRule'),
};

/** PingOne reckons with 10^11 guesses a second (docs/pingone.md, section 7.5); the rule's number is in days. */
const guessesADay = 1e11 * 86_400;

function failing(fails: boolean | undefined, message: string): readonly string[] {
  return fails ? [message] : [];
}

function sequenceRule(name: keyof typeof sequences): Rule {
  return (policy, { password }) => {
    const maxLength = policy[name]?.maxLength ?? Number.POSITIVE_INFINITY;
    // not on record
    const message = `The provided password contains a sequence of more than ${maxLength} characters (${name})`;
    return failing(hasSequence(password, sequences[name], maxLength + 1), message);
  };
}

/** Rows in which a sequence is looked for, by the rule that forbids it. */
const sequences = {
  alphabetSequenceRule: ['abcdefghijklmnopqrstuvwxyz'],
  numberSequenceRule: ['0123456789', '1234567890'],
  qwertySequenceRule: ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  shiftedNumberRowSequenceRule: ['!@#$%^&*()'],
} as const;

/** Whether the password has `length` characters in a row's order, forwards or backwards. */
function hasSequence(password: string, rows: readonly string[], length: number): boolean {
  const text = password.toLowerCase();
  return rows
    .flatMap((row) => [row, [...row].reverse().join('')])
    .some((row) => windows(row, length).some((window) => text.includes(window)));
}

/** Measures the longest run of the same character. */
function longestRun(password: string): number {
  let longest = 0;
  let run = 0;
  let previous: string | undefined;
  for (const character of password) {
    run = character === previous ? run + 1 : 1;
    previous = character;
    longest = Math.max(longest, run);
  }
  return longest;
}

const characterClasses: readonly (readonly [pattern: RegExp, size: number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
];

/** Counts the passwords of up to this length that its alphabet makes (docs/pingone.md, section 7.5). */
function guessesNeeded(password: string): number {
  const ascii = /^[ -~]*$/.test(password);
  const classes = characterClasses.filter(([pattern]) => pattern.test(password));
  const alphabet = ascii ? classes.reduce((sum, [, size]) => sum + size, 0) : 256;
  const longest = [...password].length;
  let guesses = 0;
  for (let length = 1; length <= longest; length++) guesses += alphabet ** length;
  return guesses;
}

/**
 * Up to so many changed characters a password is similar; PingOne's threshold is not on record
 * (docs/pingone.md, section 14).
 */
const similarUpTo = 2;

/** Whether two passwords are similar by their Levenshtein distance, letters without case. */
function isSimilar(password: string, current: string): boolean {
  return isWithin(similarUpTo, [...password.toLowerCase()], [...current.toLowerCase()]);
}

/**
 * Whether so many insertions, deletions and replacements make the one text of the other. What both begin with costs none;
 * then it is one of the three.
 */
function isWithin(edits: number, from: readonly string[], to: readonly string[]): boolean {
  const length = Math.max(from.length, to.length);
  let at = 0;
  while (at < length && from[at] === to[at]) at += 1;
  if (at === length) return true;
  if (edits === 0) return false;
  const [ofFrom, ofTo] = [from.slice(at), to.slice(at)];
  return (
    isWithin(edits - 1, ofFrom.slice(1), ofTo.slice(1)) ||
    isWithin(edits - 1, ofFrom.slice(1), ofTo) ||
    isWithin(edits - 1, ofFrom, ofTo.slice(1))
  );
}

/** Cuts a row into all its pieces of this length. */
function windows(row: string, length: number): readonly string[] {
  return Array.from({ length: Math.max(0, row.length - length + 1) }, (_, at) => row.slice(at, at + length));
}

/**
 * A handful stands for PingOne's long list, enough to meet the rule. Lower-case, letters only where the variant has
 * them.
 */
const commonlyUsed: ReadonlySet<string> = new Set([
  ...['password', 'passwort', 'motdepasse', 'contrasena', 'qwerty', 'qwertz', 'qwertyuiop', 'azerty', 'letmein'],
  ...['welcome', 'iloveyou', 'admin', 'administrator', 'login', 'monkey', 'dragon', 'football', 'baseball'],
  ...['sunshine', 'princess', 'superman', 'batman', 'trustno', 'master', 'shadow', 'michael', 'changeme', 'secret'],
  ...['12345678', '123456789', '1234567890', '87654321', '11111111', '00000000', 'abcdefgh', 'abc'],
]);

const lookalikes: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Whether the password, or it with decoration removed, lookalikes read as letters, or reversed, is on the list. */
function isCommonlyUsed(password: string): boolean {
  const plain = password.toLowerCase();
  const bare = plain.replace(/^[^a-z]+|(?<![^a-z])[^a-z]+$/g, '');
  const variants = [
    plain,
    bare,
    lettersOf(plain),
    lettersOf(bare),
    lettersOf(plain.replace(/(?<![\d\W_])[\d\W_]+$/, '')),
  ];
  return variants.some((variant) => commonlyUsed.has(variant) || commonlyUsed.has([...variant].reverse().join('')));
}

function lettersOf(text: string): string {
  return [...text].map((character) => lookalikes[character] ?? character).join('');
}
