import type { ChalkInstance } from 'chalk';
import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';

type Rows = readonly (readonly string[])[];

/** The terminal that a table is for. */
interface Page {
  readonly columns: number;
  readonly paint: ChalkInstance;
}

/** What becomes of a table for which the terminal is too narrow. */
type WhenNarrow =
  /** Each row decides for itself: values go on below themselves, or stand one below the other. */
  | 'row by row'
  /** All values stand below their names. */
  | 'stacked';

const gap = 2;
/** Narrower than this, a column wraps so often that its value is easier read on lines of its own. */
const minValueWidth = 20;

/**
 * Rows of a name and its values under bold headings, aligned by what a terminal shows: a wide character takes two places. The
 * last column is not padded. Values are broken between words only, so that an ID or an address can be copied; one that is
 * longer than the terminal is left to it. Text from outside must have gone through `safeText`.
 */
export function table(
  headings: readonly string[],
  rows: Rows,
  page: Page,
  whenNarrow: WhenNarrow = 'row by row',
): string {
  const natural = headings.map((_, column) => widest([headings, ...rows].map((row) => row[column] ?? '')));
  const [nameWidth = 0, ...values] = natural;
  const places = page.columns - nameWidth - gap * values.length;
  const isNarrow = values.reduce((sum, width) => sum + width, 0) > places;
  if (isNarrow && whenNarrow === 'stacked') {
    return rows.map(([name = '', ...values]) => stacked(headings, [page.paint.bold(name), ...values], page)).join('\n');
  }
  const widths = [nameWidth, ...shared(values, places)];
  const goesSideBySide = (row: readonly string[]) =>
    row.every((cell, column) => column === 0 || fits(cell, widths[column]));
  const hasHeading = headings.slice(1).some(Boolean) && (rows.length === 0 || rows.some(goesSideBySide));
  return [
    ...(hasHeading ? [page.paint.bold(sideBySide(headings, widths))] : []),
    ...rows.map((row) => (goesSideBySide(row) ? sideBySide(row, widths) : below(headings, row, nameWidth, page))),
  ].join('\n');
}

/**
 * To break a line takes the square of its length in time where it is all blanks, and as often its indentation in room as it has
 * words. What is longer than this, or deeper, was sent by somebody, and is left to the terminal.
 */
const [longestBroken, deepestBroken] = [10_000, 60];

/**
 * Breaks what is said to a person between words, so that no line has more than `width` places but for a long word: an address
 * or an ID stays whole, to be copied. The indentation stays.
 */
export function fitted(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      const indent = indentOf(line);
      if (line.length > longestBroken || indent.length > deepestBroken || stringWidth(line) <= width) return line;
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

/** Whether a value can be read in a column: on one line, or in a wide enough one without breaking a word. */
function fits(value: string, width = 0): boolean {
  return stringWidth(value) <= width || (width >= minValueWidth && longestWord(value) <= width);
}

function longestWord(text: string): number {
  return widest(text.split(' '));
}

/** As a loop: a function does not take a hundred thousand arguments. */
function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, stringWidth(text)), 0);
}

/** One row in as many lines as its longest value takes. */
function sideBySide(cells: readonly string[], widths: readonly number[]): string {
  const columns = cells.map((cell, column) => (column === 0 ? [cell] : fitted(cell, widths[column] ?? 0).split('\n')));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index) =>
    columns
      .map((lines, column) => padded(lines[index] ?? '', widths[column] ?? 0))
      .join(' '.repeat(gap))
      .trimEnd(),
  ).join('\n');
}

/** The values of one row, one below the other: beside the name where there is room, else below it. */
function below(headings: readonly string[], row: readonly string[], nameWidth: number, page: Page): string {
  const room = page.columns - nameWidth - gap;
  const values = valuesOf(headings, row);
  // A heading that would stand alone on its line belongs to the word that it is before.
  if (values.length === 0) return row[0] ?? '';
  if (!values.every(({ heading, value }) => fits(`${heading.replaceAll(' ', '_')}${value}`, room))) {
    return stacked(headings, row, page);
  }
  const lines = values.flatMap(({ heading, value }) => fitted(heading + value, room).split('\n'));
  return lines.map((line, index) => padded(index === 0 ? (row[0] ?? '') : '', nameWidth + gap) + line).join('\n');
}

/** Each value below its name, which stands alone on its line. */
function stacked(headings: readonly string[], row: readonly string[], { columns }: Page): string {
  const values = valuesOf(headings, row).map(({ heading, value }) =>
    fitted(' '.repeat(gap) + heading + value, columns),
  );
  return [row[0] ?? '', ...values].join('\n');
}

/** The values that there are, with the headings of their columns. */
function valuesOf(headings: readonly string[], [, ...values]: readonly string[]) {
  return values
    .map((value, column) => ({ value, heading: headings[column + 1] ? `${headings[column + 1]}: ` : '' }))
    .filter(({ value }) => value !== '');
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
