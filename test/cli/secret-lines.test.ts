import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readSecretLines, secretLines } from '../../src/cli/secret-lines.ts';
import { fc } from '../support/properties.ts';

const names = ['the current password', 'the new one'];
const bytes = (text: string) => new TextEncoder().encode(text);

describe('passwords from standard input', () => {
  it('are read exactly, whatever they are made of', () => {
    const password = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 100 })
      .filter((text) => !/[\n\r\ufeff]/.test(text) && !/\p{Surrogate}/u.test(text));
    const lineEnd = fc.constantFrom('\n', '\r\n');
    fc.assert(
      fc.property(password, password, lineEnd, fc.boolean(), (current, next, end, final) => {
        const piped = `${current}${end}${next}${final ? end : ''}`;
        expect(secretLines(bytes(piped), { names })).toEqual([current, next]);
      }),
    );
  });

  it.each([
    ['nothing', '', /ends too early/],
    ['one line', 'one\n', /ends too early/],
    ['three lines', 'one\ntwo\nthree\n', /more than 2 lines/],
    ['a blank line at the end', 'one\ntwo\n\n', /more than 2 lines/],
    ['an empty current password', '\ntwo\n', /Line 1 .* the current password, is empty/],
    ['an empty new password', 'one\n\n', /Line 2 .* the new one, is empty/],
    ['a byte-order mark', '\ufeffone\ntwo\n', /byte-order mark/],
  ])('%s is refused in words', (_name, text, words) => {
    expect(() => secretLines(bytes(text), { names })).toThrow(words);
  });

  it('text that is not UTF-8 is refused', () => {
    expect(() => secretLines(Uint8Array.of(0x61, 0xff, 0x0a, 0x62), { names })).toThrow(/not UTF-8/);
  });

  it('one line will do where the second is optional', () => {
    expect(secretLines(bytes('only\n'), { names, optional: 1 })).toEqual(['only']);
  });

  it('may come in pieces that cut a character in two', async () => {
    const stdin = new PassThrough();
    const all = bytes('Zoë\n家\n');
    for (const byte of all) stdin.write(Uint8Array.of(byte));
    stdin.end();
    expect(await readSecretLines(stdin, { names }, new AbortController().signal)).toEqual(['Zoë', '家']);
  });

  it('a flood is cut off', async () => {
    const stdin = new PassThrough();
    stdin.end('x'.repeat(10_000));
    await expect(readSecretLines(stdin, { names }, new AbortController().signal)).rejects.toThrow(
      /too long for passwords/,
    );
  });

  it('waiting for them ends with the signal', async () => {
    const ending = new AbortController();
    const reading = readSecretLines(new PassThrough(), { names }, ending.signal);
    ending.abort('SIGTERM');
    await expect(reading).rejects.toBe('SIGTERM');
  });
});
