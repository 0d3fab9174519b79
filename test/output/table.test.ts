import { Chalk } from 'chalk';
import stringWidth from 'fast-string-width';
import { describe, expect, it } from 'vitest';
import { safeText } from '../../src/output/safe-text.ts';
import { table, wrap } from '../../src/output/table.ts';
import { fc, outsideText } from '../support/properties.ts';

const paint = new Chalk({ level: 0 });
const rows = [
  ['Name', 'Ada King Lovelace', 'Ada'],
  ['Scopes', 'openid profile email address phone', ''],
  ['Kanji', '家家家家家家家家家家家家家家家家', 'x'],
];

describe('values side by side', () => {
  it('take what they need where there is room', () => {
    expect(table(['', 'CLAIMS', 'RECORD'], rows.slice(0, 2), { columns: 54, paint }).split('\n')).toEqual([
      '        CLAIMS                              RECORD',
      'Name    Ada King Lovelace                   Ada',
      'Scopes  openid profile email address phone',
    ]);
  });

  it('go on below themselves where they are long', () => {
    expect(table(['', 'CLAIMS', 'RECORD'], rows, { columns: 40, paint }).split('\n')).toEqual([
      '        CLAIMS                    RECORD',
      'Name    Ada King Lovelace         Ada',
      'Scopes  openid profile email',
      '        address phone',
      'Kanji   家家家家家家家家家家家家  x',
      '        家家家家',
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

  it('fit any terminal, and lose nothing but blanks', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 80 }), outsideText).map(safeText);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('Name', 'Email'), text, text)),
        fc.integer({ min: 12, max: 120 }),
        (cells, width) => {
          const lines = table(['', 'A', 'B'], cells, { columns: width, paint }).split('\n');
          expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
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
