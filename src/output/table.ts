import type { ChalkInstance } from 'chalk';
import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';

type Rows = readonly (readonly string[])[];

/** The terminal that a table is for. */
interface Page {
  readonly columns: number;
  readonly paint: ChalkInstance;
}

/** What becomes of values for which a terminal is too narrow. */
type LongValues =
  /** They go on below themselves; where that leaves too little room, each stands below its name. */
  | 'wrapped'
  /** Each stands below its name. */
  | 'stacked'
  /** They stay whole, so that they can be copied, and the terminal breaks the line. */
  | 'whole';

const gap = 2;
/** Narrower than this, a value column wraps so often that it is easier read below its name. */
const minValueWidth = 20;

/**
 * Rows of a name and its values under bold headings, aligned by what a terminal shows: a wide character takes two places. The
 * last column is not padded. Text from outside must have gone through `safeText`.
 */
export function table(headings: readonly string[], rows: Rows, page: Page, long: LongValues = 'wrapped'): string {
  const natural = headings.map((_, column) =>
    Math.max(...[headings, ...rows].map((row) => stringWidth(row[column] ?? ''))),
  );
  const [nameWidth = 0, ...values] = natural;
  const places = page.columns - nameWidth - gap * values.length;
  const widths = long === 'wrapped' ? shared(values, places) : values;
  const fits =
    long === 'wrapped'
      ? widths.every((width, value) => width >= Math.min(minValueWidth, values[value] ?? 0))
      : values.reduce((sum, width) => sum + width, 0) <= places;
  if (!fits && long !== 'whole') return stacked(headings, rows, page);
  const line = (cells: readonly string[]) => sideBySide(cells, [nameWidth, ...widths]);
  const heading = headings.slice(1).some(Boolean) ? [page.paint.bold(line(headings))] : [];
  return [...heading, ...rows.map(line)].join('\n');
}

/**
 * Breaks what is said to a person between words, so that no line has more than `width` places but for a long word: an address
 * or an ID stays whole, to be copied. The indentation stays.
 */
export function fitted(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      if (stringWidth(line) <= width) return line;
      const indent = indentOf(line);
      // It drops the blanks at the beginning.
      const broken = wrapAnsi(line, width - indent.length);
      return indent + broken.replaceAll('\n', `\n${indent}`);
    })
    .join('\n');
}

/** Breaks a text into lines of at most `width` places, between words where there are any; the indentation stays. */
export function wrap(text: string, width: number): readonly string[] {
  if (stringWidth(unpadded(text)) <= width) return [unpadded(text)];
  const indent = indentOf(text);
  const lines = wrapAnsi(text.slice(indent.length), Math.max(1, width - indent.length), { hard: true }).split('\n');
  return lines.map((line, index) => unpadded(index === 0 ? indent + line : line));
}

/** One row in as many lines as its longest value takes. */
function sideBySide(cells: readonly string[], widths: readonly number[]): string {
  const columns = cells.map((cell, column) => (column === 0 ? [cell] : wrap(cell, widths[column] ?? 0)));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) =>
    columns
      .map((lines, column) => padded(lines[index] ?? '', widths[column] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  ).join('\n');
}

/** Each value below its name, which stands alone on its line. */
function stacked(headings: readonly string[], rows: Rows, { columns, paint }: Page): string {
  return rows
    .flatMap(([name = '', ...values]) => [
      paint.bold(name),
      ...values.flatMap((value, column) => {
        if (value === '') return [];
        const heading = headings[column + 1];
        const lines = wrap(heading ? `${heading}: ${value}` : value, columns - gap);
        return lines.map((line) => ' '.repeat(gap) + line);
      }),
    ])
    .join('\n');
}

/** Each what it needs while that is less than an equal share; what is over goes to the others. */
function shared(natural: readonly number[], places: number): readonly number[] {
  const widths = [...natural];
  const narrowestFirst = natural.map((_, column) => column).sort((a, b) => (natural[a] ?? 0) - (natural[b] ?? 0));
  let left = places;
  for (const [taken, column] of narrowestFirst.entries()) {
    const width = Math.min(natural[column] ?? 0, Math.floor(left / (natural.length - taken)));
    widths[column] = width;
    left -= width;
  }
  return widths;
}

function indentOf(line: string): string {
  return ' '.repeat(line.search(/[^ ]|$/));
}

/** Without the blanks at its end; other white space, as a narrow no-break space, is text. */
function unpadded(text: string): string {
  return text.replace(/(?<! ) +$/, '');
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
}
