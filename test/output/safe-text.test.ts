import { expect, it } from 'vitest';
import { safeJson, safeLines, safeText } from '../../src/output/safe-text.ts';
import { fc, outsideTextOfAnyLength } from '../support/properties.ts';

it.each([
  ['an escape sequence', '\u001b[2J', '\\u{1b}[2J'],
  ['a bell', 'a\u0007', 'a\\u{7}'],
  ['a tab', 'a\tb', 'a\\u{9}b'],
  ['a delete', 'a\u007fb', 'a\\u{7f}b'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['a paragraph separator', 'a\u2029b', 'a\\u{2029}b'],
  ['marks of an annotation', '\ufff9a\ufffab\ufffb', '\\u{fff9}a\\u{fffa}b\\u{fffb}'],
  ['the second half of a pair', 'a\udc00b', 'a\\u{dc00}b'],
  ['a keycap’s selector without the keycap', '1\ufe0f', '1\\u{fe0f}'],
  ['a keycap on a letter', 'a\ufe0f\u20e3', 'a\\u{fe0f}\u20e3'],
  ['a joiner at the end of a Persian word', 'می\u200c', 'می\\u{200c}'],
  ['a joiner between two scripts', 'a\u200cخ', 'a\\u{200c}خ'],
  ['a line break', 'a\nb', 'a\\u{a}b'],
  ['a C1 control sequence introducer', '\u009b31m', '\\u{9b}31m'],
  ['a right-to-left override', 'user\u202egpj.exe', 'user\\u{202e}gpj.exe'],
  ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
  ['an unpaired surrogate', '\ud800', '\\u{d800}'],
  ['a tag character', '\u{e0041}', '\\u{e0041}'],
  ['a soft hyphen', 'ad\u00admin', 'ad\\u{ad}min'],
  ['a grapheme joiner', 'ad\u034fmin', 'ad\\u{34f}min'],
  ['a filler of Hangul', '\u115f\u3164', '\\u{115f}\\u{3164}'],
  ['a variation selector of an ideograph', '葛\u{e0100}', '葛\\u{e0100}'],
  ['a joiner between letters that nothing joins', 'ad\u200dmin\u200c', 'ad\\u{200d}min\\u{200c}'],
  ['a second joiner', 'می\u200c\u200cخواهم', 'می\\u{200c}\\u{200c}خواهم'],
  ['a joiner after a mark that is not at work itself', '\ufe0f\u200d🌀', '\\u{fe0f}\\u{200d}🌀'],
  ['a joiner before a mark of direction', 'ع\u200c\u061c', 'ع\\u{200c}\\u{61c}'],
  ['a joiner after a mark of direction', '\u061c\u200cع', '\\u{61c}\\u{200c}ع'],
  ['a joiner at the end', '👩\u200d', '👩\\u{200d}'],
  ['a variation selector of a letter', 'admin\ufe0f', 'admin\\u{fe0f}'],
])('shows %s instead of obeying it', (_, text, shown) => {
  expect(safeText(text)).toBe(shown);
});

it.each([
  ...[
    'Ada Lovelace',
    'Łukasz Øre',
    '山田太郎',
    'عمر',
    '👩🏽 e\u0301',
    '👩\u200d💻',
    'می\u200cخواهم',
    'ක්\u200dරිස්තු',
    'क्\u200cष',
  ],
  ...['❤\ufe0f\u200d🔥', '🏳\ufe0f\u200d🌈', '👩🏽\u200d🚀', '1\ufe0f\u20e3', '☎\ufe0e'],
])('leaves the name %s as it is', (name) => {
  expect(safeText(name)).toBe(name);
});

it('shows every character that Unicode lets a program ignore, where it stands among letters', () => {
  const ignorable = Array.from({ length: 0x11_0000 }, (_, code) => code).filter((code) =>
    /\p{Default_Ignorable_Code_Point}/u.test(String.fromCodePoint(code)),
  );
  expect(ignorable.length).toBeGreaterThan(4000);
  expect(ignorable.map((code) => safeText(`a${String.fromCodePoint(code)}b`))).toEqual(
    ignorable.map((code) => `a\\u{${code.toString(16)}}b`),
  );
});

it('lets no control, format or surrogate character through, whatever the text', () => {
  fc.assert(
    fc.property(outsideTextOfAnyLength, (text) => {
      expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

it('leaves lines and colours of a finished text, and nothing else that acts on a terminal', () => {
  const finished = '\u001b[1mBold\u001b[22m\tand\n\u001b[33myellow\u001b[39m';
  expect(safeLines(finished)).toBe(finished);
  expect(safeLines('\u001b[2J\u001b]0;title\u0007\u001b[1A\r\u202e')).toBe(
    '\\u{1b}[2J\\u{1b}]0;title\\u{7}\\u{1b}[1A\\u{d}\\u{202e}',
  );
});

it('writes JSON of the same value in which nothing can act on a terminal', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue({ stringUnit: 'binary' }),
        fc.dictionary(outsideTextOfAnyLength, outsideTextOfAnyLength, { noNullPrototype: true }),
      ),
      (value) => {
        const text = safeJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
      },
    ),
  );
});

it.each([
  ['a C1 control sequence introducer', '\u009b31m', '"\\u009b31m"'],
  ['a right-to-left override', '\u202egpj.exe', '"\\u202egpj.exe"'],
  ['a tag character', '\u{e0041}', '"\\udb40\\udc41"'],
])('writes %s into JSON as an escape', (_, text, shown) => {
  expect(safeJson(text)).toBe(shown);
});
