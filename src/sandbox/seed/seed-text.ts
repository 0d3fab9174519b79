import { type AnyNode, type DocumentNode, parse } from '@humanwhocodes/momoa';
import { messageOf } from '../../errors.ts';
import { isTooDeep } from '../../json.ts';

/** The way from the whole to one of its parts: names of members, and places in lists. */
export type Path = readonly PropertyKey[];

/** What is wrong with a part, in the words that follow its name. */
export interface Mistake {
  readonly path: Path;
  readonly message: string;
}

/** A JSON text that was read. */
export interface SeedText {
  readonly value: unknown;
  /** What is wrong although it is JSON: a member that is given twice, of which every reader takes another. */
  readonly mistakes: readonly Mistake[];
  /** Where a part stands, as editors jump to it, e.g. `3:17`; that of what is around it where it is missing. */
  readonly place: (path: Path) => string;
}

/** Reads JSON, with the place of each part; or says where it stops being JSON, and why. */
export function readSeedText(text: string): SeedText | { readonly place: string; readonly problem: string } {
  const at = (offset: number) => placeOf(text, offset);
  if (text.trim() === '') return { place: at(0), problem: 'It is empty' };
  if (isTooDeep(text)) return { place: at(0), problem: 'It is nested too deep' };
  try {
    return { value: JSON.parse(text), ...places(parse(text, { mode: 'json' })) };
  } catch (error) {
    const { offset, problem } = syntaxProblem(text, messageOf(error));
    return { place: at(offset), problem };
  }
}

/** Node says what it has expected, and mostly where; where it does not, the other parser knows. */
function syntaxProblem(text: string, said: string): { readonly offset: number; readonly problem: string } {
  const [, problem, position] = /^(.+) in JSON at position (\d+)/.exec(said) ?? [];
  if (problem !== undefined) return { offset: Number(position), problem };
  if (said.startsWith('Unexpected end')) return { offset: text.length, problem: 'It ends too early' };
  const [token] = /^Unexpected token '.+?'/u.exec(said) ?? [];
  return { offset: offsetOfMistake(text), problem: token ?? 'It is not JSON' };
}

function offsetOfMistake(text: string): number {
  try {
    parse(text, { mode: 'json' });
  } catch (error) {
    if (error instanceof Error && 'offset' in error && typeof error.offset === 'number') return error.offset;
  }
  return 0;
}

function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}

function places({ body }: DocumentNode): Pick<SeedText, 'mistakes' | 'place'> {
  const known = new Map<string, string>();
  const mistakes: Mistake[] = [];
  const visit = (node: AnyNode, path: Path, begins: AnyNode = node) => {
    if (known.has(keyOf(path))) mistakes.push({ path, message: 'is given twice' });
    known.set(keyOf(path), `${begins.loc.start.line}:${begins.loc.start.column}`);
    if (node.type === 'Object') {
      for (const { name, value } of node.members) {
        visit(value, [...path, name.type === 'String' ? name.value : name.name], name);
      }
    }
    if (node.type === 'Array') node.elements.forEach(({ value }, index) => void visit(value, [...path, index]));
  };
  visit(body, []);
  const place = (path: Path): string => known.get(keyOf(path)) ?? place(path.slice(0, -1));
  return { mistakes, place };
}

function keyOf(path: Path): string {
  return JSON.stringify(path.map(String));
}
