import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Intercept } from '../src/sandbox/intercept.ts';
import { startProgram } from './support/built-program.ts';
import { type SandboxMachine, sandboxMachine, signedIn } from './support/sandbox-machine.ts';

// The built program with real pipes and descriptors (docs/security.md, rule 32).

const program = ['bin/ping14c.js'];

describe('token, when its answer cannot be delivered', () => {
  it('ends quietly where the reader has gone, and the renewed session stays good', async () => {
    const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
    const child = spawn(process.execPath, [...program, 'token', '--refresh'], {
      env: environmentOf(machine),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const [exitCode] = (await once(child, 'close')) as [number];
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    await expectStillSignedIn(machine, 2);
  });

  it.skipIf(process.platform !== 'linux')('says so on a full disk, and the renewed session stays good', async () => {
    const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
    const { exitCode, stderr } = await throughShell(machine, 'token --refresh', '>/dev/full');
    expect(stderr).toMatch(/^Error: The answer could not be written to standard output: ENOSPC[^\n]*\nHint: [^\n]+\n$/);
    expect(exitCode).toBe(1);
    await expectStillSignedIn(machine, 2);
  });

  it.skipIf(process.platform === 'win32').each([
    ['standard output closed', '>&-'],
    ['standard error closed', '2>&- >/dev/null'],
    ['both closed', '>&- 2>&-'],
    ['standard input closed, too', '<&- >&- 2>&-'],
  ])('does its work with %s', async (_name, redirections) => {
    const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
    expect(await throughShell(machine, 'token --refresh', redirections)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    });
    await expectStillSignedIn(machine, 2);
  });
});

it.skipIf(process.platform !== 'linux')('a changed password is not called unchanged on a full disk', async () => {
  const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
  const passwords = 'Analytical-Engine-1843\nDifference-Engine-1822\n';
  const { exitCode, stderr } = await throughShell(machine, 'passwd --stdin', '>/dev/full', passwords);
  expect(stderr).toMatch(/could not be written to standard output: ENOSPC[\s\S]*What was done is done/);
  expect(exitCode).toBe(1);
  expect(machine.sandbox.directory.checkPassword('ada', 'Difference-Engine-1822').kind).toBe('ok');
});

it('a finished command waits for no timer, and for no answer that it needs no more', async () => {
  // The user record, which is asked for beside the password's state, never comes.
  const intercept: Intercept = ({ method, url }, proceed) => {
    if (!url.pathname.startsWith('/v1/')) return proceed();
    const refusal = { status: 429, headers: { 'retry-after': '3600' } };
    return url.pathname.endsWith('/password') && method === 'GET' ? Promise.resolve(refusal) : new Promise(() => {});
  };
  const machine = await signedIn({ env: { PING14C_STORE: 'file' }, sandboxOptions: { intercept } });
  const env = { ...environmentOf(machine), NODE_OPTIONS: `--require ${resolve('test/support/tells-timers.cjs')}` };
  const passwords = 'Analytical-Engine-1843\nDifference-Engine-1822\n';
  const { exitCode, stderr } = await startProgram(['passwd', '--stdin'], env, { input: passwords }).ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('too many requests') });
  // What ran out before the last word was part of the work.
  expect(stderr.slice(stderr.lastIndexOf('Hint:'))).not.toContain('waited');
});

describe('what is said to people, when nobody can read it', () => {
  it.skipIf(process.platform !== 'linux').each(['2>/dev/full', '2>&-'])(
    'changes no exit code and no answer: %s',
    async (redirection) => {
      const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
      const { exitCode, stdout } = await throughShell(machine, 'token --debug', redirection);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^eyJ[\w.-]+\n$/);
      expect((await throughShell(machine, 'token --client-id another-client', redirection)).exitCode).toBe(4);
      expect((await throughShell(machine, 'no-such-command', redirection)).exitCode).toBe(2);
    },
  );

  it.skipIf(process.platform === 'win32')('help for a reader who has read enough is no error', async () => {
    const machine = await sandboxMachine();
    const child = spawn(process.execPath, [...program, '--help'], { env: environmentOf(machine), stdio: 'pipe' });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const [exitCode] = (await once(child, 'close')) as [number];
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

/** Nothing was lost: the next one prints a token, without another refresh. */
async function expectStillSignedIn(machine: SandboxMachine, tokenRequests: number): Promise<void> {
  const { exitCode, stdout } = await throughShell(machine, 'token');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^eyJ[\w.-]+\n$/);
  expect(machine.tokenRequests()).toBe(tokenRequests);
}

function environmentOf(machine: SandboxMachine) {
  return { PATH: process.env['PATH'], TZ: 'UTC', ...machine.runtime().env };
}

async function throughShell(machine: SandboxMachine, commandLine: string, redirections = '', stdin = '') {
  const child = spawn(
    '/bin/sh',
    ['-c', `"$@" ${redirections}`, 'sh', process.execPath, ...program, ...commandLine.split(' ')],
    {
      env: environmentOf(machine),
      stdio: 'pipe',
    },
  );
  child.stdin.on('error', () => {}).end(stdin);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [exitCode] = (await once(child, 'close')) as [number];
  return { exitCode, stdout, stderr };
}
