import stringWidth from 'fast-string-width';

/** To the line's beginning, and clears it: what stood there before is gone. */
const rewound = /^[\s\S]*\r\u001b\[K/;

/** What a terminal shows in the end of what a program has written: its lines, as they were written. */
export function shownLines(raw: string): readonly string[] {
  const written = raw.split('[exit=')[0] ?? '';
  const lines = written.split(/\r?\n/).map((line) => withoutEscapes(line.replace(rewound, '')));
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** How many rows of a terminal that takes: a line that is too long goes on in the next. */
export function rowCount(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
}

function withoutEscapes(text: string): string {
  return text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_]|\][^\u0007]*\u0007)/g, '');
}
