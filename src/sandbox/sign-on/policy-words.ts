import type { UnsatisfiedRequirement } from '../directory/unsatisfied-requirements.ts';
import type { PasswordPolicy } from '../seed/password-policy.ts';

/** Says the rules in force, each in a few words, for a list that a person reads while choosing. */
export function policyWords(policy: PasswordPolicy): readonly string[] {
  return rulesOf(policy).map(({ words }) => words);
}

/** Says the rules that a new password does not satisfy, in PingOne's own words where there are no shorter ones. */
export function unmetWords(
  policy: PasswordPolicy | undefined,
  unmet: readonly UnsatisfiedRequirement[],
): readonly string[] {
  const rules = policy ? rulesOf(policy) : [];
  const words = unmet.map(({ name, message }) => {
    const rule = rules.find(({ requirement, characterSet = '' }) => {
      return requirement === name && message.includes([...characterSet].reverse().join(''));
    });
    return rule?.words ?? message;
  });
  return [...new Set(words)];
}

/** A rule of a password policy in a few words. */
interface RuleWords {
  readonly requirement: UnsatisfiedRequirement['name'];
  readonly words: string;
  /** Tells the rules of one requirement apart: PingOne's message quotes the set, reversed. */
  readonly characterSet?: string;
}

function rulesOf(policy: PasswordPolicy): readonly RuleWords[] {
  const { length, minCharacters = {}, minUniqueCharacters, maxRepeatedCharacters, history } = policy;
  const rules: readonly (RuleWords | undefined)[] = [
    length && { requirement: 'length', words: `${length.min} to ${length.max} characters` },
    ...Object.entries(minCharacters).map(
      ([characterSet, count]): RuleWords => ({
        requirement: 'minCharacters',
        words: `${count} ${setWords[characterSet] ?? `of ${characterSet}`}`,
        characterSet,
      }),
    ),
    minUniqueCharacters === undefined
      ? undefined
      : { requirement: 'minUniqueCharacters', words: `${minUniqueCharacters} different characters` },
    maxRepeatedCharacters === undefined
      ? undefined
      : { requirement: 'maxRepeatedCharacters', words: `at most ${maxRepeatedCharacters} of the same in a row` },
    policy.minComplexity === undefined ? undefined : { requirement: 'minComplexity', words: 'long or varied enough' },
    policy.excludesCommonlyUsed ? { requirement: 'excludesCommonlyUsed', words: 'not commonly used' } : undefined,
    policy.excludesProfileData ? { requirement: 'excludesProfileData', words: 'nothing from your profile' } : undefined,
    policy.notSimilarToCurrent
      ? { requirement: 'notSimilarToCurrent', words: 'not similar to the current one' }
      : undefined,
    { requirement: 'history', words: history ? `none of your last ${history.count}` : 'not the current one' },
  ];
  return rules.filter((rule) => rule !== undefined);
}

const setWords: Readonly<Record<string, string>> = {
  ABCDEFGHIJKLMNOPQRSTUVWXYZ: 'of A–Z',
  abcdefghijklmnopqrstuvwxyz: 'of a–z',
  '0123456789': 'of 0–9',
  '1234567890': 'of 0–9',
};
