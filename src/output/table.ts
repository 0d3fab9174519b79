import type { ChalkInstance } from 'chalk';
import stringWidth from 'fast-string-width';
import { safeText } from './safe-text.ts';
import { localTime } from './time.ts';

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

export function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
}

/**
 * Rows under bold headings, columns aligned by what a terminal shows (a wide character takes two places). The last column
 * is neither padded nor cut, so that a value can be copied whole. Text from outside must have gone through `safeText`.
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { paint }: { readonly paint: ChalkInstance },
): string {
  const widths = headings.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column] ?? '')].map((cell) => stringWidth(cell))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : padded(cell, widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [paint.bold(line(headings)), ...rows.map(line)].join('\n');
}

/** Seconds since the epoch (RFC 7519, section 4.1; OpenID Connect Core, sections 2 and 5.1). */
const timeClaims = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at']);
/** The last second that a `Date` can hold. */
const lastSecond = 8.64e12;

/** A claim's value as it is shown: made safe for a terminal, times local. Empty where there is none. */
export function claimText(name: string, value: unknown, times?: 'with the number'): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' && timeClaims.has(name) && value >= 0 && value <= lastSecond) {
    const time = localTime(value * 1000);
    return times ? `${value} (${time})` : time;
  }
  return safeText(typeof value === 'string' ? value : JSON.stringify(value));
}
