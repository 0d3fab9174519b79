import type { ChalkInstance } from 'chalk';
import stringWidth from 'fast-string-width';

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

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
}
