import type { Fact } from './fact.ts';
import { isoTime, type Shape, uuid } from './shape.ts';

// docs/pingone.md, section 7.5.

const everyKind = {
  ABCDEFGHIJKLMNOPQRSTUVWXYZ: 1,
  abcdefghijklmnopqrstuvwxyz: 1,
  '~!@#$%^&*()-_=+[]{}|;:,.<>/?': 1,
};
const lockout = { failureCount: 5, durationSeconds: 900 };
const length = { min: 8, max: 255 };

/** The three that every environment starts with. */
const predefined: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  Standard: {
    description: 'A standard policy that incorporates industry best practices',
    excludesProfileData: true,
    notSimilarToCurrent: true,
    excludesCommonlyUsed: true,
    maxAgeDays: 182,
    minAgeDays: 1,
    maxRepeatedCharacters: 2,
    minUniqueCharacters: 5,
    minComplexity: undefined,
    history: { count: 6, retentionDays: 365 },
    lockout,
    length,
    minCharacters: everyKind,
    default: true,
  },
  Passphrase: {
    description: 'A policy that encourages the use of passphrases',
    excludesProfileData: true,
    notSimilarToCurrent: true,
    excludesCommonlyUsed: true,
    maxAgeDays: 182,
    minAgeDays: 1,
    maxRepeatedCharacters: 2,
    minUniqueCharacters: undefined,
    minComplexity: 7,
    history: { count: 6, retentionDays: 365 },
    lockout,
    length,
    minCharacters: undefined,
    default: false,
  },
  Basic: {
    description: 'A relaxed standard policy to allow for maximum customer flexibility.',
    excludesProfileData: false,
    notSimilarToCurrent: false,
    excludesCommonlyUsed: true,
    maxAgeDays: undefined,
    minAgeDays: undefined,
    maxRepeatedCharacters: undefined,
    minUniqueCharacters: undefined,
    minComplexity: undefined,
    history: undefined,
    lockout,
    length,
    minCharacters: everyKind,
    default: false,
  },
};

const named = (name: string) => (body: unknown) => {
  const { _embedded: embedded } = body as {
    readonly _embedded: { readonly passwordPolicies: readonly { readonly name: string }[] };
  };
  return embedded.passwordPolicies.some((policy) => policy.name === name);
};

export const policyFacts: readonly Fact[] = [
  ...Object.entries(predefined).map(
    ([name], index): Fact => ({
      section: '7.5',
      certainty: name === 'Standard' ? 'C' : 'C3',
      says: `The predefined policy ${name} has its recorded values; rules that it has not are absent`,
      request: { to: `{P}/passwordPolicies/f0000000-0000-4000-8000-00000000000${index + 1}`, as: 'worker' },
      expect: { status: 200, body: { name, ...predefined[name] } },
    }),
  ),
  ...Object.keys(predefined).map(
    (name): Fact => ({
      section: '7.5',
      certainty: 'C',
      says: `Every environment starts with the policy ${name}`,
      request: { to: '{P}/passwordPolicies', as: 'worker' },
      expect: { status: 200, body: named(name) },
    }),
  ),
  {
    section: '7.5',
    certainty: 'C',
    says: 'A policy has its links, id, environment, populationCount, createdAt, updatedAt',
    request: { to: '{P}/passwordPolicies/f0000000-0000-4000-8000-000000000001', as: 'worker' },
    expect: {
      status: 200,
      body: {
        _links: { self: { href: String }, environment: { href: '{P}' } },
        id: uuid,
        environment: { id: '{environment}' },
        populationCount: Number,
        createdAt: isoTime,
        updatedAt: isoTime,
      },
    },
  },
];
