/** Rows in which a sequence is looked for, by the rule that forbids it. */
export const sequences = {
  alphabetSequenceRule: ['abcdefghijklmnopqrstuvwxyz'],
  numberSequenceRule: ['0123456789', '1234567890'],
  qwertySequenceRule: ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'],
  shiftedNumberRowSequenceRule: ['!@#$%^&*()'],
} as const;

/** Whether the password has `length` characters in a row's order, forwards or backwards. */
export function hasSequence(password: string, rows: readonly string[], length: number): boolean {
  const text = password.toLowerCase();
  return rows
    .flatMap((row) => [row, [...row].reverse().join('')])
    .some((row) => windows(row, length).some((window) => text.includes(window)));
}

/** Length of the longest run of the same character. */
export function longestRun(password: string): number {
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

/** How many passwords of up to this length its alphabet makes (docs/pingone.md, section 7.5). */
export function guessesNeeded(password: string): number {
  const ascii = /^[ -~]*$/.test(password);
  const classes = characterClasses.filter(([pattern]) => pattern.test(password));
  const alphabet = ascii ? classes.reduce((sum, [, size]) => sum + size, 0) : 256;
  let guesses = 0;
  for (let length = 1; length <= [...password].length; length++) guesses += alphabet ** length;
  return guesses;
}

/**
 * Up to so many changed characters a password is similar; PingOne's threshold is not on record
 * (docs/pingone.md, section 14).
 */
const similarUpTo = 2;

/** By Levenshtein distance, letters without case. */
export function isSimilar(password: string, current: string): boolean {
  return distance([...password.toLowerCase()], [...current.toLowerCase()]) <= similarUpTo;
}

/** Levenshtein: insertions, deletions and replacements between two texts. */
function distance(from: readonly string[], to: readonly string[]): number {
  let row = to.map((_, index) => index + 1);
  for (const [index, character] of from.entries()) {
    let [diagonal, left] = [index, index + 1];
    row = row.map((above, column) => {
      const cost = Math.min(above + 1, left + 1, diagonal + (to[column] === character ? 0 : 1));
      [diagonal, left] = [above, cost];
      return cost;
    });
  }
  return row.at(-1) ?? from.length;
}

/** All pieces of this length. */
function windows(row: string, length: number): readonly string[] {
  return Array.from({ length: Math.max(0, row.length - length + 1) }, (_, at) => row.slice(at, at + length));
}
