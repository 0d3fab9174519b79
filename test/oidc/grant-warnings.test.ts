import { describe, expect, it } from 'vitest';
import { grantWarnings } from '../../src/oidc/grant-warnings.ts';

const tokens = { accessToken: 'a', idToken: 'verified', scope: ['openid'] };
const asked = { scope: ['openid'] };

describe('what a person is warned of after a sign-in', () => {
  it.each([
    ['all was granted', tokens, asked],
    ['one of the sign-on policies asked for was met', tokens, { ...asked, acrValues: 'Single_Factor Multi_Factor' }],
    ['the ID token was held against the age asked for', tokens, { ...asked, maxAge: 60 }],
  ])('is nothing where %s', (_why, given, wishes) => {
    expect(grantWarnings({ tokens: given, claims: { sub: 'user-1', acr: 'Multi_Factor' } }, wishes)).toEqual([]);
  });

  it('is that no sign-on policy is named as met, where some were asked for', () => {
    expect(grantWarnings({ tokens, claims: { sub: 'user-1' } }, { ...asked, acrValues: 'A  B' })).toEqual([
      'You asked for the sign-on policy A or B; PingOne does not say which it used.',
    ]);
  });

  it('is what cannot be known without an ID token, and of that no more than was asked', () => {
    const given = { tokens: { accessToken: 'a' }, claims: { sub: 'user-1' } };
    const nobodyVouches = expect.stringContaining(
      'Without an ID token only userinfo says who you are, and passwd refuses',
    );
    expect(grantWarnings(given, { ...asked, acrValues: 'A' })).toEqual([nobodyVouches]);
    expect(grantWarnings(given, { ...asked, maxAge: 0 })).toEqual([
      nobodyVouches,
      'Without an ID token the age of the sign-in cannot be checked.',
    ]);
  });

  it('is what goes without an access token', () => {
    const given = { tokens: { accessToken: '', idToken: 'verified' }, claims: { sub: 'user-1' } };
    expect(grantWarnings(given, asked)).toEqual([expect.stringContaining('There is no access token')]);
  });
});
