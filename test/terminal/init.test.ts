import { describe, expect, it } from 'vitest';
import { screenOf } from '../support/screen.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { type TestMachine, testMachine } from '../support/test-runtime.ts';

// The built program in a real pseudo-terminal.

const environmentId = '01234567-89ab-cdef-0123-456789abcdef';
const clientId = '21234567-89ab-cdef-0123-456789abcdef';
const enter = '\r';
const down = '\u001b[B';

describe('init in a terminal', () => {
  it('takes no pasted ID for a choice, and goes back', async () => {
    const { machine, terminal } = opened(100, '--redirect-uri', 'https://127.0.0.1/callback', '--scope', 'openid');
    await terminal.said(/Region/);
    terminal.type(`${environmentId}${enter}`);
    await terminal.said(/That looks like an ID, not a choice/);
    terminal.type(down);
    await terminal.said(/❯ Canada/);
    terminal.type(enter);
    await terminal.said(/Environment ID .*:/);
    terminal.type(`<${enter}`);
    await terminal.said(/Environment ID[\s\S]*Region[\s\S]*❯ Canada/);
    terminal.type('e');
    await terminal.said(/❯ Europe/);
    terminal.type(enter);
    await terminal.said(/: Europe[\s\S]*Environment ID/);
    terminal.type(environmentId + enter);
    await terminal.said(/Client ID/);
    terminal.type(clientId + enter);
    await terminal.said(/authentication method .*:/);
    terminal.type('<');
    await terminal.said(/\(Configuration\): <\s+\? Client ID/);
    // What was answered before is offered.
    terminal.type(enter);
    await terminal.said(/\(Configuration\): <[\s\S]*✔ Client ID[\s\S]*\? Token endpoint/);
    terminal.type(enter);
    await terminal.said(/Custom domain/);
    terminal.type(enter);
    await terminal.said(/Sign in now\?/);
    terminal.type(`n${enter}`);
    expect(await terminal.ended).toMatchObject({ exitCode: 0, restored: true });
    const { profiles } = JSON.parse((await machine.run('profile', 'list', '--json')).stdout);
    expect(profiles[0].settings).toMatchObject({ region: 'eu', environmentId, clientId });
  });

  it('does not go back from the first question', async () => {
    const flags = ['--region', 'eu', '--client-id', clientId, '--scope', 'openid'];
    const { terminal } = opened(100, ...flags);
    await terminal.said(/Environment ID/);
    terminal.type(`<${enter}`);
    await terminal.said(/This is the first question/);
    terminal.type('\u0003');
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
  });

  it('asks for a number where a list cannot be redrawn, and takes no ID for one', async () => {
    const machine = testMachine();
    const env = { ...machine.runtime().env, PING14C_STORE: 'file', TERM: 'dumb' };
    const flags = ['--environment-id', environmentId, '--client-id', clientId, '--scope', 'openid'];
    const terminal = openTerminal(['init', '--no-check', ...flags], env);
    await terminal.said(/Region[\s\S]*3\. Europe[\s\S]*Number:/);
    terminal.type(environmentId + enter);
    await terminal.said(/Type a number from 1 to 6[\s\S]*Number:/);
    terminal.type(`3${enter}`);
    await terminal.said(/1\. None[\s\S]*Number:/);
    terminal.type(`<${enter}`);
    await terminal.said(/1\. None[\s\S]*Region[\s\S]*Number: \(3\)/);
    terminal.type('\u0003');
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
  });

  it.each([
    [80, 26],
    [60, 35],
  ])('takes few rows at %i columns, and breaks no ID, address or scope', async (columns, rows) => {
    const { terminal } = opened(columns);
    for (const [question, answer] of [
      [/Region/, ''],
      [/Environment ID/, environmentId],
      [/Client ID/, clientId],
      [/authentication method/, ''],
      [/Redirect URI/, ''],
      [/Scopes/, ''],
      [/Custom domain/, ''],
      [/Sign in now\?/, 'n'],
    ] as const) {
      await terminal.said(question);
      terminal.type(answer + enter);
    }
    await terminal.said(/Next: /);
    const { exitCode } = await terminal.ended;
    const screen = await screenOf(terminal.raw().split('[exit=')[0] ?? '', columns);
    expect(exitCode, screen.join('\n')).toBe(0);
    expect(screen.length, screen.join('\n')).toBeLessThanOrEqual(rows);
    const words = screen.join(' ').split(/[\s,]+/);
    const whole = [environmentId, clientId, 'https://127.0.0.1/callback', 'p1:read:userPassword', 'Properties):'];
    expect(words).toEqual(expect.arrayContaining(whole));
  });
});

function opened(columns: number, ...flags: string[]): { readonly machine: TestMachine; readonly terminal: Terminal } {
  const machine = testMachine();
  const env = { ...machine.runtime().env, PING14C_STORE: 'file' };
  const terminal = openTerminal(['init', '--no-check', ...flags], env, { columns });
  return { machine, terminal };
}
