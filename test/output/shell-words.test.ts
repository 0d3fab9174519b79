import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { powershellQuoted, shellQuoted, shellWord } from '../../src/output/shell-words.ts';
import { fc } from '../support/properties.ts';

describe('a text in a command that is shown', () => {
  it.each([
    ['acme', 'linux', 'acme'],
    ['/home/ada/ca.pem', 'linux', '/home/ada/ca.pem'],
    ['https://127.0.0.1:9443', 'win32', 'https://127.0.0.1:9443'],
    ['', 'linux', "''"],
    ['two words', 'linux', "'two words'"],
    ['$HOME', 'darwin', "'$HOME'"],
    ["Ada's", 'linux', "'Ada'\\''s'"],
    ["Ada's", 'win32', "'Ada''s'"],
    ['Ada’s; calc', 'win32', "'Ada’’s; calc'"],
    ["‘'‚‛", 'win32', "'‘‘''‚‚‛‛'"],
    ['Ada’s', 'linux', "'Ada’s'"],
    ['a;b', 'linux', "'a;b'"],
    ['\na', 'linux', "'\na'"],
    ['~', 'win32', "'~'"],
  ] as const)('%j is on %s: %s', (text, platform, word) => {
    expect(shellWord(text, platform)).toBe(word);
  });

  it('is in quotes always where it is asked for', () => {
    expect([shellQuoted('acme'), powershellQuoted('acme')]).toEqual(["'acme'", "'acme'"]);
  });

  it.skipIf(process.platform === 'win32')('is the same text to the shell', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~\n]*$/), (text) => {
        expect(execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' })).toBe(text);
      }),
      { numRuns: 20 },
    );
  });
});
