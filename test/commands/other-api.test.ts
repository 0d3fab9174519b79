import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../../src/main.ts';
import { type SandboxMachine, signedIn } from '../support/sandbox-machine.ts';

/** Another host, to which a variable of another program leads: it takes down whatever it is sent. */
async function otherApi() {
  const received: string[] = [];
  const server = createServer((request, response) => {
    received.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, received };
}

/** Runs a command where `PINGONE_API_DOMAIN` is exported with all that makes it count, as it is for Ping's Go SDK. */
async function runWithDomain(machine: SandboxMachine, domain: string, argv: readonly string[], stdin = '') {
  const runtime = machine.runtime();
  const { PING14C_API_URL: _own, ...env } = runtime.env;
  const input = Object.assign(new PassThrough(), { isTTY: false });
  input.end(stdin);
  const exported = { PINGONE_ENVIRONMENT_ID: machine.sandbox.environmentId, PINGONE_API_DOMAIN: domain };
  const exitCode = await run(argv, { ...runtime, stdin: input, env: { ...env, ...exported } });
  return { exitCode, ...runtime.printed() };
}

const commands = [
  ['whoami'],
  ['passwd', '--stdin'],
  ['token'],
  ['token', '--refresh'],
  ['exec', '--', 'true'],
  ['status'],
];

describe('a session that was signed in to with one API, while another is in force,', () => {
  it.each(commands)('is not used by %s %s %s: nothing is sent, and both are named', async (...argv) => {
    const machine = await signedIn({ terminal: false });
    const other = await otherApi();
    const sent = machine.sandbox.requests().length;
    const passwords = 'Analytical-Engine-1843\nDifference-Engine-1822\n';
    const { exitCode, stdout, stderr } = await runWithDomain(machine, other.base, argv.filter(Boolean), passwords);
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain(`This session is for the API at ${machine.sandbox.apiUrl}, but PINGONE_API_DOMAIN names`);
    expect(stderr).toContain(other.base);
    expect(stderr).toContain('Hint: Nothing was sent. Change PINGONE_API_DOMAIN back');
    expect({ received: other.received, sent: machine.sandbox.requests().length }).toEqual({ received: [], sent });
  });

  it('is ended by logout all the same, at the server that it belongs to', async () => {
    const machine = await signedIn({ terminal: false });
    const { exitCode, stdout } = await runWithDomain(machine, 'api.elsewhere.example', ['logout']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Refresh token: revoked');
  });

  it('is one thing that doctor notes', async () => {
    const machine = await signedIn({ terminal: false });
    const { stdout } = await runWithDomain(machine, machine.sandbox.apiUrl.replace('127.0.0.1', 'localhost'), [
      'doctor',
    ]);
    expect(stdout).toMatch(/^! Session: This session is for the API at .*, but PINGONE_API_DOMAIN names /m);
  });
});

describe('a session that an earlier ping14c stored, without its API,', () => {
  it('asks for one sign-in, once, and is ended by logout as ever', async () => {
    const machine = await signedIn({ terminal: false });
    const [account, text = ''] = [...machine.keychainItems].find(([, item]) => item.includes('refreshToken')) ?? [''];
    const { apiBase, ...earlier } = JSON.parse(text) as Record<string, unknown>;
    expect(apiBase).toBe(machine.sandbox.apiUrl);
    machine.keychainItems.set(account, JSON.stringify(earlier));
    const { exitCode, stderr } = await machine.run('token');
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^Error: An earlier ping14c stored this session.*\nHint: Sign in again .*, this once\.\n$/);
    machine.keychainItems.set(account, JSON.stringify(earlier));
    expect((await machine.run('login')).exitCode).toBe(0);
    expect((await machine.run('token')).exitCode).toBe(0);
  });
});
