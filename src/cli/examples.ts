type Example = readonly [line: string, what: string];

/** What the help of a command shows below what the command is for: lines to type, and what each does. Made when it is asked for. */
export function examples(...rows: readonly Example[]): () => string {
  return () => {
    const width = Math.max(...rows.map(([line]) => line.length));
    return [...rows.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`.trimEnd()), ''].join('\n');
  };
}
