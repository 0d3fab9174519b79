import { describe, expect, it } from 'vitest';
import { accessTokenIn, bearerToken, endOf, lifetimeOf, missingScopes, tokenSetOf } from '../../src/oidc/token-set.ts';
import { fc } from '../support/properties.ts';

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

describe('the end that a token names', () => {
  it.each([
    [now / 1000 + 600, now + 600_000],
    [1e300, now + year * 1000],
    [Number.POSITIVE_INFINITY, now + year * 1000],
  ])('%d is a time that a Date can hold', (exp, end) => {
    expect(endOf(exp, now)).toBe(end);
  });
});

describe('an access token', () => {
  it.each(['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln-_', 'opaque', 'with~the.rest+of/them=='])('may be %s', (text) => {
    expect(bearerToken(text)).toBe(text);
  });

  it.each([
    ['a line break, which would begin another header', 'a\r\nX-Evil: 1'],
    ['a line break at its end', 'a\n'],
    ['what a shell would run', 'a;reboot'],
    ['an escape sequence', 'a\u001b]0;pwned\u0007'],
    ['a nul byte', 'a\0b'],
    ['nothing', ''],
  ])('with %s is refused, unquoted', (_, text) => {
    expect(() => bearerToken(text)).toThrow(
      expect.objectContaining({
        kind: 'failed',
        code: 'access_token_not_valid',
        message: 'The server sent an access token with characters that are not allowed.',
        hint: expect.stringContaining('It was not kept.'),
      }),
    );
  });
});

describe('the scopes of an answer', () => {
  const scopeOf = (scope?: string) => accessTokenIn({ access_token: 'a', scope }, now).scope;

  it('are the names in it, however they are spaced', () => {
    expect(scopeOf(' openid  p1:read:user ')).toEqual(['openid', 'p1:read:user']);
  });

  it.each([undefined, '', ' '])('are those asked for where it names none (%j)', (scope) => {
    expect(scopeOf(scope)).toBeUndefined();
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
