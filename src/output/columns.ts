import type { ChalkInstance } from 'chalk';
import stringWidth from 'fast-string-width';

const gap = 2;
/** Narrower than this, a value column wraps so often that it is easier read below its name. */
const minValueWidth = 20;

/**
 * Named values in one or more columns, side by side, in lines of at most `columns` places: a long value goes on below
 * itself, and where the terminal is too narrow for that, each value stands below its name. `rows` begin with the name.
 * Text from outside must have gone through `safeText`.
 */
export function columns(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { columns: places, paint }: { readonly columns: number; readonly paint: ChalkInstance },
): string {
  const nameWidth = Math.max(0, ...[headings, ...rows].map(([name = '']) => stringWidth(name)));
  const natural = headings
    .slice(1)
    .map((_, value) => Math.max(0, ...[headings, ...rows].map((row) => stringWidth(row[value + 1] ?? ''))));
  const widths = shared(natural, places - nameWidth - gap * natural.length);
  if (widths.some((width, value) => width < Math.min(minValueWidth, natural[value] ?? 0))) {
    return stacked(headings, rows, places, paint);
  }
  const line = (cells: readonly string[]) => {
    const [name = '', ...values] = cells;
    const wrapped = [[name], ...values.map((value, column) => wrap(value, widths[column] ?? 0))];
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, index) =>
      wrapped
        .map((lines, column) => padded(lines[index] ?? '', column === 0 ? nameWidth : (widths[column - 1] ?? 0)))
        .join(' '.repeat(gap))
        .trimEnd(),
    ).join('\n');
  };
  const heading = headings.slice(1).some(Boolean) ? [paint.bold(line(headings))] : [];
  return [...heading, ...rows.map(line)].join('\n');
}

/** Each what it needs while that is less than an equal share; what is over goes to the others. */
function shared(natural: readonly number[], places: number): readonly number[] {
  const widths = [...natural];
  const narrowestFirst = natural.map((_, column) => column).sort((a, b) => (natural[a] ?? 0) - (natural[b] ?? 0));
  let left = places;
  for (const [taken, column] of narrowestFirst.entries()) {
    const width = Math.max(0, Math.min(natural[column] ?? 0, Math.floor(left / (natural.length - taken))));
    widths[column] = width;
    left -= width;
  }
  return widths;
}

/** Breaks a text into lines of at most `width` places, between words where there are any, never inside a character. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<= )/)) {
    if (stringWidth(line + unpadded(word)) <= width) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(unpadded(line));
    line = '';
    for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(word)) {
      if (line !== '' && stringWidth(line + unpadded(segment)) > width) {
        lines.push(line);
        line = '';
      }
      line += segment;
    }
  }
  lines.push(unpadded(line));
  return lines;
}

/** Without the blanks at its end; other white space, as a narrow no-break space, is text. */
function unpadded(text: string): string {
  return text.replace(/ +$/, '');
}

/** Each value below its name, which stands alone on its line. */
export function stacked(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  places: number,
  paint: ChalkInstance,
): string {
  return rows
    .flatMap(([name = '', ...values]) => [
      paint.bold(name),
      ...values.flatMap((value, column) => {
        if (value === '') return [];
        const heading = headings[column + 1];
        return wrap(heading ? `${heading}: ${value}` : value, Math.max(1, places - gap)).map(
          (line) => ' '.repeat(gap) + line,
        );
      }),
    ])
    .join('\n');
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
}
