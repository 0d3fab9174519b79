import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { FaultName } from '../../src/sandbox/faults.ts';
import { adasPassword, arrivalAt, newPassword } from '../support/fault-run.ts';
import { type SandboxMachine, sandboxMachine, signedIn } from '../support/sandbox-machine.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

// The built program in a real pseudo-terminal (docs/security.md, rules 17, 26 and 32). What a prompt does is in passwd.test.ts.

const endings = [
  ['Ctrl-C', (terminal: Terminal) => terminal.type('\u0003'), 130],
  ['SIGTERM', (terminal: Terminal) => terminal.signal('SIGTERM'), 143],
  ['SIGHUP', (terminal: Terminal) => terminal.signal('SIGHUP'), 129],
] as const;

describe.each(endings)('%s', (_name, end, exitCode) => {
  it('while login waits: the port is closed and nothing is stored', async () => {
    const machine = await sandboxMachine({ env: files });
    const terminal = openTerminal(['login', '--no-browser'], machine.runtime().env);
    const port = portIn(await terminal.said(listenerAddress));
    expect(await listening(port)).toBe(true);
    end(terminal);
    await expectCleanEnd(terminal, exitCode);
    expect(await listening(port)).toBe(false);
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it('while the new password is on its way: said to be in doubt, and never sent again', async () => {
    const { machine, arrival } = await stalledAt('password-put-stalls');
    const terminal = openTerminal(['passwd'], machine.runtime().env);
    for (const [question, answer] of [
      [/Current password:/, adasPassword],
      [/New password:/, newPassword],
      [/New password again:/, newPassword],
    ] as const) {
      await terminal.said(question);
      terminal.type(`${answer}\r`);
    }
    await arrival;
    end(terminal);
    const text = await expectCleanEnd(terminal, exitCode);
    expect(text).toContain('Interrupted while sending: the password may or may not have been changed.');
    expect(machine.sandbox.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    for (const secret of [adasPassword, newPassword]) expect(terminal.raw()).not.toContain(secret);
  });

  it('while a token is renewed: nothing is printed, and the session is the one from before', async () => {
    const { machine, arrival } = await stalledAt('refresh-stalls');
    const terminal = openTerminal(['token', '--refresh'], machine.runtime().env);
    await arrival;
    end(terminal);
    const text = await expectCleanEnd(terminal, exitCode);
    expect(text).not.toContain('eyJ');
    const asked = machine.tokenRequests();
    expect((await machine.run('token')).exitCode).toBe(0);
    expect(machine.tokenRequests()).toBe(asked);
  });

  it('while the sandbox runs: its port is free', async () => {
    const machine = await sandboxMachine({ env: files });
    const { env } = machine.runtime();
    const folders = { PING14C_CONFIG_DIR: env['PING14C_CONFIG_DIR'], PING14C_STATE_DIR: env['PING14C_STATE_DIR'] };
    const terminal = openTerminal(['sandbox', '--port', '0'], folders);
    const said = await terminal.said(/Each request is told here/);
    const port = Number(/is running at https:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1]);
    expect(await listening(port)).toBe(true);
    end(terminal);
    await expectCleanEnd(terminal, exitCode);
    expect(await listening(port)).toBe(false);
  });

  it('at a question of the demo: nothing of it stays behind', async () => {
    const { folder } = await sandboxMachine({ env: files });
    const terminal = openTerminal(['demo'], { TMPDIR: folder, HOME: folder, BROWSER: 'none' });
    await terminal.said(/\? \$ ping14c whoami /);
    end(terminal);
    await expectCleanEnd(terminal, exitCode);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('in the middle of the demo: nothing of it stays behind', async () => {
    const { folder } = await sandboxMachine({ env: files });
    const terminal = openTerminal(['demo'], { TMPDIR: folder, HOME: folder, BROWSER: 'true' });
    await terminal.said(/Press Enter to open the browser/);
    expect(readdirSync(folder)).toHaveLength(1);
    end(terminal);
    await expectCleanEnd(terminal, exitCode);
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('a window that is closed ends the waiting as well', async () => {
  const machine = await sandboxMachine({ env: files });
  const terminal = openTerminal(['login', '--no-browser'], machine.runtime().env);
  const port = portIn(await terminal.said(listenerAddress));
  const connection = connect(port, '127.0.0.1').on('error', () => {});
  await once(connection, 'connect');
  terminal.hangUp();
  await once(connection, 'close');
  expect(await listening(port)).toBe(false);
  expect((await machine.run('token')).exitCode).toBe(4);
});

/** The exit code, a terminal as it was, and no stack trace. Returns all that was shown. */
async function expectCleanEnd(terminal: Terminal, exitCode: number): Promise<string> {
  const ending = await terminal.ended;
  expect(ending).toMatchObject({ exitCode, restored: true });
  expect(ending.text).not.toMatch(/^\s+at |node:internal|Unhandled/m);
  return ending.text;
}

/** Somebody who has signed in at a sandbox that then fails; `arrival` is the request that it fails at. */
async function stalledAt(
  fault: FaultName,
): Promise<{ readonly machine: SandboxMachine; readonly arrival: Promise<void> }> {
  const { arrival, noticing } = arrivalAt(fault);
  const machine = await signedIn({ env: files, sandboxOptions: { faults: [fault], intercept: noticing } });
  return { machine, arrival };
}

const files = { PING14C_STORE: 'file' };

const listenerAddress = /redirect_uri=https%3A%2F%2F127\.0\.0\.1%3A(\d+)%2F/;

/** Of the listener, as the authorization URL names it. */
function portIn(said: string): number {
  return Number(listenerAddress.exec(said)?.[1]);
}

function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
