import stringWidth from 'fast-string-width';

/** How many rows of a terminal the text takes; a line that is too long goes on in the next row. */
export function rowsOf(text: string, columns: number): number {
  return linesOf(text).reduce((rows, line) => rows + Math.max(1, Math.ceil(stringWidth(line) / columns)), 0);
}

/** The lines that the terminal has to break, and could have been broken between words. */
export function brokenLines(text: string, columns: number): readonly string[] {
  return linesOf(text).filter((line) => stringWidth(line) > columns && /\S\s+\S/.test(line));
}

/** What a lone carriage return follows is written over. */
function linesOf(text: string): readonly string[] {
  return text
    .trimEnd()
    .split(/\r*\n/)
    .map((line) => line.slice(line.lastIndexOf('\r') + 1));
}
