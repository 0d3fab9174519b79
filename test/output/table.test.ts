import { Chalk } from 'chalk';
import stringWidth from 'fast-string-width';
import { describe, expect, it } from 'vitest';
import { safeText } from '../../src/output/safe-text.ts';
import { fitted, table, wrap } from '../../src/output/table.ts';
import { fc, outsideText } from '../support/properties.ts';

const paint = new Chalk({ level: 0 });
const rows = [
  ['Name', 'Ada King Lovelace', 'Ada'],
  ['Scopes', 'openid profile email address phone', ''],
  ['Kanji', '家家家家家家家家家家家家家家家家', 'x'],
];

it('keeps a name that has no value, however narrow it is', () => {
  const lines = table(
    ['', ''],
    [
      ['a long name of its own', ''],
      ['b', 'c'],
    ],
    { columns: 20, paint },
  ).split('\n');
  expect(lines).toEqual(['a long name of its own', 'b', '  c']);
});

describe('values side by side', () => {
  it('take what they need where there is room', () => {
    expect(table(['', 'CLAIMS', 'RECORD'], rows.slice(0, 2), { columns: 54, paint }).split('\n')).toEqual([
      '        CLAIMS                              RECORD',
      'Name    Ada King Lovelace                   Ada',
      'Scopes  openid profile email address phone',
    ]);
  });

  it('go on below themselves where they are long', () => {
    expect(table(['', 'CLAIMS', 'RECORD'], rows, { columns: 40, paint }).split('\n').slice(0, 4)).toEqual([
      '        CLAIMS                    RECORD',
      'Name    Ada King Lovelace         Ada',
      'Scopes  openid profile email',
      '        address phone',
    ]);
  });

  it('stand one below the other, beside their name or below it, rather than that an ID is broken', () => {
    const ids = [
      ['Name', 'Ada', 'Ada'],
      ['User ID', 'd0000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001'],
      ['Address', '12 St James’s Square', ''],
    ];
    const lines = (columns: number) => table(['', 'CLAIMS', 'RECORD'], ids, { columns, paint }).split('\n');
    expect(lines(60)).toEqual([
      '         CLAIMS                    RECORD',
      'Name     Ada                       Ada',
      'User ID  CLAIMS: d0000000-0000-4000-8000-000000000001',
      '         RECORD: d0000000-0000-4000-8000-000000000001',
      'Address  12 St James’s Square',
    ]);
    expect(lines(47).slice(2)).toEqual([
      'User ID',
      '  CLAIMS: d0000000-0000-4000-8000-000000000001',
      '  RECORD: d0000000-0000-4000-8000-000000000001',
      'Address  CLAIMS: 12 St James’s Square',
    ]);
  });

  it('have no headings where each stands on lines of its own', () => {
    const id = 'e0000000-0000-4000-8000-000000000001';
    expect(table(['', 'ID', 'OTHER'], [['a', id, id]], { columns: 50, paint }).split('\n')).toEqual([
      `a  ID: ${id}`,
      `   OTHER: ${id}`,
    ]);
  });

  it('stand below their names in a narrow terminal', () => {
    expect(table(['', 'CLAIMS', 'RECORD'], rows.slice(0, 2), { columns: 24, paint }).split('\n')).toEqual([
      'Name',
      '  CLAIMS: Ada King',
      '  Lovelace',
      '  RECORD: Ada',
      'Scopes',
      '  CLAIMS: openid profile',
      '  email address phone',
    ]);
  });

  it('fit any terminal but for words that are longer than it, and lose nothing but blanks', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), outsideText).map(safeText);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('Name', 'Email'), text, text)),
        fc.integer({ min: 12, max: 120 }),
        (cells, width) => {
          const lines = table(['', 'A', 'B'], cells, { columns: width, paint }).split('\n');
          expect(lines.filter((line) => stringWidth(line) > width && line.trim().includes(' '))).toEqual([]);
        },
      ),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 40 }), (value, width) => {
        // Broken lines come in the composed form of Unicode, which reads the same.
        const letters = (text: string) => text.replaceAll(' ', '').normalize();
        expect(letters(wrap(value, width).join(''))).toBe(letters(value));
      }),
    );
  });
});

