import { describe, expect, it } from 'vitest';
import { personRows } from '../../src/cli/person.ts';
import { safeText } from '../../src/output/safe-text.ts';
import { fc, outsideText } from '../support/properties.ts';

const nothing = { idToken: {}, userinfo: {}, user: undefined, password: undefined };

describe('a person', () => {
  it('is told once where all sources say the same, and by each where they do not', () => {
    const rows = personRows({
      ...nothing,
      idToken: { name: 'Ada King', preferred_username: 'ada', email: 'ada@example.com' },
      userinfo: { name: 'Ada Lovelace', preferred_username: 'ada', email: 'ada@new.example' },
      user: userWith({ 'name.formatted': 'Ada Lovelace', username: 'ada', email: 'ada@old.example' }),
    });
    expect(rows).toEqual([
      ['Name', 'Ada Lovelace (userinfo, user record); Ada King (ID token)'],
      ['User name', 'ada'],
      ['Email', 'ada@new.example (userinfo); ada@example.com (ID token); ada@old.example (user record)'],
    ]);
  });

  it('differs in nothing from a source that is silent', () => {
    const rows = personRows({ ...nothing, idToken: { email: 'ada@example.com' }, userinfo: { email: null, name: '' } });
    expect(rows).toEqual([['Email', 'ada@example.com']]);
  });

  it('has a name made of its parts where nobody tells the whole of it', () => {
    const parts = { given_name: 'Ada', family_name: 'Lovelace' };
    const user = userWith({ 'name.given': 'Ada', 'name.family': 'Lovelace' });
    expect(personRows({ ...nothing, idToken: parts, user })[0]).toEqual(['Name', 'Ada Lovelace']);
    expect(personRows({ ...nothing, idToken: { ...parts, name: 'Ada King' }, user })[0]).toEqual(['Name', 'Ada King']);
  });

  it('is told by ID where there is neither name nor address', () => {
    expect(personRows({ ...nothing, idToken: { sub: 'd000' } })).toEqual([['User ID', 'd000']]);
  });

  it.each([
    [59_999, 'the same'],
    [60_000, 'another'],
  ])('has signed on again only where the record says so by more than %i ms: %s', (later, sameOrNot) => {
    const at = Date.UTC(2026, 10, 23, 20, 40);
    const user = userWith({ 'lastSignOn.at': new Date(at + later).toISOString() });
    const [, row] = personRows({ ...nothing, idToken: { sub: 'd000', auth_time: at / 1000 }, user });
    expect(row).toEqual(['Last sign-on', expect.stringMatching(/2026, /)]);
    expect(row?.[1].includes('(user record)')).toBe(sameOrNot === 'another');
  });

  it.each([
    ['OK', 'OK'],
    ['MUST_CHANGE_PASSWORD', 'must be changed at the next sign-on'],
    ['SOMETHING_NEW\u001b', 'SOMETHING_NEW\\u{1b}'],
    ['constructor', 'constructor'],
  ])('has a password in the state %j: %s', (status, words) => {
    const user = { ...userWith({}), passwordStatus: status };
    expect(personRows({ ...nothing, user })).toContainEqual(['Password', words]);
  });

  it('is told by what is known, whatever else is not', () => {
    expect(personRows(nothing)).toEqual([]);
  });

  it('has a password with its dates where its state could be read', () => {
    const lastChangedAt = Date.UTC(2026, 10, 1);
    const policy = { minCharacters: [], sequences: {}, ...flags, maxAgeDays: 30 };
    const [, row] = personRows({
      ...nothing,
      userinfo: { sub: 'd000' },
      password: { status: 'PASSWORD_EXPIRED', lastChangedAt, policy },
    });
    expect(row?.[1]).toMatch(/^expired; changed \d+ \w+ 2026; good until \d+ \w+ 2026$/);
  });

  it('of any content comes out as text that no terminal obeys', () => {
    const names = ['sub', 'name', 'given_name', 'preferred_username', 'email', 'auth_time'];
    const claims = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), outsideText));
    const attributes = fc.dictionary(
      fc.constantFrom('username', 'email', 'name.formatted', 'lastSignOn.at'),
      outsideText,
    );
    fc.assert(
      fc.property(claims, claims, attributes, (idToken, userinfo, known) => {
        const rows = personRows({ ...nothing, idToken, userinfo, user: userWith(known) });
        for (const cell of rows.flat()) expect(safeText(cell)).toBe(cell);
      }),
    );
  });
});

const flags = { excludesCommonlyUsed: false, excludesProfileData: false, notSimilarToCurrent: false };

function userWith(attributes: Readonly<Record<string, string>>) {
  return { id: 'd000', attributes, record: {} };
}
