import { describe, expect, it } from 'vitest';
import { narrowPasswordPolicy, type PasswordPolicy } from '../../src/pingone/password-policy.ts';
import { checklist, requirements } from '../../src/pingone/password-requirements.ts';
import { fc, outsideText } from '../support/properties.ts';

// Values of PingOne's three predefined policies (docs/pingone.md, section 7.5).
const standard = policy({
  excludesProfileData: true,
  notSimilarToCurrent: true,
  excludesCommonlyUsed: true,
  maxAgeDays: 182,
  minAgeDays: 1,
  maxRepeatedCharacters: 2,
  minUniqueCharacters: 5,
  history: { count: 6, retentionDays: 365 },
  lockout: { failureCount: 5, durationSeconds: 900 },
  length: { min: 8, max: 255 },
  minCharacters: {
    ABCDEFGHIJKLMNOPQRSTUVWXYZ: 1,
    abcdefghijklmnopqrstuvwxyz: 1,
    '1234567890': 1,
    '~!@#$%^&*()-_=+[]{}|;:,.<>/?': 1,
  },
});
const passphrase = policy({ minComplexity: 7, maxRepeatedCharacters: 2, length: { min: 8, max: 255 } });

const nothing = { currentPassword: 'Something else 1!', profileValues: [] };

function unmetRequirements(...[rules, password, known]: Parameters<typeof checklist>) {
  return checklist(rules, password, known).filter(({ verdict }) => verdict === 'unmet');
}

