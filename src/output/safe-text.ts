/** Marks that cancel the vowel of an Indic letter; a joiner after one chooses how the next letter is joined. */
const virama = '\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca\\u1039\\u17d2';
/** A letter that is seen: there is a mark of direction among them that is not. */
const cursive = '(?!\\u061c)[\\p{Script=Arabic}\\p{Script=Syriac}]';
const picture = '(?:\\p{Extended_Pictographic}\\ufe0f?|\\p{Emoji_Modifier})';

/**
 * Invisible characters where they change what is seen: joiners within words (RFC 5892, appendix A) and emoji, and the
 * mark that asks for the coloured or the plain form of an emoji (Unicode Technical Standard 51).
 */
const atWork = [
  `(?<=[${virama}])[\\u200c\\u200d]`,
  `(?<=${cursive})\\u200c(?=${cursive})`,
  `(?<=${picture})\\u200d(?=\\p{Extended_Pictographic})`,
  '(?<=\\p{Extended_Pictographic})[\\ufe0e\\ufe0f]',
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
].join('|');

/**
 * What a terminal would obey, reorder or swallow instead of showing: controls, line and paragraph separators, marks of
 * annotations, unpaired surrogates, and all that Unicode lets a program ignore (default-ignorable code points:
 * bidirectional controls, zero-width and filler characters, tags, variation selectors), save where it is at work.
 */
const unsafe = `[\\p{Control}\\p{Surrogate}\\u2028\\u2029\\ufff9-\\ufffb]|(?!${atWork})\\p{Default_Ignorable_Code_Point}`;

/** Made when it is first needed: Unicode's tables take milliseconds and megabytes, and most texts are ASCII. */
let unsafePattern: RegExp | undefined;
const printableAscii = /^[ -~]*$/;

function replaceUnsafe(text: string, shown: (character: string) => string): string {
  if (printableAscii.test(text)) return text;
  unsafePattern ??= new RegExp(unsafe, 'gu');
  return text.replace(unsafePattern, shown);
}

/** Colours and weights as `chalk` writes them (ECMA-48, SGR), and what lays out a text of several lines. */
const layout = /(\u001b\[[\d;]{0,16}m|[\n\t])/;

/** Text from outside, made safe for one line of a terminal: what could act on it comes out visibly, as `\u{1b}`. */
export function safeText(text: string): string {
  return replaceUnsafe(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** A finished text of ours, its lines and colours as they are; whatever else could act on a terminal is made safe. */
export function safeLines(text: string): string {
  return text
    .split(layout)
    .map((part, index) => (index % 2 === 1 ? part : safeText(part)))
    .join('');
}

/** JSON that a terminal may be shown: the same value, what could act on it escaped as `\u009b` (RFC 8259, section 7). */
export function safeJson(value: unknown): string {
  return replaceUnsafe(JSON.stringify(value), (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
