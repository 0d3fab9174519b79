import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type CodeChallenge,
  codeVerifierFits,
  readCodeChallenge,
} from '../../../src/sandbox/authorization-server/pkce.ts';

const letters = (length: number) => 'aZ09-._~'.repeat(16).slice(0, length).padEnd(length, 'x');
const s256 = (verifier: string): CodeChallenge => ({
  method: 'S256',
  value: createHash('sha256').update(verifier).digest('base64url'),
});
const plain = (value: string): CodeChallenge => ({ method: 'plain', value });

describe('a code verifier', () => {
  it('without a challenge is refused, since somebody may have stripped that; neither is needed', () => {
    expect([codeVerifierFits(undefined, letters(43)), codeVerifierFits(undefined, '')]).toEqual([false, false]);
    expect(codeVerifierFits(undefined, null)).toBe(true);
  });

  it.each([
    [42, false],
    [43, true],
    [128, true],
    [129, false],
  ])('of %i characters fits its challenge: %s', (length, fits) => {
    const verifier = letters(length);
    expect([codeVerifierFits(s256(verifier), verifier), codeVerifierFits(plain(verifier), verifier)]).toEqual([
      fits,
      fits,
    ]);
  });

  it.each([
    ['none', null],
    ['an empty one', ''],
    ['another', letters(44)],
    ['the challenge itself', s256(letters(43)).value],
    ['one with a line break behind it', `${letters(43)}\n`],
  ])('that is %s does not fit', (_name, verifier) => {
    expect(codeVerifierFits(s256(letters(43)), verifier)).toBe(false);
  });

  it('with characters that none may have does not fit, whatever was hashed', () => {
    const verifier = `${letters(42)}+`;
    expect(codeVerifierFits(s256(verifier), verifier)).toBe(false);
  });
});

describe('a code challenge', () => {
  const read = (pkceEnforcement: Parameters<typeof readCodeChallenge>[0]['pkceEnforcement'], parameters: object) =>
    readCodeChallenge({ pkceEnforcement }, new URLSearchParams({ ...parameters }));

  it.each([
    ['S256', 42, false],
    ['S256', 43, true],
    ['S256', 44, false],
    ['plain', 42, false],
    ['plain', 43, true],
    ['plain', 128, true],
    ['plain', 129, false],
  ] as const)('%s of %i characters is taken: %s', (method, length, taken) => {
    const value = 'A'.repeat(length);
    const answer = read('OPTIONAL', { code_challenge: value, code_challenge_method: method });
    expect(answer).toEqual(taken ? { method, value } : expect.objectContaining({ error: 'invalid_request' }));
  });

  it('without a method is plain', () => {
    expect(read('REQUIRED', { code_challenge: letters(128) })).toEqual(plain(letters(128)));
  });

  it.each([
    ['OPTIONAL', {}, undefined],
    ['REQUIRED', {}, 'code_challenge is required'],
    ['S256_REQUIRED', {}, 'code_challenge is required'],
    ['S256_REQUIRED', { code_challenge: letters(43) }, 'must be S256'],
    ['OPTIONAL', { code_challenge: letters(43), code_challenge_method: 'S512' }, 'Unsupported'],
  ] as const)('of an application with %s: %j is told %s', (enforcement, parameters, said) => {
    const answer = read(enforcement, parameters);
    if (said === undefined) expect(answer).toBeUndefined();
    else expect(JSON.stringify(answer)).toContain(said);
  });
});
