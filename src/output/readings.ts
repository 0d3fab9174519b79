/** A text as a parser would read it, and where in the original each of its characters comes from. */
export interface Reading {
  readonly text: string;
  /** What begins at `text[i]` begins at `origins[i]`; one more tells where the original ends. */
  readonly origins: Int32Array;
}

/** A JSON document in a JSON text in a query of a query, and one more. */
const deepest = 5;

/** HTML's names of what is punctuation in ASCII. */
const named: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", sol: '/', bsol: '\\', plus: '+', equals: '=', lowbar: '_' },
  ...{ period: '.', num: '#', percnt: '%', excl: '!', quest: '?', ast: '*', commat: '@', dollar: '$', colon: ':' },
  ...{ semi: ';', comma: ',', lpar: '(', rpar: ')', lbrack: '[', lsqb: '[', rbrack: ']', rsqb: ']', grave: '`' },
  ...{ lbrace: '{', lcub: '{', rbrace: '}', rcub: '}', verbar: '|', vert: '|', Hat: '^', nbsp: '\u00a0' },
};

const lettered: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * JSON's and JavaScript's, HTML's and URLs' ways to write a character (RFC 8259, section 7; RFC 3986, section 2.1). None can
 * be read in two ways, so that no text takes more than one step a character.
 */
const escaped =
  /\\u([\da-f]{4})|\\u\{0{0,8}([\da-f]{1,6})\}|\\x([\da-f]{2})|&#x0{0,8}([\da-f]{1,6});?|&#0{0,8}(\d{1,7});?|%([\da-f]{2})|&([a-z]{2,6});|\\(["'/\\bfnrt])/gi;

/** The text as it stands, and unescaped once, twice and so on while there is something to unescape. */
export function readingsOf(text: string): readonly Reading[] {
  let reading: Reading = { text, origins: new Int32Array(text.length + 1).map((_, index) => index) };
  const readings = [reading];
  while (readings.length <= deepest) {
    const next = unescaped(reading);
    if (next.text === reading.text) break;
    readings.push(next);
    reading = next;
  }
  return readings;
}

function unescaped({ text, origins }: Reading): Reading {
  const parts: string[] = [];
  const kept = new Int32Array(text.length + 1);
  let [length, end] = [0, 0];
  const keepUntil = (index: number) => {
    parts.push(text.slice(end, index));
    kept.set(origins.subarray(end, index), length);
    length += index - end;
    end = index;
  };
  for (const match of text.matchAll(escaped)) {
    const character = characterOf(match);
    if (character === undefined) continue;
    keepUntil(match.index);
    parts.push(character);
    kept.fill(origins[match.index] ?? 0, length, length + character.length);
    length += character.length;
    end += match[0].length;
  }
  keepUntil(text.length);
  kept[length] = origins[text.length] ?? 0;
  return { text: parts.join(''), origins: kept.subarray(0, length + 1) };
}

/** A URL's escapes are bytes, and each stays one: the character of the same number. */
function characterOf([, unit, point, byte, hexadecimal, decimal, percent, name, letter]: RegExpMatchArray) {
  if (letter !== undefined) return lettered[letter] ?? letter;
  if (name !== undefined) return Object.hasOwn(named, name) ? named[name] : undefined;
  const code =
    decimal === undefined
      ? Number.parseInt(unit ?? point ?? byte ?? hexadecimal ?? percent ?? '', 16)
      : Number.parseInt(decimal, 10);
  return code <= 0x10_ffff ? String.fromCodePoint(code) : undefined;
}
