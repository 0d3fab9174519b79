import { describe, expect, it } from 'vitest';
import { claimText, displayNameOf, knownClaim, knownClaims } from '../../src/oidc/claims.ts';

/** OpenID Connect Core, section 5.4. */
const claimsOfScopes = {
  profile:
    'name family_name given_name middle_name nickname preferred_username profile picture website gender birthdate zoneinfo locale updated_at',
  email: 'email email_verified',
  address: 'address',
  phone: 'phone_number phone_number_verified',
};

describe('a claim', () => {
  it.each(Object.entries(claimsOfScopes))('that the scope %s asks for is known to be: %s', (scope, names) => {
    expect(names.split(' ').filter((name) => knownClaim(name)?.scope !== scope)).toEqual([]);
  });

  it('that is known by its name is told in words', () => {
    expect(Object.entries(knownClaims).filter(([, { what }]) => !what)).toEqual([]);
  });

  it.each([
    ['RFC 7519, section 4.1.1', 'iss'],
    ['RFC 7519, section 4.1.2', 'sub'],
    ['RFC 7519, section 4.1.3', 'aud'],
    ['RFC 7519, section 4.1.4', 'exp'],
    ['RFC 7519, section 4.1.5', 'nbf'],
    ['RFC 7519, section 4.1.6', 'iat'],
    ['RFC 7519, section 4.1.7', 'jti'],
    ['RFC 9068, section 2.2', 'client_id'],
    ['RFC 9068, section 2.2.3', 'scope'],
    ['OpenID Connect Core, section 2', 'azp auth_time acr amr nonce'],
    ['OpenID Connect Core, section 3.2.2.9', 'at_hash'],
  ])('of %s is known with that section: %s', (standard, names) => {
    expect(names.split(' ').filter((name) => knownClaim(name)?.standard !== standard)).toEqual([]);
  });

  it('that is a time is known as one', () => {
    const times = Object.entries(knownClaims).filter(([, { isTime }]) => isTime);
    expect(times.map(([name]) => name)).toEqual(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);
  });

  it.each([
    ['acr', 'policies'],
    ['env', 'environment'],
    ['p1.region', 'environment'],
  ] as const)('such as %s is governed by the place in the console called %s', (name, place) => {
    expect(knownClaim(name)?.place).toBe(place);
  });

  it.each(['constructor', '__proto__', 'toString'])('called %s is not known', (name) => {
    expect(knownClaim(name)).toBeUndefined();
  });

  const december = 1_764_590_400;
  it.each([
    ['exp', december, undefined, /^\D*1 Dec 2025\D.*\d\d:\d\d/],
    ['exp', december, 'with the number', /^1764590400 \(.*Dec 2025.*\)$/],
    ['exp', 0, undefined, /1970/],
    ['exp', 8.64e12, undefined, /275760/],
    ['exp', 8.64e12 + 1, undefined, /^8640000000001$/],
    ['exp', -1, undefined, /^-1$/],
    ['exp', 'noon', undefined, /^noon$/],
    ['jti', december, undefined, /^1764590400$/],
    ['address', { country: 'GB\n' }, undefined, /^\{"country":"GB\\n"\}$/],
    ['name', 'Ada\u001b[2J', undefined, /^Ada\\u\{1b\}\[2J$/],
    ['name', null, undefined, /^$/],
    ['name', undefined, undefined, /^$/],
  ] as const)('%s of the value %j is shown as it should be', (name, value, times, shown) => {
    expect(claimText(name, value, times)).toMatch(shown);
  });
});

describe('what to call the person', () => {
  it.each([
    [{ name: 'Ada Lovelace', email: 'ada@example.com' }, 'Ada Lovelace (ada@example.com)'],
    [{ given_name: 'Ada', family_name: 'Lovelace' }, 'Ada Lovelace'],
    [{ family_name: 'Lovelace', preferred_username: 'ada' }, 'Lovelace'],
    [{ preferred_username: 'ada', email: 'ada@example.com' }, 'ada (ada@example.com)'],
    [{ preferred_username: 'ada@example.com', email: 'ada@example.com' }, 'ada@example.com'],
    [{ email: 'ada@example.com' }, 'ada@example.com'],
    [{ name: ' Ada ' }, 'Ada'],
    [{ name: '  ', sub: 'd1' }, 'd1'],
    [{ name: 7, email: ['x'], sub: 'd1' }, 'd1'],
    [{}, 'an unnamed user'],
  ])('%j is "%s"', (claims, name) => {
    expect(displayNameOf(claims)).toBe(name);
  });
});
