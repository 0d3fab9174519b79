/**
 * What a terminal would obey or reorder instead of showing: C0 and C1 controls, DEL, bidirectional controls and
 * isolates, line and paragraph separators, zero-width spaces, the byte-order mark, tags and unpaired surrogates. Joiners stay:
 * emoji, Persian and Indic names are written with them.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;

/** Text from outside, made safe for one line of a terminal: what could act on it comes out visibly, as `\u{1b}`. */
export function safeText(text: string): string {
  return text.replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON that a terminal may be shown: the same value, what could act on it escaped as `\u009b` (RFC 8259, section 7). */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(unsafe, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
