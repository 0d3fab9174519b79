import { describe, expect, it } from 'vitest';
import { keyReader } from '../../src/machine/typed-keys.ts';
import type { Typed } from '../../src/runtime.ts';
import { fc } from '../support/properties.ts';

const address = 'https://127.0.0.1:4321/callback?code=uc&state=s';
const [begin, end] = ['\u001b[200~', '\u001b[201~'];

/** What is heard of these chunks, as the terminal hands them over. */
function heard(...chunks: readonly string[]): readonly Typed[] {
  const all: Typed[] = [];
  const read = keyReader((typed) => all.push(typed));
  for (const chunk of chunks) read(Buffer.from(chunk));
  return all;
}

const key = (name: string) => ({ kind: 'key', key: name });
const text = (pasted: string) => ({ kind: 'text', text: pasted });

describe('a key', () => {
  it.each([
    ['u', 'u'],
    ['c', 'c'],
    ['\r', 'enter'],
    ['\n', 'enter'],
    ['\r\n', 'enter'],
    [' ', ' '],
    ['é', 'é'],
  ])('is heard where it comes alone: %j', (bytes, name) => {
    expect(heard(bytes)).toEqual([key(name)]);
  });

  it('is none among others that come together', () => {
    expect(heard('uc')).toEqual([]);
  });

  it('is none inside a marked paste', () => {
    expect(heard(`${begin}u${end}`)).toEqual([text('u')]);
    expect(heard(begin, 'u', 'c', '\r', end)).toEqual([text('uc')]);
  });

  it('is heard again after a paste', () => {
    expect(heard(`${begin}${address}${end}`, 'u')).toEqual([text(address), key('u')]);
    expect(heard(`${address}\r`, 'c')).toEqual([text(address), key('c')]);
  });

  it.each(['\u001b[A', '\u001bOP', '\u001b[15~', '\u001b', '\u001bu'])('is none that moves the cursor: %j', (bytes) => {
    expect(heard(bytes, 'u')).toEqual([key('u')]);
  });
});

describe('a pasted text', () => {
  it('is whole at the end of a marked paste', () => {
    expect(heard(`${begin}${address}${end}`)).toEqual([text(address)]);
  });

  it('is whole at the end of its line where the terminal marks nothing', () => {
    expect(heard(address)).toEqual([]);
    expect(heard(address, '\r')).toEqual([text(address)]);
  });

  it('may be several lines', () => {
    expect(heard(`one\rtwo\r\nthree\n`)).toEqual([text('one'), text('two'), text('three')]);
  });

  it('is the same wherever the terminal cuts it, marked or not', () => {
    const paste = fc.constantFrom(`${begin}${address}${end}`, `${address}\r`);
    fc.assert(
      fc.property(paste, fc.integer({ min: 1, max: 90 }), (bytes, at) => {
        // The mark itself comes whole.
        const cut = bytes.startsWith(begin) ? Math.min(at + begin.length, bytes.length - end.length) : at;
        expect(heard(bytes.slice(0, cut), bytes.slice(cut))).toEqual([text(address)]);
      }),
    );
  });

  it('may have letters of several bytes that are cut in two', () => {
    const all: Typed[] = [];
    const read = keyReader((typed) => all.push(typed));
    const bytes = Buffer.from(`${begin}é${end}`);
    read(bytes.subarray(0, 7));
    read(bytes.subarray(7));
    expect(all).toEqual([text('é')]);
  });
});

describe('a book that somebody pastes', () => {
  const pieces = Array.from({ length: 10_000 }, () => 'x'.repeat(1024));

  it.each([
    ['marked', begin, end],
    ['not marked', 'xx', '\r'],
  ])(
    'keeps nobody waiting: %s',
    (_, first, last) => {
      // A search of all of it at each piece would take a minute.
      const [only, ...more] = heard(first, ...pieces, last);
      expect(more).toEqual([]);
      expect(only).toMatchObject({ kind: 'text', text: expect.stringMatching(/^x{60000,70000}$/) });
    },
    20_000,
  );

  it('and one of thousands of pastes in one piece is heard to its end', () => {
    expect(heard(`${begin}x${end}`.repeat(5000))).toHaveLength(5000);
  });
});