describe('the rules of a policy', () => {
  it('name a set of characters so that a terminal shows it', () => {
    const [text] = requirements(policy({ minCharacters: { 'x\u001b]0;pwned\u0007\u202e': 1 } })).map((one) => one.text);
    expect(text).toBe('at least 1 of x\\u{1b}]0;pwned\\u{7}\\u{202e}');
  });

  it('are told in words by PingOne’s names, those that only PingOne can check last', () => {
    expect(requirements(standard).map(({ name, text }) => [name, text])).toEqual([
      ['length', 'at least 8 characters'],
      ['length', 'at most 255 characters'],
      ['minCharacters', 'at least 1 capital letter (A–Z)'],
      ['minCharacters', 'at least 1 small letter (a–z)'],
      ['minCharacters', 'at least 1 digit (0–9)'],
      ['minCharacters', 'at least 1 of ~!@#$%^&*()-_=+[]{}|;:,.<>/?'],
      ['minUniqueCharacters', 'at least 5 different characters'],
      ['maxRepeatedCharacters', 'no character more than twice in a row'],
      ['excludesProfileData', 'not your name, e-mail or other data of your profile'],
      ['history', 'not the current password'],
      ['excludesCommonlyUsed', 'not a commonly used password'],
      ['notSimilarToCurrent', 'not similar to the current password'],
      ['history', 'not one of the last 6 passwords'],
    ]);
  });

  it.each<[object, string[]]>([
    [{}, []],
    [{ minCharacters: { ABCDEFGHIJKLMNOPQRSTUVWXYZ: 2 } }, ['at least 2 capital letters (A–Z)']],
    [{ minCharacters: { zyxwvutsrqponmlkjihgfedcba: 3 } }, ['at least 3 small letters (a–z)']],
    [{ minCharacters: { '0123456789': 4, '!?': 2 } }, ['at least 4 digits (0–9)', 'at least 2 of !?']],
    [{ maxRepeatedCharacters: 3 }, ['no character more than 3 times in a row']],
    [{ minComplexity: 7 }, ['hard to guess: longer or more varied (7 days of guessing)']],
    [{ alphabetSequenceRule: { maxLength: 2 } }, ['no more than 2 letters in alphabetical order']],
    [{ numberSequenceRule: { maxLength: 3 } }, ['no more than 3 digits in counting order']],
    [{ qwertySequenceRule: { maxLength: 3 } }, ['no more than 3 keys in a row on the keyboard']],
    [{ shiftedNumberRowSequenceRule: { maxLength: 3 } }, ['no more than 3 signs in a row on the keyboard']],
  ])('of %j are told in words, beside that the current one is refused', (body, texts) => {
    const told = requirements(policy(body)).map(({ text }) => text);
    expect(told).toEqual([...texts, 'not the current password']);
  });

  it('call a history of one the password before', () => {
    const [, before] = requirements(policy({ history: { count: 1 } }));
    expect(before?.text).toBe('not the password before');
  });

  it.each([
    ['Sh0rt!x', ['at least 8 characters']],
    ['a'.repeat(300), ['at most 255 characters', 'at least 1 capital letter (A–Z)', 'at least 1 digit (0–9)']],
    ['no capital 1', ['at least 1 capital letter (A–Z)', 'at least 1 of ~!@#$%^&*()-_=+[]{}|;:,.<>/?']],
    ['NO SMALL 1!', ['at least 1 small letter (a–z)']],
    ['No digit here!', ['at least 1 digit (0–9)']],
    ['Aa1!Aa1!', ['at least 5 different characters']],
    ['Laaate 1!', ['no character more than twice in a row']],
    ['Something else 1!', ['not the current password']],
  ])('%s breaks what it breaks', (password, expected) => {
    const texts = unmetRequirements(standard, password, nothing).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(expected));
  });

  it.each(['Correct horse 7 battery!', 'pässWörter-sind-2-lang'])('%s breaks none', (password) => {
    expect(unmetRequirements(standard, password, nothing)).toEqual([]);
  });

  it('a value of the profile is refused, and so is the current password', () => {
    const known = { currentPassword: 'Old password 1!', profileValues: ['Ada.Lovelace-1815'] };
    expect(unmetRequirements(standard, 'Ada.Lovelace-1815', known).map(({ name }) => name)).toEqual([
      'excludesProfileData',
    ]);
    expect(unmetRequirements(standard, 'Old password 1!', known).map(({ name }) => name)).toEqual(['history']);
  });

  it('what is not known is left to PingOne', () => {
    expect(unmetRequirements(standard, 'Ada.Lovelace-1815', {})).toEqual([]);
    const rule = requirements(standard).find(({ name }) => name === 'excludesProfileData');
    expect(rule?.isMet?.('x', {})).toBeUndefined();
  });

  it.each([
    ['aaaaaaaa', false],
    ['tr0ub4do', false],
    ['four words are fine', true],
    ['Zx9#Zx9#Zx', true],
    // Exactly long enough for their sorts of characters, at 10^11 guesses a second (docs/pingone.md, section 7.5).
    ['31415926535897932', true],
    ['3141592653589793', false],
    ['correcthorse', true],
    ['correcthors', false],
    ['CorrectHor', true],
    ['CorrectHo', false],
    ['[{(<#@$%&!?=', true],
    ['[{(<#@$%&!?', false],
    // Of letters beyond ASCII there are many more.
    ['пароль-из-русских-слов', true],
    ['безпробелов', true],
    ['密码很长的一句话呀', true],
    ['яяяя', false],
  ])('guessing %s for a week: %s', (password, held) => {
    const names = unmetRequirements(passphrase, password, nothing).map(({ name }) => name);
    expect(!names.includes('minComplexity')).toBe(held);
  });

  // An emoji is one code point and two units of UTF-16. Nobody knows which of them PingOne counts.
  it.each([
    ['1234567', 8, 10, ['at least 8 characters']],
    ['12345678', 8, 10, []],
    ['1234567890', 8, 10, []],
    ['12345678901', 8, 10, ['at most 10 characters']],
    ['😀😁😂🤣😃😄😅😆😉😊', 8, 10, []],
    ['😀😁😂🤣😃😄😅😆😉😊😋', 8, 10, ['at most 10 characters']],
    ['😀😁😂🤣', 8, 10, []],
    ['😀😁😂', 8, 10, ['at least 8 characters']],
  ])('%s has a length between %i and %i but for %j', (password, min, max, unmet) => {
    const rule = policy({ length: { min, max } });
    expect(unmetRequirements(rule, password, nothing).map(({ text }) => text)).toEqual(unmet);
  });

  it.each([
    [{ minUniqueCharacters: 3 }, 'abab', 'abca'],
    [{ maxRepeatedCharacters: 2 }, 'abbb', 'aabb'],
    [{ minCharacters: { '0123456789': 2 } }, 'a1', '1a2'],
  ])('%j refuses %s and takes %s', (body, bad, good) => {
    expect(unmetRequirements(policy(body), bad, nothing)).toHaveLength(1);
    expect(unmetRequirements(policy(body), good, nothing)).toEqual([]);
  });

  it.each([
    ['password-2', 'doubtful', 'one is another'],
    ['Password-12', 'doubtful', 'one is another, and one more'],
    ['password', 'doubtful', 'two fewer'],
    ['a-password-1', 'doubtful', 'two more'],
    ['Passwort-1', 'doubtful', 'two are others'],
    ['Passwort-2', 'left', 'three are others'],
    ['ssword-1y', 'left', 'two fewer, and one more'],
  ])('%s after password-1 may be too similar: %s (%s)', (password, verdict) => {
    const rules = checklist(policy({ notSimilarToCurrent: true }), password, { currentPassword: 'password-1' });
    expect(rules.find(({ name }) => name === 'notSimilarToCurrent')).toMatchObject({ verdict });
  });

  it.each([
    ['alphabetSequenceRule', 2, 'xabcx', 'xabx'],
    ['alphabetSequenceRule', 3, 'WXYZ', 'WXY'],
    ['numberSequenceRule', 3, '2345', '234'],
    ['qwertySequenceRule', 3, 'asdf', 'asd'],
    ['qwertySequenceRule', 3, 'UIOP', 'uioP'],
    ['qwertySequenceRule', 3, 'vbnm', 'lzxc'],
    ['shiftedNumberRowSequenceRule', 3, '!@#$', '!@#'],
    ['shiftedNumberRowSequenceRule', 3, '%^&*', '*()!'],
  ])('%s allows runs of %i', (name, maxLength, bad, good) => {
    const rule = policy({ [name]: { maxLength } });
    expect(unmetRequirements(rule, bad, nothing).map((unmet) => unmet.name)).toEqual([name]);
    expect(unmetRequirements(rule, good, nothing)).toEqual([]);
  });
});

