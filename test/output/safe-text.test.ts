import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeJson, safeText } from '../../src/output/safe-text.ts';

it.each([
  ['an escape sequence', '\u001b[2J', '\\u{1b}[2J'],
  ['a bell', 'a\u0007', 'a\\u{7}'],
  ['a line break', 'a\nb', 'a\\u{a}b'],
  ['a C1 control sequence introducer', '\u009b31m', '\\u{9b}31m'],
  ['a right-to-left override', 'user\u202egpj.exe', 'user\\u{202e}gpj.exe'],
  ['an isolate', '\u2066x\u2069', '\\u{2066}x\\u{2069}'],
  ['a zero-width space', 'a\u200bb', 'a\\u{200b}b'],
  ['an unpaired surrogate', '\ud800', '\\u{d800}'],
  ['a tag character', '\u{e0041}', '\\u{e0041}'],
])('shows %s instead of obeying it', (_, text, shown) => {
  expect(safeText(text)).toBe(shown);
});

it.each(['Ada Lovelace', 'Łukasz Øre', '山田太郎', 'عمر', '👩🏽 e\u0301', '👩\u200d💻', 'می\u200cخواهم'])(
  'leaves the name %s as it is',
  (name) => {
    expect(safeText(name)).toBe(name);
  },
);

it('lets no control, format or surrogate character through, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

it('writes JSON of the same value in which nothing can act on a terminal', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = safeJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
    }),
  );
});

it.each([
  ['a C1 control sequence introducer', '\u009b31m', '"\\u009b31m"'],
  ['a right-to-left override', '\u202egpj.exe', '"\\u202egpj.exe"'],
  ['a tag character', '\u{e0041}', '"\\udb40\\udc41"'],
])('writes %s into JSON as an escape', (_, text, shown) => {
  expect(safeJson(text)).toBe(shown);
});
