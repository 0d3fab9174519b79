import { describe, expect, it } from 'vitest';
import { signedIn } from '../support/sandbox-machine.ts';
import { openTerminal } from '../support/terminal.ts';

/** Counts Ctrl-C, and ends with the number when a line is typed. */
const counting = `
let count = 0;
process.on('SIGINT', () => console.log('interrupted ' + ++count));
console.log('terminal ' + process.stdin.isTTY);
process.stdin.once('data', () => process.exit(40 + count));
`;

describe('exec in a terminal', () => {
  it('leaves the terminal and Ctrl-C to the program, once each time, however often', async () => {
    const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
    const { env } = machine.runtime();
    const terminal = openTerminal(['exec', '--', process.execPath, '-e', counting], env);
    await terminal.said(/terminal true/);
    for (const count of [1, 2, 3]) {
      terminal.type('\u0003');
      await terminal.said(new RegExp(`interrupted ${count}`));
    }
    terminal.type('\r');
    const { exitCode, restored, text } = await terminal.ended;
    expect({ exitCode, restored }).toEqual({ exitCode: 43, restored: true });
    expect(text).not.toContain('interrupted 4');
  });
});
