import type { SequenceName } from './password-policy.ts';

// What password rules measure. Where PingOne's way of counting is not public, these are generous: a password that PingOne
// might accept is never refused here, because PingOne checks again and its word is shown.

/** Characters of `password` that are in `set`. */
export function countFrom(set: string, password: string): number {
  const members = new Set(set);
  return [...password].filter((character) => members.has(character)).length;
}

export function uniqueCharacters(password: string): number {
  return new Set(password).size;
}

/** The longest run of one character. */
export function longestRepeat(password: string): number {
  return longestRun([...password], (previous, next) => previous === next);
}

/** The most that the password's length can be counted as: in UTF-16 units, as Java counts. */
export function longestLength(password: string): number {
  return password.length;
}

/** The least: in code points. */
export function shortestLength(password: string): number {
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
export function takesDays(password: string, days: number): boolean {
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

const rows: Readonly<Record<SequenceName, readonly string[]>> = {
  alphabetSequenceRule: ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  numberSequenceRule: ['0123456789'],
  qwertySequenceRule: [...['qwertyuiop', 'asdfghjkl', 'zxcvbnm'].flatMap((row) => [row, row.toUpperCase()])],
  shiftedNumberRowSequenceRule: ['!@#$%^&*()'],
};

/** The longest stretch of a row, in the row's own order and case: `abc`, `123`, `asd`, `!@#`. */
export function longestSequence(name: SequenceName, password: string): number {
  const follows = rows[name];
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
export function editDistance(one: string, other: string): number {
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