describe('any policy and any password', () => {
  const anyPassword = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), outsideText);
  const anyPolicy = fc.record(
    {
      length: fc.oneof(fc.record({ min: fc.nat(40), max: fc.nat(300) }), fc.jsonValue()),
      minCharacters: fc.oneof(fc.dictionary(fc.string(), fc.integer({ min: -3, max: 9 })), fc.jsonValue()),
      minUniqueCharacters: fc.oneof(fc.nat(10), fc.jsonValue()),
      maxRepeatedCharacters: fc.oneof(fc.nat(5), fc.jsonValue()),
      minComplexity: fc.oneof(fc.nat(400), fc.jsonValue()),
      qwertySequenceRule: fc.oneof(fc.record({ maxLength: fc.nat(4) }), fc.jsonValue()),
      history: fc.jsonValue(),
      excludesProfileData: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );

  it('an absent rule is never enforced: an empty policy lets every other password pass', () => {
    fc.assert(
      fc.property(anyPassword, (password) => {
        expect(unmetRequirements(policy({}), password, { currentPassword: `${password}.` })).toEqual([]);
      }),
    );
  });

  it('is judged without a crash, and unmet rules are rules of the policy', () => {
    fc.assert(
      fc.property(anyPolicy, anyPassword, (body, password) => {
        const narrowed = policy(body);
        const texts = requirements(narrowed).map(({ text }) => text);
        for (const unmet of unmetRequirements(narrowed, password, nothing)) expect(texts).toContain(unmet.text);
      }),
    );
  });

  it('a set of characters counts by its members, in whatever order they are written', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }), { minLength: 1 }),
        fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (members, password, count) => {
          const verdicts = [members, [...members].reverse()].map(
            (order) =>
              unmetRequirements(policy({ minCharacters: { [order.join('')]: count } }), password, nothing).length,
          );
          const there = [...password].filter((character) => members.includes(character)).length;
          expect(verdicts).toEqual(Array(2).fill(there >= count ? 0 : 1));
        },
      ),
    );
  });

  it('a longer password of the same sorts is never easier to guess', () => {
    const rule = policy({ minComplexity: 7 });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 }), (password) => {
        const breaks = (candidate: string) => unmetRequirements(rule, candidate, nothing).length;
        expect(breaks(password + password)).toBeLessThanOrEqual(breaks(password));
      }),
    );
  });
});

function policy(body: unknown): PasswordPolicy {
  const narrowed = narrowPasswordPolicy(body);
  if (!narrowed) throw new Error('not a policy');
  return narrowed;
}
