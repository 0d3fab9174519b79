import { countIn, flagIn, isJsonObject, type JsonObject, objectIn, textIn } from '../json.ts';

/**
 * A password policy in force (docs/pingone.md, section 7.5). An absent rule is not enforced. A member of another form than
 * that section tells counts as absent, because PingOne checks the password against all of them again.
 */
export interface PasswordPolicy {
  readonly name?: string | undefined;
  readonly minLength?: number | undefined;
  readonly maxLength?: number | undefined;
  /** Character sets, written out as PingOne has them, and how many characters of each there must be. */
  readonly minCharacters: readonly { readonly set: string; readonly count: number }[];
  readonly minUniqueCharacters?: number | undefined;
  readonly maxRepeatedCharacters?: number | undefined;
  /** Days that guessing at full speed must take at least. */
  readonly minComplexityDays?: number | undefined;
  readonly sequences: Readonly<Partial<Record<SequenceName, number>>>;
  readonly excludesCommonlyUsed: boolean;
  readonly excludesProfileData: boolean;
  readonly notSimilarToCurrent: boolean;
  readonly historyCount?: number | undefined;
  readonly minAgeDays?: number | undefined;
  readonly maxAgeDays?: number | undefined;
}

/** Rules against runs such as `abc`; each has the longest run that is allowed. */
export const sequenceNames = [
  'alphabetSequenceRule',
  'numberSequenceRule',
  'qwertySequenceRule',
  'shiftedNumberRowSequenceRule',
] as const;

export type SequenceName = (typeof sequenceNames)[number];

/** The policy inside a password state read with `?expand=passwordPolicy`; `undefined` where it was not expanded. */
export function narrowPasswordPolicy(body: unknown): PasswordPolicy | undefined {
  if (!isJsonObject(body)) return undefined;
  const length = objectIn(body, 'length');
  return {
    name: textIn(body, 'name'),
    minLength: limitIn(length, 'min'),
    maxLength: limitIn(length, 'max'),
    minCharacters: Object.entries(objectIn(body, 'minCharacters')).flatMap(([set, count]) =>
      set !== '' && Number.isSafeInteger(count) && (count as number) > 0 ? [{ set, count: count as number }] : [],
    ),
    minUniqueCharacters: limitIn(body, 'minUniqueCharacters'),
    maxRepeatedCharacters: limitIn(body, 'maxRepeatedCharacters'),
    minComplexityDays: limitIn(body, 'minComplexity'),
    sequences: Object.fromEntries(
      sequenceNames.flatMap((name) => {
        const longest = limitIn(objectIn(body, name), 'maxLength');
        return longest ? [[name, longest]] : [];
      }),
    ),
    excludesCommonlyUsed: flagIn(body, 'excludesCommonlyUsed') ?? false,
    excludesProfileData: flagIn(body, 'excludesProfileData') ?? false,
    notSimilarToCurrent: flagIn(body, 'notSimilarToCurrent') ?? false,
    historyCount: limitIn(objectIn(body, 'history'), 'count'),
    minAgeDays: limitIn(body, 'minAgeDays'),
    maxAgeDays: limitIn(body, 'maxAgeDays'),
  };
}

/** A limit of zero is no rule. */
function limitIn(object: JsonObject, key: string): number | undefined {
  return countIn(object, key) || undefined;
}
