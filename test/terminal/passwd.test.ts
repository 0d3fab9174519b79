import { describe, expect, it } from 'vitest';
import { type SandboxMachine, signedIn } from '../support/sandbox-machine.ts';
import { screenOf } from '../support/screen.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';

// The built program in a real pseudo-terminal.

const adasPassword = 'Analytical-Engine-1843';
const newPassword = 'Difference-Engine-1822';
const enter = '\r';
const ctrlC = '\u0003';

describe('passwd in a terminal', () => {
  it('shows nothing of what is typed, and ticks the rules off', async () => {
    const { machine, terminal } = await opened('passwd');
    await terminal.said(/Current password:/);
    terminal.type(adasPassword + enter);
    expect(await terminal.said(/New password:[\s\S]*PingOne checks/)).toContain('✗ at least 8 characters');
    terminal.type('Differ');
    await terminal.said(/✗ at least 8 characters\s+✓ at most 255 characters\s+✓ at least 1 capital letter/);
    terminal.type(newPassword.slice('Differ'.length));
    await terminal.said(/✓ at least 8 characters[\s\S]*✓ at least 1 digit/);
    terminal.type(enter);
    await terminal.said(/New password again:/);
    terminal.type(newPassword + enter);
    const { exitCode, restored, text } = await terminal.ended;
    expect(text).toContain('Your password is changed.');
    expect(exitCode).toBe(0);
    expect(restored).toBe(true);
    for (const secret of [adasPassword, newPassword, 'Differ', 'Analyt']) expect(terminal.raw()).not.toContain(secret);
    expect(machine.sandbox.directory.checkPassword('ada', newPassword).kind).toBe('ok');
  });

  it('takes a new password only when all rules are met, lets it be mended, and asks anew when the repetition differs', async () => {
    const { machine, terminal } = await opened('passwd');
    await terminal.said(/Current password:/);
    terminal.type(adasPassword + enter);
    await terminal.said(/New password:/);
    terminal.type('Difference-Engine');
    await terminal.said(/✗ at least 1 digit/);
    terminal.type(enter);
    await terminal.said(/Not all rules are met yet/);
    terminal.type('-1822');
    await terminal.said(/✓ at least 1 digit/);
    terminal.type(enter);
    await terminal.said(/New password again:/);
    terminal.type(`something else${enter}`);
    await terminal.said(/The two passwords differ[\s\S]*New password:/);
    terminal.type(newPassword + enter);
    await terminal.said(/The two passwords differ[\s\S]*New password again:/);
    terminal.type(newPassword + enter);
    expect(await terminal.ended).toMatchObject({ exitCode: 0, restored: true });
    expect(machine.sandbox.directory.checkPassword('ada', newPassword).kind).toBe('ok');
  });

  it.each([
    { columns: 80, rows: 24, shown: 13 },
    { columns: 60, rows: 24, shown: 13 },
    { columns: 40, rows: 24, shown: 19 },
    // Too low for all: those alone that are unmet.
    { columns: 40, rows: 12, shown: 1 },
  ])('redraws the rules cleanly at $columns columns and $rows rows', async ({ columns, rows, shown }) => {
    const { terminal } = await opened('passwd', {}, { columns, rows });
    const screen = () => screenOf(terminal.raw().split('[exit=')[0] ?? '', columns, rows);
    const long = `${newPassword}${'-and-more-of-it'.repeat(6)}`;
    await terminal.said(/Current password:/);
    terminal.type(adasPassword + enter);
    await terminal.said(/New password:/);
    terminal.type('Difference-Engine');
    await terminal.said(/✓ at least 8|✗ at least 1 digit[^✗]*$/);
    terminal.type(enter);
    await terminal.said(/Not all rules are met yet[\s\S]*over\./);
    const refused = await screen();
    const asked = refused.findIndex((row) => row.startsWith('? New password:'));
    const told = refused.findIndex((row) => row.startsWith('> Not all rules'));
    expect(told - asked - 1, refused.join('\n')).toBe(shown);
    expect(refused.filter((row) => row.includes('at least 1 digit'))).toEqual(['  ✗ at least 1 digit (0–9)']);
    expect(refused.filter((row) => !/^(?:[✔?>]| {2}[✓✗·] | {4}\S|\(|Changing|King|Lovelace)/.test(row))).toEqual([]);
    terminal.type(long.slice('Difference-Engine'.length) + enter);
    await terminal.said(/New password again:/);
    terminal.type(long + enter);
    await terminal.ended;
    const rest = (await screen()).join(' ').replace(/.*\)\. /, '');
    expect(rest).toMatch(/^✔ Current password: ✔ New password: ✔ New password again: ✓ Your password is changed\. It/);
  });

  it.each([
    ['at the current password', []],
    ['at the new one', [[adasPassword, /New password:/]]],
    [
      'at the repetition',
      [
        [adasPassword, /New password:/],
        [newPassword, /New password again:/],
      ],
    ],
  ] as const)('Ctrl-C %s ends it: nothing is sent, the terminal is as it was', async (_name, steps) => {
    const { machine, terminal } = await opened('passwd');
    await terminal.said(/Current password:/);
    for (const [answer, next] of steps) {
      terminal.type(answer + enter);
      await terminal.said(next);
    }
    terminal.type(ctrlC);
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
    expect(machine.sandbox.requests().filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s ends it as well: exit code %i, the terminal is as it was', async (signal, exitCode) => {
    const { terminal } = await opened('passwd');
    await terminal.said(/Current password:/);
    const before = terminal.raw().length;
    terminal.type('half a pass');
    // The prompt draws itself anew when it has got the keys; after its end they would be the shell's to echo.
    await expect.poll(() => terminal.raw().length, { timeout: 20_000 }).toBeGreaterThan(before);
    terminal.signal(signal);
    const ending = await terminal.ended;
    expect(ending).toMatchObject({ exitCode, restored: true });
    expect(ending.text).not.toContain('half a pass');
  });

  it('lists the rules where the terminal cannot redraw them', async () => {
    const { terminal } = await opened('passwd', { TERM: 'dumb' });
    await terminal.said(/Current password:/);
    terminal.type(adasPassword + enter);
    expect(await terminal.said(/New password:/)).toContain('✗ at least 8 characters');
    terminal.type(`short${enter}`);
    await terminal.said(/It still needs: at least 8 characters; at least 1 capital letter/);
    terminal.type(ctrlC);
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
  });

  it('--check asks for a candidate only', async () => {
    const { machine, terminal } = await opened('passwd --check');
    await terminal.said(/Candidate:/);
    terminal.type(newPassword + enter);
    const { exitCode, text } = await terminal.ended;
    expect(text).toContain('It meets every rule that can be checked here.');
    expect(exitCode).toBe(0);
    expect(terminal.raw()).not.toContain(newPassword);
    expect(machine.sandbox.requests().filter(({ method }) => method === 'PUT')).toEqual([]);
  });
});

/** A terminal of somebody who has signed in; the session is kept where another process finds it. */
async function opened(
  commandLine: string,
  env: Readonly<Record<string, string>> = {},
  options: TerminalOptions = {},
): Promise<{ readonly machine: SandboxMachine; readonly terminal: Terminal }> {
  const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
  const terminal = openTerminal(commandLine.split(' '), { ...machine.runtime().env, ...env }, options);
  return { machine, terminal };
}
