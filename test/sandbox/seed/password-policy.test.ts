import { expect, it } from 'vitest';
import { passwordPolicies } from '../../../src/sandbox/seed/password-policy.ts';

// Recorded in docs/pingone.md, section 7.5.
it.each([
  ['Standard', { maxRepeatedCharacters: 2, minUniqueCharacters: 5 }],
  ['Passphrase', { maxRepeatedCharacters: 2, minComplexity: 7 }],
  ['Basic', {}],
])('the policy %s limits characters as the recorded one does', (wanted, limits) => {
  const { maxRepeatedCharacters, minUniqueCharacters, minComplexity } =
    passwordPolicies.find(({ name }) => name === wanted) ?? {};
  expect({ maxRepeatedCharacters, minUniqueCharacters, minComplexity }).toEqual(limits);
});
