import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { testMachine } from '../support/test-runtime.ts';

/** Counts Ctrl-C, and ends by every other signal. */
const counting = `
let count = 0;
process.on('SIGINT', () => console.log('interrupted ' + ++count));
setInterval(() => {}, 1000);
console.log('ready');
`;

describe('a command in the sandbox', () => {
  it('that is a shell finds a profile of its own, and its exit code is ours', async () => {
    const { terminal, folder } = await inSandbox(['sh'], /\$ |# /);
    terminal.type(`${process.execPath} bin/ping14c.js config get store; exit 7\r`);
    const { exitCode, restored, text } = await terminal.ended;
    expect(text).toMatch(/\nfile\r?\n/);
    expect({ exitCode, restored, left: existsSync(folder) }).toEqual({ exitCode: 7, restored: true, left: false });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('gets Ctrl-C for itself, and leaves nothing behind after %s', async (signal, exitCode) => {
    const { terminal, folder } = await inSandbox([process.execPath, '-e', counting], /ready/);
    for (const count of [1, 2]) {
      terminal.type('\u0003');
      await terminal.said(new RegExp(`interrupted ${count}`));
    }
    terminal.signal(signal);
    expect((await terminal.ended).exitCode).toBe(exitCode);
    expect(existsSync(folder)).toBe(false);
  });
});

/** The command, once it has said that it is there, and the folder that belongs to its sandbox. */
async function inSandbox(
  command: readonly string[],
  there: RegExp,
): Promise<{ readonly terminal: Terminal; readonly folder: string }> {
  const { folder } = testMachine();
  const terminal = openTerminal(['sandbox', '--', ...command], { TMPDIR: folder, HOME: folder });
  const said = await terminal.said(new RegExp(`requests\\.log[\\s\\S]*(?:${there.source})`));
  const [log = ''] = /\S+requests\.log/.exec(said) ?? [];
  expect(existsSync(log)).toBe(true);
  return { terminal, folder: dirname(log) };
}
