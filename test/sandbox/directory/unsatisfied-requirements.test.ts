import { describe, expect, it } from 'vitest';
import { innerErrorOf, unsatisfiedRequirements } from '../../../src/sandbox/directory/unsatisfied-requirements.ts';
import { type PasswordPolicy, passwordPolicies } from '../../../src/sandbox/seed/password-policy.ts';
import { fc, outsideText } from '../../support/properties.ts';

const policyNamed = (name: string): PasswordPolicy => {
  const policy = passwordPolicies.find((candidate) => candidate.name === name);
  if (!policy) throw new Error(`no policy ${name}`);
  return policy;
};
const standard = policyNamed('Standard');
const nothing: PasswordPolicy = { id: '', name: 'Empty', description: '', default: false };

function unmet(
  policy: PasswordPolicy,
  password: string,
  known: { profile?: string[]; current?: string; used?: boolean } = {},
) {
  return unsatisfiedRequirements(policy, {
    password,
    profile: known.profile ?? [],
    used: known.used ?? false,
    current: known.current,
  });
}
const names = (...asked: Parameters<typeof unmet>) => unmet(...asked).map(({ name }) => name);

describe('the Standard policy names what a candidate does not meet', () => {
  it.each([
    ['Correct-Horse-7', []],
    ['Sh0rt-x', ['length']],
    [`Aa1-${'xyz'.repeat(84)}`, ['length']],
    ['correct-horse-7', ['minCharacters']],
    ['CORRECT-HORSE-7', ['minCharacters']],
    ['Correct-Horse-x', ['minCharacters']],
    ['CorrectHorse77', ['minCharacters']],
    ['correcthorse', ['minCharacters', 'minCharacters', 'minCharacters']],
    ['Aa1-Aa1-Aa1-', ['minUniqueCharacters']],
    ['Correct-Hooorse-7', ['maxRepeatedCharacters']],
    ['P@ssw0rd-2026', ['excludesCommonlyUsed']],
    ['Drowssap-2026', ['excludesCommonlyUsed']],
    ['', ['length', 'minCharacters', 'minCharacters', 'minCharacters', 'minCharacters', 'minUniqueCharacters']],
  ])('%j: %j', (password, expected) => {
    expect(names(standard, password)).toEqual(expected);
  });

  it('a value of the profile is refused whole and whatever its case, a part of it is not', () => {
    const profile = ['Ada.Lovelace-1815@example.com'];
    expect(names(standard, 'ada.lovelace-1815@EXAMPLE.com', { profile })).toEqual(['excludesProfileData']);
    expect(names(standard, 'Ada.Lovelace-1815', { profile })).toEqual([]);
  });

  it.each([
    ['Correct-Horse-8', ['notSimilarToCurrent']],
    ['Correct-Horse-78!', ['notSimilarToCurrent']],
    ['correct-Horse-7', ['notSimilarToCurrent']],
    ['orrect-Hoarse-7', ['notSimilarToCurrent']],
    ['ocrrect-Horse-7', ['notSimilarToCurrent']],
    ['Correct-Mouse-8', []],
  ])('after Correct-Horse-7, %s: %j', (password, expected) => {
    expect(names(standard, password, { current: 'Correct-Horse-7' })).toEqual(expected);
  });

  it('a password that was used before is refused by the history', () => {
    expect(names(standard, 'Correct-Horse-7', { used: true })).toEqual(['history']);
  });
});

describe('rules that the predefined policies leave out', () => {
  it.each<[keyof PasswordPolicy, Partial<PasswordPolicy>, string, string]>([
    ['alphabetSequenceRule', { alphabetSequenceRule: { maxLength: 3 } }, 'x-abcd-x', 'x-abc-x'],
    ['alphabetSequenceRule', { alphabetSequenceRule: { maxLength: 2 } }, 'x-CBA-x', 'x-CB-x'],
    ['numberSequenceRule', { numberSequenceRule: { maxLength: 3 } }, 'x7890x', 'x789x'],
    ['qwertySequenceRule', { qwertySequenceRule: { maxLength: 3 } }, 'xAsDfx', 'xAsDx'],
    ['shiftedNumberRowSequenceRule', { shiftedNumberRowSequenceRule: { maxLength: 3 } }, 'x!@#$x', 'x!@#x'],
    ['minComplexity', { minComplexity: 7 }, 'aB3-aB3-', 'correct horse battery'],
    ['minComplexity', { minComplexity: 7 }, 'lowercase', 'lowercaseonly'],
  ])('%s refuses %s', (name, rule, refused, taken) => {
    expect(names({ ...nothing, ...rule }, refused)).toEqual([name]);
    expect(names({ ...nothing, ...rule }, taken)).toEqual([]);
  });

  it('a policy without rules takes whatever is not in the history', () => {
    fc.assert(
      fc.property(outsideText, (password) => {
        expect(unmet(nothing, password)).toEqual([]);
      }),
    );
  });

  it('characters outside of ASCII make a passphrase complex', () => {
    expect(names(policyNamed('Passphrase'), 'éééààà漢字')).not.toContain('minComplexity');
  });
});

it.each([
  ['of letters', 'x7Q_'.repeat(125_000), ['length']],
  ['of what is no letter', '1'.repeat(500_000), ['length']],
  ['much like the current one', `${'aB3-'.repeat(125_000)}xy`, ['length', 'notSimilarToCurrent']],
])(
  'half a megabyte of a password %s keeps nobody waiting',
  (_, password, expected) => {
    const policy: PasswordPolicy = { ...standard, notSimilarToCurrent: true, minComplexity: 7 };
    // A step for each pair of characters would take hours.
    expect(names(policy, password, { current: 'aB3-'.repeat(125_000) })).toEqual(expect.arrayContaining(expected));
  },
  20_000,
);

describe('the recorded words of PingOne', () => {
  it('are its own, one text for each distinct name, names with duplicates, the set reversed after two spaces', () => {
    expect(innerErrorOf(unmet(standard, 'aaa'))).toEqual({
      unsatisfiedRequirements: [
        'length',
        'minCharacters',
        'minCharacters',
        'minCharacters',
        'minUniqueCharacters',
        'maxRepeatedCharacters',
      ],
      length: 'The provided password is shorter than the minimum required length of 8 characters',
      minCharacters:
        "The provided password did not contain enough characters from the character set 'ZYXWVUTSRQPONMLKJIHGFEDCBA'.  The minimum number of characters from that set that must be present in user passwords is 1",
      minUniqueCharacters:
        'The provided password does not contain enough unique characters.  The minimum number of unique characters that may appear in a user password is 5',
      maxRepeatedCharacters:
        'The provided password is not acceptable because it contains a character repeated more than 2 times in a row',
    });
  });

  it.each([
    [
      'excludesCommonlyUsed',
      'The provided password (or a variant of that password) was found in a list of prohibited passwords',
      'Welcome-2026',
      false,
    ],
    [
      'history',
      'The provided new password cannot be the same as the current password or any password in the password history.',
      'Correct-Horse-7',
      true,
    ],
  ])('for %s', (name, message, password, used) => {
    expect(unmet(standard, password, { used })).toEqual([{ name, message }]);
  });

  it('every unmet requirement has a text of its own', () => {
    fc.assert(
      fc.property(outsideText, (password) => {
        const refused = unmet(standard, password);
        const inner = innerErrorOf(refused);
        expect(Object.keys(inner).sort()).toEqual(
          ['unsatisfiedRequirements', ...new Set(refused.map(({ name }) => name))].sort(),
        );
      }),
    );
  });
});
