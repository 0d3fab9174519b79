import type { Mistake, Path } from './seed-text.ts';

/** Collects what is wrong with parts that are right by themselves. */
export interface Merge {
  readonly mistakes: Mistake[];
  readonly mistake: (path: Path, message: string) => void;
}

export function merging(): Merge {
  const mistakes: Mistake[] = [];
  return { mistakes, mistake: (path, message) => void mistakes.push({ path, message }) };
}

/** What a list of things that have an ID and another key goes by. */
interface ListOf<Given, Thing> {
  readonly at: Path;
  /** The member that tells which one is meant. */
  readonly key: keyof Given & string;
  readonly keyOfGiven: (given: Given) => string | undefined;
  readonly keyOfThing: (thing: Thing) => string;
  /** The first letters of the IDs of those that have none. */
  readonly idPrefix: string;
  readonly made: (given: Given, id: string, before: Thing | undefined, path: Path) => Thing;
}

/** Those that were there, and behind them those that are given, some of them in the place of one that was there. */
export function mergedList<Given extends { readonly id?: string | undefined }, Thing extends { readonly id: string }>(
  { mistake }: Merge,
  there: readonly Thing[],
  given: readonly Given[],
  { at, key, keyOfGiven, keyOfThing, idPrefix, made }: ListOf<Given, Thing>,
): readonly Thing[] {
  const keys = new Map<string, number>();
  given.forEach((one, index) => {
    const own = keyOfGiven(one);
    if (own === undefined) return;
    const first = keys.get(own);
    if (first === undefined) keys.set(own, index);
    else mistake([...at, index, key], `is taken by the ${ordinal(first)}`);
  });
  const kept = there.filter((thing) => !keys.has(keyOfThing(thing)));
  const ids = new Map(kept.map(({ id }) => [id, 'one that every sandbox has']));
  given.forEach(({ id }, index) => {
    if (id === undefined) return;
    const owner = ids.get(id);
    if (owner === undefined) ids.set(id, `the ${ordinal(index)}`);
    else mistake([...at, index, 'id'], `is taken by ${owner}`);
  });
  const things = given.map((one, index) => {
    const before = there.find((thing) => keyOfThing(thing) === keyOfGiven(one));
    const id = one.id ?? before?.id ?? freeId(idPrefix, index + 1, ids);
    ids.set(id, `the ${ordinal(index)}`);
    return made(one, id, before, [...at, index]);
  });
  return [...kept, ...things];
}

export function ordinal(index: number): string {
  return ['first', 'second', 'third'][index] ?? `${index + 1}th`;
}

/** An ID for what has none: readable, the same each time, and apart from those that every sandbox has. */
function freeId(prefix: string, position: number, taken: ReadonlyMap<string, unknown>): string {
  for (let at = position; ; at += 1) {
    const id = `${prefix}000000-0000-4000-8001-${String(at).padStart(12, '0')}`;
    if (!taken.has(id)) return id;
  }
}

/** An absent member and one that is `undefined` are the same to whoever writes a seed, and not to what is put over defaults. */
export function withoutUndefined<T extends object>(object: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: Exclude<T[Name], undefined>;
  };
}
