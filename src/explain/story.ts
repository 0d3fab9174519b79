import { safeText } from '../output/safe-text.ts';
import { type ConsolePlace, consolePlaces } from '../pingone/console-places.ts';

/** What a parameter, a member or a claim is, for somebody who learns the protocol. */
export interface Note {
  readonly what: string;
  /** Section of the standard. */
  readonly standard?: string;
  /** The setting in the console that governs it. */
  readonly place?: ConsolePlace;
  /** Whoever has the value may do something with it: it is never shown. */
  readonly secret?: true;
}

export type Notes = Readonly<Record<string, Note>>;

/** One step of the story: a heading, what it is for, and the values line by line. */
export interface StoryStep extends Omit<Note, 'secret'> {
  readonly title: string;
  readonly lines: readonly string[];
  /** What is told instead where little is to be told. */
  readonly brief?: readonly string[];
}

/** How much of the story is told. */
export type Telling = 'all' | 'briefly';

/** A step below its heading. */
export function stepLines({ lines, brief, ...note }: StoryStep, telling: Telling): readonly string[] {
  // The empty line sets the step apart from what comes next.
  return telling === 'all' ? [`   ${sentence(note)}`, ...lines, ''] : [`   ${note.what}`, ...(brief ?? lines)];
}

/** Told where little is told. */
export const toldBriefly = 'In short; --verbose adds each parameter, its setting in the console, and the standards.';

/** Longer values are cut: the point of a line is what it says, and nothing here is to be copied. */
const longestValue = 300;

/** What is not known by name is either nobody's secret, as the claims of a person, or may be one. */
type Unknown = 'shown' | 'hidden';

/** Notes that were told already: a second time they would only be in the way. */
export type ToldNotes = Set<Note>;

/** A line for each value, and one below it that says what it is for. */
export function rows(
  values: Iterable<readonly [name: string, value: unknown]>,
  notes: Notes,
  toldNotes: ToldNotes,
  unknown: Unknown = 'hidden',
): readonly string[] {
  const lines: string[] = [];
  for (const [name, value] of values) {
    const note = Object.hasOwn(notes, name) ? notes[name] : undefined;
    const hidden = note ? note.secret : unknown === 'hidden';
    lines.push(`   ${safeText(name)} = ${hidden ? redactedValue(value) : shown(value)}`);
    if (note && !toldNotes.has(note)) lines.push(`       ${sentence(note)}`);
    if (note) toldNotes.add(note);
  }
  return lines;
}

/** The note in one line, e.g. `which application asks. Console: Overview → Client ID. RFC 6749, section 2.2.` */
function sentence({ what, place, standard }: Omit<Note, 'secret'>): string {
  const parts = [what, place ? `Console: ${consolePlaces[place]}` : undefined, standard];
  return parts
    .filter(Boolean)
    .map((part) => (part?.endsWith('.') ? part : `${part}.`))
    .join(' ');
}

/** Stands in a secret's place: how long it is may be known, what it is may not. */
export function redactedValue(value: unknown): string {
  return `[redacted${typeof value === 'string' && value !== '' ? `, ${value.length} characters` : ''}]`;
}

/** A value of any shape in one safe line. */
export function shown(value: unknown): string {
  const text = textOf(value);
  const characters = [...text];
  return safeText(characters.length > longestValue ? `${characters.slice(0, longestValue).join('')}…` : text);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value) ?? '';
  const plain = value.every((entry) => typeof entry === 'string');
  return plain ? value.join(' ') : `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`;
}
