/** A password policy. An absent property is a rule that is not enforced (docs/pingone.md, section 7.5). */
export interface PasswordPolicy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly default: boolean;
  readonly excludesProfileData?: boolean;
  readonly notSimilarToCurrent?: boolean;
  readonly excludesCommonlyUsed?: boolean;
  readonly maxAgeDays?: number;
  readonly minAgeDays?: number;
  readonly maxRepeatedCharacters?: number;
  readonly minUniqueCharacters?: number;
  readonly minComplexity?: number;
  readonly history?: { readonly count: number; readonly retentionDays: number };
  readonly lockout?: { readonly failureCount: number; readonly durationSeconds: number };
  readonly length?: { readonly min: number; readonly max: number };
  /** By literal character set: how many of it there must be. */
  readonly minCharacters?: Readonly<Record<string, number>>;
  readonly alphabetSequenceRule?: { readonly maxLength: number };
  readonly numberSequenceRule?: { readonly maxLength: number };
  readonly qwertySequenceRule?: { readonly maxLength: number };
  readonly shiftedNumberRowSequenceRule?: { readonly maxLength: number };
}

const oneOfEachSet = {
  ABCDEFGHIJKLMNOPQRSTUVWXYZ: 1,
  abcdefghijklmnopqrstuvwxyz: 1,
  '0123456789': 1,
  '~!@#$%^&*()-_=+[]{}|;:,.<>/?': 1,
};

/** The three policies that every environment starts with, with their recorded values (docs/pingone.md, section 7.5). */
export const passwordPolicies: readonly PasswordPolicy[] = [
  {
    id: 'f0000000-0000-4000-8000-000000000001',
    name: 'Standard',
    description: 'A standard policy that incorporates industry best practices',
    default: true,
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
    minCharacters: oneOfEachSet,
  },
  {
    id: 'f0000000-0000-4000-8000-000000000002',
    name: 'Passphrase',
    description: 'A policy that encourages the use of passphrases',
    default: false,
    excludesProfileData: true,
    notSimilarToCurrent: true,
    excludesCommonlyUsed: true,
    maxAgeDays: 182,
    minAgeDays: 1,
    maxRepeatedCharacters: 2,
    minComplexity: 7,
    history: { count: 6, retentionDays: 365 },
    lockout: { failureCount: 5, durationSeconds: 900 },
    length: { min: 8, max: 255 },
  },
  {
    id: 'f0000000-0000-4000-8000-000000000003',
    name: 'Basic',
    description: 'A relaxed standard policy to allow for maximum customer flexibility.',
    default: false,
    excludesProfileData: false,
    notSimilarToCurrent: false,
    excludesCommonlyUsed: true,
    lockout: { failureCount: 5, durationSeconds: 900 },
    length: { min: 8, max: 255 },
    minCharacters: oneOfEachSet,
  },
];
