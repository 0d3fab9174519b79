import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifetimeOf, missingScopes, tokenSetOf } from '../../src/auth/token-answer.ts';

const now = 1_750_000_000_000;
const year = 366 * 24 * 3600;

describe('the lifetime of a token', () => {
  it.each([
    [3600, 3600],
    ['3600', 3600],
    [59.9, 59],
    [0, 0],
    [undefined, undefined],
    [null, undefined],
    ['', undefined],
    ['soon', undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, year],
    [1e300, year],
  ])('%j is %j seconds', (given, expected) => {
    expect(lifetimeOf(given)).toBe(expected);
  });

  it('makes a time that a Date can hold, or none, of whatever a server sends', () => {
    fc.assert(
      fc.property(fc.anything(), (expiresIn) => {
        const answer = { access_token: 'a', token_type: 'bearer', expires_in: expiresIn } as never;
        const { expiresAt } = tokenSetOf(answer, now);
        expect(expiresAt === undefined || !Number.isNaN(new Date(expiresAt).getTime())).toBe(true);
        expect(expiresAt ?? now).toBeGreaterThanOrEqual(now);
      }),
    );
  });
});

describe('scopes not granted', () => {
  const tokens = { accessToken: 'a' };

  it.each([
    ['named', ['openid', 'email'], { ...tokens, scope: ['openid'] }, ['email']],
    ['none when the server names none', ['openid', 'email'], tokens, []],
    ['none when more was granted', ['openid'], { ...tokens, scope: ['openid', 'email'] }, []],
    [
      'not offline_access where a refresh token came',
      ['offline_access'],
      { ...tokens, scope: [], refreshToken: 'r' },
      [],
    ],
    ['offline_access where none came', ['offline_access'], { ...tokens, scope: ['openid'] }, ['offline_access']],
  ])('are %s', (_name, asked, granted, missing) => {
    expect(missingScopes(asked, granted)).toEqual(missing);
  });
});
