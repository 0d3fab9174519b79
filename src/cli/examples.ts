import { Chalk } from 'chalk';
import type { AddHelpTextContext } from 'commander';
import { table } from '../output/table.ts';

type Example = readonly [line: string, what: string];

const indentation = '  ';

/**
 * What the help of a command shows below what the command is for: lines to type, and what each does, beside them or, on a narrow
 * terminal, below. Made when it is asked for.
 */
export function examples(...rows: readonly Example[]): (context: AddHelpTextContext) => string {
  const paint = new Chalk({ level: 0 });
  return ({ command, error }) => {
    const { getOutHelpWidth, getErrHelpWidth } = command.configureOutput();
    const columns = (error ? getErrHelpWidth?.() : getOutHelpWidth?.()) ?? 80;
    const lines = table(['', ''], rows, { columns: columns - indentation.length, paint }).split('\n');
    return [...lines.map((line) => indentation + line), ''].join('\n');
  };
}
