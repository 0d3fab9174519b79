import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createUserAgent } from '../../src/sandbox/user-agent.ts';
import { opensslIsAbsent } from '../support/openssl.ts';
import { rowCount, shownLines } from '../support/rows.ts';
import { type SandboxMachine, sandboxMachine } from '../support/sandbox-machine.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

// How much the built program says in a real pseudo-terminal. What it says is asserted elsewhere.

describe.skipIf(opensslIsAbsent)('login', () => {
  it('says no more than ten rows the first time, and five later', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    expect(await rowsOfLogin(machine, 80, 'login')).toBeLessThanOrEqual(10);
    expect(await rowsOfLogin(machine, 80, 'login', '--switch-user')).toBeLessThanOrEqual(5);
    expect(await rowsOfLogin(machine, 80, 'login')).toBeLessThanOrEqual(7);
  });

  it('says two rows where the certificate is trusted', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    await machine.run('login');
    // No certificate at all is told of as little as one that is trusted.
    const flags = ['--switch-user', '--redirect-uri', 'http://127.0.0.1/callback'];
    expect(await rowsOfLogin(machine, 80, 'login', ...flags)).toBe(2);
  });
});

/** Signs in, in a browser that shows its warning where there is one to show, and counts what is left of it on the screen. */
async function rowsOfLogin(machine: SandboxMachine, columns: number, ...argv: readonly string[]): Promise<number> {
  const [browser, opened] = [join(machine.folder, 'browser'), join(machine.folder, 'opened')];
  execFileSync('sh', ['-c', 'test -p "$1" || mkfifo "$1"', 'sh', opened]);
  writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`);
  chmodSync(browser, 0o755);
  const { NO_COLOR: _, ...env } = machine.runtime().env;
  const terminal = openTerminal(argv, { ...env, BROWSER: browser }, { columns });
  pressEnter(terminal, /Sign in again\?/, /Press Enter/);
  const url = await readFile(opened, 'utf8');
  const { host, protocol } = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
  if (protocol === 'https:') {
    spawn('openssl', ['s_client', '-connect', host, '-verify_return_error'], { stdio: 'ignore' });
    await terminal.said(/The browser warns now/);
  }
  const agent = createUserAgent({ trust: machine.sandbox.certificate.cert, acceptCertificate: () => true });
  await agent.signIn(url, { username: 'ada', password: 'Analytical-Engine-1843' });
  const { exitCode, restored, text } = await terminal.ended;
  expect({ exitCode, restored }, text).toEqual({ exitCode: 0, restored: true });
  const lines = shownLines(terminal.raw());
  expect(lines.at(-1), text).toMatch(/^✓ Signed in as|^Next: /);
  return rowCount(lines, columns);
}

/** At each question, if it comes. */
function pressEnter(terminal: Terminal, ...questions: readonly RegExp[]): void {
  for (const question of questions) {
    terminal.said(question).then(
      () => terminal.type('\r'),
      () => {},
    );
  }
}
