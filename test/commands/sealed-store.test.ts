import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/main.ts';
import { client, type SandboxMachine, sandboxMachine } from '../support/sandbox-machine.ts';

const workerSecret = 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003';

/** Somebody whose sessions are in files. */
async function withFiles(): Promise<SandboxMachine> {
  return sandboxMachine({ env: { PING14C_STORE: 'file', PING14C_WORKER_CLIENT_ID: client.worker } });
}

async function runWith(machine: SandboxMachine, variables: Readonly<Record<string, string>>, ...argv: string[]) {
  const runtime = machine.runtime();
  const exitCode = await run(argv, { ...runtime, env: { ...runtime.env, ...variables } });
  return { exitCode, ...runtime.printed() };
}

/** The one file with a session, application's token or secret in it. */
function storedFile(machine: SandboxMachine): string {
  const folder = join(machine.stateFolder, 'sessions');
  const [name = ''] = readdirSync(folder);
  return join(folder, name);
}

const passphrase = { PING14C_STORE_PASSPHRASE: 'correct horse' };

describe('a session file that is not encrypted, while PING14C_STORE_PASSPHRASE is set,', () => {
  it('is not used, status says what it is, and login replaces it', async () => {
    const machine = await withFiles();
    expect((await machine.run('login')).exitCode).toBe(0);
    const path = storedFile(machine);
    for (const command of ['token', 'whoami', 'status']) {
      const { exitCode, stdout, stderr } = await runWith(machine, passphrase, command);
      expect({ exitCode, stdout }, command).toEqual({ exitCode: 4, stdout: '' });
      expect(stderr).toContain(`Error: ${path} is not encrypted, and PING14C_STORE_PASSPHRASE is set; it is not used.`);
    }
    const login = await runWith(machine, passphrase, 'login');
    expect(login.exitCode, login.stderr).toBe(0);
    expect(readFileSync(path, 'utf8')).not.toContain('refreshToken');
    expect((await runWith(machine, passphrase, 'status')).stdout).toMatch(/Kept in .*\(encrypted\)/s);
  });

  it('in the place of an encrypted one gives nothing to the shell', async () => {
    const machine = await withFiles();
    expect((await runWith(machine, passphrase, 'login')).exitCode).toBe(0);
    const path = storedFile(machine);
    writeFileSync(path, JSON.stringify({ format: 1, kind: 'plain', text: '{}' }));
    expect(await runWith(machine, passphrase, 'token', '--format', 'env')).toMatchObject({ exitCode: 4, stdout: '' });
  });

  it('is of no use as an application’s token either: another is asked for, and kept encrypted', async () => {
    const machine = await withFiles();
    const worker = { PING14C_WORKER_CLIENT_SECRET: workerSecret };
    expect((await runWith(machine, worker, 'token', '--client-credentials')).exitCode).toBe(0);
    const asked = machine.tokenRequests();
    const { exitCode, stderr } = await runWith(machine, { ...worker, ...passphrase }, 'token', '--client-credentials');
    expect({ exitCode, stderr, asked: machine.tokenRequests() }).toEqual({ exitCode: 0, stderr: '', asked: asked + 1 });
    expect(readFileSync(storedFile(machine), 'utf8')).not.toContain('accessToken');
  });
});

describe('a token that somebody has put into a session file', () => {
  it.each(['x;touch pwned', 'x\ntouch pwned', '$(touch pwned)', 'x y', '\u001b]0;pwned\u0007', ''])(
    'as %j is not printed for a shell to run',
    async (planted) => {
      const machine = await withFiles();
      expect((await machine.run('login')).exitCode).toBe(0);
      const path = storedFile(machine);
      const envelope = JSON.parse(readFileSync(path, 'utf8')) as { text: string };
      const session = JSON.parse(envelope.text) as { tokens: Record<string, unknown> };
      const tokens = { ...session.tokens, accessToken: planted, idToken: planted };
      writeFileSync(path, JSON.stringify({ ...envelope, text: JSON.stringify({ ...session, tokens }) }));
      for (const idToken of [[], ['--id-token']]) {
        const { exitCode, stdout } = await machine.run('token', '--format', 'env', ...idToken);
        expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
      }
    },
  );
});

describe('a damaged session file', () => {
  it('does not keep the person from signing in, which replaces it', async () => {
    const machine = await withFiles();
    expect((await machine.run('login')).exitCode).toBe(0);
    const path = storedFile(machine);
    writeFileSync(path, 'not ours');
    expect((await machine.run('token')).exitCode).toBe(4);
    expect((await machine.run('login')).exitCode).toBe(0);
    expect((await machine.run('token')).exitCode).toBe(0);
    expect(existsSync(path)).toBe(true);
  });
});
