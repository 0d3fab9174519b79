import fc from 'fast-check';

// Every run draws anew, so that the suite goes on looking. What fails prints its seed, and draws the same once more with
// PING14C_SEED=that seed npx vitest run that file.
const seed = process.env['PING14C_SEED'];
if (seed) fc.configureGlobal({ seed: Number(seed) });

/** fast-check for all properties of the suite. */
export { fc };

const codePoints = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => String.fromCodePoint(from + at));

/**
 * Pieces of a text from outside. Drawn from all of Unicode, what has a meaning to a shell, a page, a terminal or a parser
 * would hardly ever come up: each kind has a share of its own here.
 */
const piece = fc.oneof(
  fc.constantFrom(...'"\'&<>`$\\/;|%{}[]()#?=:@~*!,.+- '),
  fc.constantFrom(...codePoints(0, 0x1f), ...codePoints(0x7f, 0x9f)),
  // Bidirectional controls, and letters that turn a line by themselves.
  fc.constantFrom(...codePoints(0x202a, 0x202e), ...codePoints(0x2066, 0x2069), '\u061c', '\u200e', '\u200f', 'א', 'ع'),
  // Default-ignorable ones: fillers, joiners, variation selectors, tags.
  fc.constantFrom('\u00ad', '\u115f', '\u200b', '\u200d', '\u2060', '\u3164', '\ufe0f', '\ufeff', '\u{e0041}'),
  fc.constantFrom('\u2028', '\u2029', '\ufff9', '\ud800', '\udfff', 'e\u0301', 'ﬁ', '😀', '\u{10ffff}'),
  // What is an escape to somebody, whole and cut off.
  fc.constantFrom('\u001b[2J', '\u001b]0;title\u0007', '\u009b31m', '\r\n', '\u001b', '\\u001b', '\\n'),
  fc.constantFrom('&amp;', '&#39;', '&#', '%00', '%2F', '%', '$(x)', '{{x}}', '__proto__', '-->'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
);

/** A text from outside, as somebody who means harm would write it. */
export const outsideText = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

/** The same, or a piece over and over up to a length that programs have a limit at. */
export const outsideTextOfAnyLength = fc.oneof(
  { weight: 9, arbitrary: outsideText },
  {
    weight: 1,
    arbitrary: fc
      .tuple(piece, fc.constantFrom(255, 256, 257, 4_095, 4_096, 4_097, 16_384))
      .map(([text, times]) => text.repeat(times)),
  },
);
