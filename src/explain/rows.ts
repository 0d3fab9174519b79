import { consolePlaces } from '../config/console-places.ts';
import { safeText } from '../output/safe-text.ts';
import type { Note, Notes } from './note.ts';

/** Longer values are cut: the point of a line is what it says, and nothing here is to be copied. */
const longest = 300;

/** What is not known by name is either nobody's secret, as the claims of a person, or may be one. */
export type Unknown = 'shown' | 'hidden';

/** Notes that were told already: a second time they would only be in the way. */
export type Told = Set<Note>;

/** A line for each value, and one below it that says what it is for. */
export function rows(
  values: Iterable<readonly [name: string, value: unknown]>,
  notes: Notes,
  told: Told,
  unknown: Unknown = 'hidden',
): readonly string[] {
  const lines: string[] = [];
  for (const [name, value] of values) {
    const note = Object.hasOwn(notes, name) ? notes[name] : undefined;
    const hidden = note ? note.secret : unknown === 'hidden';
    lines.push(`   ${safeText(name)} = ${hidden ? redacted(value) : shown(value)}`);
    if (note && !told.has(note)) lines.push(`       ${sentence(note)}`);
    if (note) told.add(note);
  }
  return lines;
}

/** The note in one line, e.g. `which application asks. Console: Overview → Client ID. RFC 6749, section 2.2.` */
export function sentence({ what, place, standard }: Omit<Note, 'secret'>): string {
  const parts = [what, place ? `Console: ${consolePlaces[place]}` : undefined, standard];
  return parts
    .filter(Boolean)
    .map((part) => (part?.endsWith('.') ? part : `${part}.`))
    .join(' ');
}

/** How long a secret is may be known; what it is not. */
export function redacted(value: unknown): string {
  return `[redacted${typeof value === 'string' && value !== '' ? `, ${value.length} characters` : ''}]`;
}

/** A value of any shape in one safe line. */
export function shown(value: unknown): string {
  const text = textOf(value);
  const characters = [...text];
  return safeText(characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return JSON.stringify(value) ?? '';
  const plain = value.every((entry) => typeof entry === 'string');
  return plain ? value.join(' ') : `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`;
}
