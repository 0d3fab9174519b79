import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

import { builtProgram, type Ended, type StartOptions, startProgram } from '../support/built-program.ts';
import { adasPassword, newPassword } from '../support/fault-run.ts';
import { browserFor, type SandboxMachine, sandboxMachine, signsInAs } from '../support/sandbox-machine.ts';
import { type TestMachine, testMachine } from '../support/test-runtime.ts';

// The built program with Windows' Node and Windows' keychain: what a person does there, from the outside.

const accessToken = /^[\w-]+\.[\w-]+\.[\w-]+\n$/;
const twoHours = 2 * 3_600_000;
/** Wine keeps the Credential Manager in its registry, where a reader may meet a key that a writer is replacing (ERROR_KEY_DELETED). */
const meetsDeletedKey = 'Windows error code 1018';

describe.each(['file', 'keychain'] as const)('a session in the store "%s"', (store) => {
  it('is made by login, used by whoami, status and token, and ended by logout', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: store } });
    expect((await signIn(machine)).stdout).toContain('Signed in as Ada King Lovelace');
    expect(await program(machine, ['whoami'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Name +Ada King Lovelace$/m),
    });
    const status = await program(machine, ['status', '--json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ store: { kind: store } });
    const token = { exitCode: 0, stdout: expect.stringMatching(accessToken), stderr: '' };
    expect(await program(machine, ['token'])).toEqual(token);
    expect(await program(machine, ['token', '--refresh'])).toEqual(token);
    expect(await program(machine, ['logout'])).toMatchObject({ exitCode: 0 });
    expect(await program(machine, ['token'])).toMatchObject({ exitCode: 4, stdout: '' });
  });

  it('that has run out is renewed once for twenty who ask at the same time', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: store } });
    machine.setServerClock(-twoHours);
    await signIn(machine, { behind: true });
    machine.setServerClock(0);
    const before = machine.tokenRequests();
    const all = await Promise.all(Array.from({ length: 20 }, () => program(machine, ['token'])));
    const ended = all.filter(({ stderr }) => !stderr.includes(meetsDeletedKey));
    expect(new Set(ended.map(({ exitCode, stderr }) => `${exitCode} ${stderr}`))).toEqual(new Set(['0 ']));
    const [printed = '', ...others] = new Set(ended.map(({ stdout }) => stdout));
    expect([printed, others]).toEqual([expect.stringMatching(accessToken), []]);
    expect(machine.tokenRequests()).toBe(before + 1);
    expect(await program(machine, ['token'])).toMatchObject({ stdout: printed });
  });

  it('changes the password, which is then the one that signs in', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: store } });
    await signIn(machine);
    const input = `${adasPassword}\n${newPassword}\n`;
    expect(await program(machine, ['passwd', '--stdin'], { input })).toMatchObject({ exitCode: 0 });
    expect(await program(machine, ['logout'])).toMatchObject({ exitCode: 0 });
    expect(await signIn(machine, { password: newPassword })).toMatchObject({ exitCode: 0 });
  });
});

it('seven settings that are saved at once are all kept', async () => {
  const machine = testMachine();
  const settings = {
    'client-id': '0f1e2d3c-0000-4000-8000-000000000001',
    scope: 'openid',
    prompt: 'login',
    'redirect-uri': 'http://127.0.0.1:8765/callback',
    'http-timeout': '9',
    region: 'eu',
    timeout: '60',
  };
  const saved = await Promise.all(
    Object.entries(settings).map((setting) => program(machine, ['config', 'set', ...setting])),
  );
  expect(saved.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  const { profiles } = JSON.parse(readFileSync(join(machine.configFolder, 'config.json'), 'utf8'));
  expect(Object.keys(profiles.default)).toHaveLength(7);
});

it('the demo takes the whole tour and leaves nothing behind', async () => {
  const temporary = temporaryFolder();
  const { exitCode, stderr } = await startProgram(['demo'], { BROWSER: 'none', TEMP: temporary, TMP: temporary }).ended;
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain('That is the tour.');
  expect(readdirSync(temporary)).toEqual([]);
});

describe('Ctrl-C', () => {
  it('ends a waiting login: its port is free and nothing is stored', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    const url = /redirect_uri=https%3A%2F%2F127\.0\.0\.1%3A(\d+)%2F/;
    const { exitCode, stderr } = await interrupted(url, ['login', '--no-browser'], machine.runtime().env);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 130,
      stderr: expect.not.stringMatching(/^\s+at |node:internal/m),
    });
    expect(await listening(Number(url.exec(stderr)?.[1]))).toBe(false);
    expect(await program(machine, ['token'])).toMatchObject({ exitCode: 4 });
  });

  it('ends the sandbox: its port is free, and nothing of it lies about', async () => {
    const temporary = temporaryFolder();
    const machine = await sandboxMachine();
    const { PING14C_CONFIG_DIR, PING14C_STATE_DIR } = machine.runtime().env;
    const env = { PING14C_CONFIG_DIR, PING14C_STATE_DIR, TEMP: temporary, TMP: temporary };
    const { exitCode, stdout, stderr } = await interrupted(
      /Each request is told here/,
      ['sandbox', '--port', '0'],
      env,
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 130,
      stderr: expect.not.stringMatching(/^\s+at |node:internal/m),
    });
    expect(await listening(Number(/is running at https:\/\/127\.0\.0\.1:(\d+)/.exec(stdout)?.[1]))).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('in the middle of the demo leaves nothing of it behind', async () => {
    const temporary = temporaryFolder();
    const env = { BROWSER: 'none', TEMP: temporary, TMP: temporary };
    const { exitCode } = await interrupted(/\$ ping14c whoami/, ['demo'], env);
    expect([exitCode, readdirSync(temporary)]).toEqual([130, []]);
  });
});

const ownConsole = fileURLToPath(new URL('own-console.js', import.meta.url));

/** Runs the program until it has said this, and presses Ctrl-C. */
function interrupted(said: RegExp, argv: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return startProgram([said.source, builtProgram, ...argv], env, { file: ownConsole }).ended;
}

function program(machine: TestMachine, argv: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return startProgram(argv, machine.runtime().env, options).ended;
}

/** `behind`: on a clock that is two hours behind. */
async function signIn(
  machine: SandboxMachine,
  { behind = false, password = adasPassword }: { readonly behind?: boolean; readonly password?: string } = {},
): Promise<Ended> {
  const clock = fileURLToPath(new URL('../support/clock-two-hours-behind.cjs', import.meta.url)).replaceAll('\\', '/');
  const late = { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --require="${clock}"` };
  const login = startProgram(['login', '--no-browser'], { ...machine.runtime().env, ...(behind && late) });
  const shown = await login.said(/\/as\/authorize\?.*\n/);
  const url = shown.split('\n').find((line) => line.includes('/as/authorize?')) ?? '';
  await signsInAs('ada', password)(browserFor(machine.sandbox, shown), url);
  const ended = await login.ended;
  expect(ended.exitCode, ended.stderr).toBe(0);
  return ended;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-windows-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function listening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
