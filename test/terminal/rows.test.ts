import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { opensslIsAbsent } from '../support/openssl.ts';
import { brokenLines, rowsOf } from '../support/rows.ts';
import { browserFor, type SandboxMachine, sandboxMachine, signedIn } from '../support/sandbox-machine.ts';
import { screenOf } from '../support/screen.ts';
import { openTerminal } from '../support/terminal.ts';
import { testMachine } from '../support/test-runtime.ts';

// A person reads what fits on a screen.

interface Conversation {
  readonly argv: readonly string[];
  /** How many rows it takes at most in a terminal of 80 columns. */
  readonly rows: number;
  /** What it says last before the person types something, and what that is; it ends by itself where this is absent. */
  readonly until?: RegExp;
  readonly typed?: string;
}

const conversations: readonly Conversation[] = [
  { argv: [], rows: 4 },
  { argv: ['sandbox', '--port', '0'], rows: 8, until: /are\s+gone\.\r?\n/, typed: '\u0003' },
  { argv: ['sandbox', '--', 'sh'], rows: 4, until: /requests\.log\r?\n/, typed: 'exit\r' },
  { argv: ['sandbox', '--', 'sh', '-c', 'true'], rows: 2 },
  { argv: ['doctor'], rows: 7 },
];

describe('in a terminal of 80 columns', () => {
  it.each(conversations)('$argv takes $rows rows at most', async (conversation) => {
    expect(rowsOf(await shown(conversation, 80), 80)).toBeLessThanOrEqual(conversation.rows);
  });
});

describe('in a terminal of 60 columns', () => {
  it.each(conversations)('$argv breaks no word', async (conversation) => {
    expect(brokenLines(await shown(conversation, 60), 60)).toEqual([]);
  });
});

/** What somebody says who has signed in, one after the other, and how many rows each takes at most in 80 columns. */
const ofSomebodySignedIn: readonly (readonly [argv: readonly string[], rows: number])[] = [
  [['whoami'], 8],
  [['whoami', '--all'], 40],
  [['whoami', '--claims'], 45],
  [['status'], 4],
  [['status', '--check'], 5],
  [['status', '--verbose'], 32],
  [['token', '--decode'], 33],
  [['token', '--introspect'], 12],
  [['config', 'list'], 33],
  [['profile', 'list'], 4],
  [['trust', '--list'], 6],
  [['logout'], 3],
  [['logout'], 1],
  [['status'], 2],
  [['logout', '--all'], 4],
];

describe('somebody who has signed in', () => {
  it.each([80, 60])(
    'reads short answers in which no ID is broken, in %i columns',
    async (columns) => {
      const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
      const { PING14C_CLIENT_ID = '', PING14C_ENVIRONMENT_ID = '' } = machine.runtime().env;
      for (const profile of ['default', 'work']) {
        await machine.run('config', 'set', 'client-id', PING14C_CLIENT_ID, '-P', profile);
        await machine.run('config', 'set', 'environment-id', PING14C_ENVIRONMENT_ID, '-P', profile);
      }
      await machine.run('login', '-P', 'work');
      const told: { argv: string; rows: number; broken: readonly string[] }[] = [];
      const id = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g;
      for (const [argv] of ofSomebodySignedIn) {
        const { text } = await openTerminal(argv, machine.runtime().env, { columns }).ended;
        const answer = text.slice(0, text.indexOf('[exit='));
        const parts = answer.replace(id, '').match(/[\da-f]{8}-[\da-f-]*/g) ?? [];
        const broken = [...brokenLines(answer, columns), ...parts];
        told.push({ argv: argv.join(' '), rows: rowsOf(answer, columns), broken });
      }
      expect(told.filter(({ broken }) => broken.length > 0)).toEqual([]);
      if (columns < 80) return;
      const long = told.filter(({ rows }, index) => rows > (ofSomebodySignedIn[index]?.[1] ?? 0));
      expect(long).toEqual([]);
      // Some fifteen programs, one after the other.
    },
    120_000,
  );
});

describe('the demo', () => {
  it('goes on with Enter, and all of it is 60 rows at most', async () => {
    const { folder } = testMachine();
    const terminal = openTerminal(['demo'], { HOME: folder, TMPDIR: folder, BROWSER: 'none' }, { columns: 80 });
    for (const command of ['whoami', 'status', 'token', 'token --client-credentials', 'passwd --stdin', 'logout']) {
      await terminal.said(new RegExp(`\\? \\$ ping14c ${command}  `));
      terminal.type('\r');
    }
    const { exitCode } = await terminal.ended;
    const shownByThen = terminal.raw().slice(0, terminal.raw().indexOf('[exit='));
    expect({ exitCode, left: readdirSync(folder) }).toEqual({ exitCode: 0, left: [] });
    expect((await screenOf(shownByThen, 80)).length).toBeLessThanOrEqual(60);
  });
});

