import type * as z from 'zod/mini';
import { Failure, type FailureDetail } from '../../errors.ts';
import { didYouMean } from '../../output/did-you-mean.ts';
import type { Mistake, Path } from './seed-text.ts';

/** Whose mistakes they are. */
export interface SeedOrigin {
  /** As messages begin, e.g. `The seed seed.json`. */
  readonly name: string;
  /** A code for scripts. */
  readonly code: 'seed_invalid' | 'users_invalid';
  /** Where a part stands in a file, e.g. `seed.json:3:17`; absent where it comes from no file. */
  readonly place?: (path: Path) => string;
}

/** More are not read. */
const mostMistakes = 20;

/** Says all of them at once, each with its place. */
export function seedFailure({ name, code, place }: SeedOrigin, mistakes: readonly Mistake[]): Failure {
  const details: readonly FailureDetail[] = mistakes.slice(0, mostMistakes).map(({ path, message }) => ({
    target: [place?.(path), pathText(path)].filter(Boolean).join(' ') || undefined,
    message,
  }));
  const more = mistakes.length - details.length;
  const many = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  return new Failure(
    'usage',
    `${name} has ${many}${more > 0 ? `, of which these are the first ${mostMistakes}` : ''}.`,
    {
      code,
      details,
      hint: 'What it may hold is in docs/sandbox.md, and for editors in the package, as ping14c/schemas/sandbox-seed.json.',
    },
  );
}

/** A part as JavaScript names it: `applications[1].redirectUris[0]`. */
function pathText(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      const name = String(key);
      if (!/^[\w$]+$/.test(name)) return `[${JSON.stringify(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

/** What fits the schema, or all that does not. */
export function fittingSchema<T>(
  schema: z.ZodMiniType<T>,
  given: unknown,
): { readonly kind: 'fits'; readonly value: T } | { readonly kind: 'misfits'; readonly mistakes: readonly Mistake[] } {
  try {
    const result = schema.safeParse(given, { error: wordsFor, reportInput: true });
    if (result.success) return { kind: 'fits', value: result.data };
    return { kind: 'misfits', mistakes: result.error.issues.flatMap((issue) => mistakesOf(issue, [])) };
  } catch (error) {
    // zod hands on the mistakes of a list as arguments, of which there can be too many, or one inside the other.
    if (!(error instanceof RangeError)) throw error;
    return { kind: 'misfits', mistakes: [{ path: [], message: 'has more mistakes than can be told' }] };
  }
}

type Issue = z.core.$ZodIssue;

function mistakesOf(issue: Issue, around: Path): readonly Mistake[] {
  const path = [...around, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({ path: [...path, key], message: messages[index] ?? '' }));
  }
  if (issue.code !== 'invalid_union') return [{ path, message: issue.message }];
  // What is of the right kind was meant to be that one.
  const meant = issue.errors.find(
    (issues) => !issues.some((one) => one.code === 'invalid_type' && one.path.length === 0),
  );
  if (meant) return meant.flatMap((one) => mistakesOf(one, path));
  const kinds = issue.errors.flat().flatMap((one) => (one.code === 'invalid_type' ? [kindWord(one.expected)] : []));
  return [{ path, message: `must be ${kinds.join(' or ')}` }];
}

/** The words that follow the name of a part; of several members that are not known, a line each. */
function wordsFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = Object.keys((issue.inst as z.ZodMiniObject).shape);
      return issue.keys.map((key) => `is not known here. ${nearOrAll(key, known)}`).join('\n');
    }
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kindWord(issue.expected)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}. ${didYouMean(String(issue.input), issue.values.map(String))}`.trim();
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? 'must not be empty'
        : `must be ${issue.minimum} or more`;
    case 'too_big':
      return `must be ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''} or less`;
    default:
      return undefined;
  }
}

/** What is said of a name that is none of these. */
export function noneOf(name: string, known: readonly string[]): string {
  if (known.length === 0) return 'is not known: there is none';
  return `must be one of ${known.join(', ')}. ${didYouMean(name, known)}`.trim();
}

function nearOrAll(key: string, known: readonly string[]): string {
  return didYouMean(key, known).trim() || `Known are ${known.filter((name) => !name.startsWith('$')).join(', ')}`;
}

function kindWord(expected: string): string {
  return kindWords[expected] ?? expected;
}

const kindWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