describe('a table', () => {
  const links = [
    ['Admin', 'https://admin.example/abcdefghijklmnop'],
    ['API', 'https://api.example/'],
  ];

  it('has its headings in bold, and none where they are empty', () => {
    const bold = new Chalk({ level: 1 });
    expect(table(['A', 'B'], [['a', 'b']], { columns: 80, paint: bold })).toBe('\u001b[1mA  B\u001b[22m\na  b');
    expect(table(['A', ''], [['a', 'b']], { columns: 80, paint: bold })).toBe('a  b');
    expect(table(['A', 'B'], [['a', 'b']], { columns: 2, paint: bold }, 'stacked')).toContain('\u001b[1ma\u001b[22m');
  });

  it('has room for as many rows as an answer may have claims', () => {
    const many = Array.from({ length: 150_000 }, (_, index) => [`claim${index}`, 'x']);
    expect(table(['', ''], many, { columns: 80, paint }).split('\n')).toHaveLength(150_000);
  });

  it('keeps long values whole, so that they can be copied, however narrow the terminal is', () => {
    expect(table(['', ''], links, { columns: 20, paint }).split('\n')).toEqual([
      'Admin',
      '  https://admin.example/abcdefghijklmnop',
      'API',
      '  https://api.example/',
    ]);
  });

  it('puts values below their names where they are to be side by side or so, and a place is missing', () => {
    const [sideBySide, below] = [45, 44].map((columns) => table(['', ''], links, { columns, paint }, 'stacked'));
    expect(sideBySide?.split('\n')).toHaveLength(2);
    expect(below?.split('\n')).toEqual(['Admin', `  ${links[0]?.[1]}`, 'API', `  ${links[1]?.[1]}`]);
  });

  it('counts all values where it looks for a missing place', () => {
    const cells = [['a', 'bb', 'ccc']];
    const stacked = (columns: number) => table(['', '', ''], cells, { columns, paint }, 'stacked').split('\n');
    expect([stacked(10), stacked(9)]).toEqual([['a  bb  ccc'], ['a', '  bb', '  ccc']]);
  });

  it('wraps a value as long as twenty places are left for it', () => {
    const cells = [['Scopes', 'openid profile email address phone']];
    const lines = (columns: number) => table(['', ''], cells, { columns, paint }).split('\n');
    expect(lines(28)).toEqual(['Scopes  openid profile email', '        address phone']);
    expect(lines(27)).toEqual(['Scopes', '  openid profile email', '  address phone']);
  });

  it('is as wide as its headings where they are wider than what stands below', () => {
    expect(table(['NAME', 'VALUE', 'X'], [['a', 'b', 'c']], { columns: 80, paint })).toBe(
      'NAME  VALUE  X\na     b      c',
    );
  });

  it('gives what short values leave over to the long ones', () => {
    const cells = [['a', 'ab', 'openid profile email address phone', 'openid profile email address']];
    expect(table(['', '', '', ''], cells, { columns: 49, paint }).split('\n')).toEqual([
      'a  ab  openid profile email  openid profile email',
      '       address phone         address',
    ]);
  });
});

describe('a broken line', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['one two', 7, ['one two']],
    ['one two   ', 7, ['one two']],
    ['   ', 2, ['']],
    ['abcdefgh', 3, ['abc', 'def', 'gh']],
    ['  one two', 5, ['  one', 'two']],
    ['家家家', 4, ['家家', '家']],
    ['ab', 0, ['a', 'b']],
    ['e\u0301', 1, ['e\u0301']],
  ])('of a value, %j in %i places, is %j', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  it.each([
    ['one two three', 7, 'one two\nthree'],
    ['one two', 7, 'one two'],
    ['  one two three', 7, '  one\n  two\n  three'],
    ['  one two three', 9, '  one two\n  three'],
    ['abcdefgh ij', 3, 'abcdefgh\nij'],
    ['short\n  one two three', 9, 'short\n  one two\n  three'],
    ['家家 家家', 5, '家家\n家家'],
    ['    a b', 3, '    a\n    b'],
    ['   ', 2, '   '],
    ['e\u0301', 1, 'e\u0301'],
  ])('of what is said, %j in %i places, keeps its indentation and long words: %j', (text, width, expected) => {
    expect(fitted(text, width)).toBe(expected);
  });

  it.each([
    ['blanks', `a${' '.repeat(500_000)}b`],
    ['marks that take no place', '\u0301 '.repeat(250_000)],
    ['words behind as many blanks', ' '.repeat(250_000) + 'a '.repeat(125_000)],
    ['short words', 'a '.repeat(250_000)],
  ])(
    'of half a megabyte of %s keeps nobody waiting, and takes no more room than it had',
    (_, text) => {
      // A step for each pair of characters would take minutes.
      expect(fitted(text, 80).length).toBeLessThanOrEqual(text.length);
      const shown = table(['', 'A', 'B'], [['Name', text, text]], { columns: 80, paint });
      expect(shown.length).toBeLessThan(2 * text.length + 1000);
    },
    20_000,
  );
});