/** What is on the screen by the end of the conversation, or by the time that the person types. */
async function shown({ argv, until = /(?=\[exit=)/, typed = '' }: Conversation, columns: number): Promise<string> {
  const { folder } = testMachine();
  const terminal = openTerminal(argv, { HOME: folder }, { columns });
  const text = await terminal.said(until);
  terminal.type(typed);
  await terminal.ended;
  const end = until.exec(text);
  return end ? text.slice(0, end.index + end[0].length) : text;
}

describe.skipIf(opensslIsAbsent)('login', () => {
  it('takes ten rows the first time, and five later', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    expect(await loginRows(machine)).toBeLessThanOrEqual(10);
    expect(await loginRows(machine, '--switch-user')).toBeLessThanOrEqual(5);
    expect(await loginRows(machine, '--explain')).toBeLessThanOrEqual(60);
    // With the question whether to sign in again.
    expect(await loginRows(machine)).toBeLessThanOrEqual(6);
  });

  it('breaks no word in 60 columns', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    const screen = await loginScreen(machine, 60);
    expect(screen.at(-1)).toMatch(/a token\.$/);
  });

  it('takes two rows where the browser shows no warning', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    await machine.run('login');
    // Without a certificate no more is said than with one that is trusted.
    expect(await loginRows(machine, '--switch-user', '--redirect-uri', 'http://127.0.0.1/callback')).toBe(2);
  });
});

it('login --dry-run takes 60 rows', async () => {
  const machine = await sandboxMachine();
  const terminal = openTerminal(['login', '--dry-run'], machine.runtime().env, { columns: 80 });
  await terminal.ended;
  expect((await screenOf(terminal.raw().split('[exit=')[0] ?? '', 80)).length).toBeLessThanOrEqual(60);
});

it('login --device keeps its code on the screen, below the picture', async () => {
  const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
  const { NO_COLOR: _, ...env } = machine.runtime().env;
  const terminal = openTerminal(['login', '--device'], env, { columns: 80 });
  await terminal.said(/The code is good for/);
  const screen = await screenOf(terminal.raw(), 80);
  expect(screen.at(-2)).toMatch(/^Then enter this code, or compare it: [A-Z\d]{4}-[A-Z\d]{4}$/);
  expect(screen.length).toBeLessThanOrEqual(30);
  terminal.type('\u0003');
  expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
});

/** Signs in, in a browser that shows its warning where there is one to show, and counts what that leaves on the screen. */
async function loginRows(machine: SandboxMachine, ...flags: readonly string[]): Promise<number> {
  return (await loginScreen(machine, 80, flags)).length;
}

async function loginScreen(
  machine: SandboxMachine,
  columns: number,
  flags: readonly string[] = [],
): Promise<readonly string[]> {
  const [browser, opened] = [join(machine.folder, 'browser'), join(machine.folder, 'opened')];
  execFileSync('sh', ['-c', 'test -p "$1" || mkfifo "$1"', 'sh', opened]);
  writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`);
  chmodSync(browser, 0o755);
  const { NO_COLOR: _, ...env } = machine.runtime().env;
  const terminal = openTerminal(['login', ...flags], { ...env, BROWSER: browser }, { columns });
  for (const question of [/Sign in again\?/, /Press Enter/]) {
    terminal.said(question).then(
      () => terminal.type('\r'),
      // It was not asked.
      () => {},
    );
  }
  const url = await readFile(opened, 'utf8');
  const { host, protocol } = new URL(new URL(url).searchParams.get('redirect_uri') ?? '');
  if (protocol === 'https:') {
    spawn('openssl', ['s_client', '-connect', host, '-verify_return_error'], { stdio: 'ignore' });
    await terminal.said(/The browser warns now/);
  }
  await browserFor(machine.sandbox, terminal.raw()).signIn(url, {
    username: 'ada',
    password: 'Analytical-Engine-1843',
  });
  const { exitCode, text } = await terminal.ended;
  expect(exitCode, text).toBe(0);
  expect(brokenLines(text.slice(0, text.indexOf('[exit=')), columns)).toEqual([]);
  const screen = await screenOf(terminal.raw().split('[exit=')[0] ?? '', columns);
  expect(screen.join(' '), text).toMatch(/✓ Signed in as/);
  return screen;
}
