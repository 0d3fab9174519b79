import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { providerClients, providerEnvironment, startOidcProvider } from '../support/oidc-provider.ts';
import { browserFor } from '../support/sandbox-machine.ts';
import { testMachine } from '../support/test-runtime.ts';

const { user, worker, implicit, device } = providerClients;

const grace = { username: 'grace', password: 'any' };

async function providerMachine(workerSecret: string = worker.secret, clientId: string = user.id) {
  const redirectUri = `https://127.0.0.1:${await freePort()}/callback`;
  const server = await startOidcProvider(redirectUri);
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-provider-'));
  writeFileSync(join(folder, 'ca.pem'), server.certificate.cert);
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const machine = testMachine({
    env: {
      PING14C_ENVIRONMENT_ID: providerEnvironment,
      PING14C_AUTH_URL: server.origin,
      PING14C_API_URL: `${server.origin}/v1`,
      PING14C_CLIENT_ID: clientId,
      ...(clientId === user.id ? { PING14C_CLIENT_SECRET: user.secret } : {}),
      PING14C_WORKER_CLIENT_ID: worker.id,
      PING14C_WORKER_CLIENT_SECRET: workerSecret,
      PING14C_WORKER_AUTH_METHOD: 'client_secret_post',
      PING14C_CA_FILE: join(folder, 'ca.pem'),
      PING14C_REDIRECT_URI: redirectUri,
      PING14C_SCOPE: 'openid profile email offline_access',
    },
    browser: (url, stderr) => browserFor(server, stderr).signIn(url, grace),
  });
  return { ...machine, server };
}

// The provider is not ours: what works with it does not work only because client and sandbox share a mistake.
describe('with oidc-provider, a certified server', () => {
  it('login, token, refresh, status and logout work', async () => {
    const machine = await providerMachine();
    const login = await machine.run('login', '--prompt', 'consent');
    expect(login.stdout, login.stderr).toBe('Signed in as Grace Hopper (grace@example.com)\n');
    const first = await machine.run('token');
    const second = await machine.run('token', '--refresh');
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stdout).not.toBe(first.stdout);
    const third = await machine.run('token', '--refresh');
    expect(third.exitCode, third.stderr).toBe(0);
    expect((await machine.run('status')).stdout).toContain('then renewed by itself');
    const logout = await machine.run('logout');
    expect(logout.stdout, logout.stderr).toContain('Refresh token: revoked\n');
    expect(logout.stdout).toContain('to end it, open https://127.0.0.1');
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it.each([['token id_token'], ['id_token']])('login --implicit works for "%s"', async (responseType) => {
    const machine = await providerMachine(undefined, implicit.id);
    const implicitly = ['--implicit', '--response-type', responseType, '--scope', 'openid profile email'];
    const { stdout, stderr } = await machine.run('login', ...implicitly);
    expect(stdout, stderr).toMatch(/^Signed in as /);
    expect(new URL(machine.opened[0] ?? '').searchParams.get('response_mode')).toBe('form_post');
    const whoami = await machine.run('whoami');
    expect(whoami.exitCode, whoami.stderr).toBe(0);
  });

  it('login --par works', async () => {
    const machine = await providerMachine();
    const { stdout, stderr } = await machine.run('login', '--par', '--prompt', 'consent');
    expect(stdout, stderr).toBe('Signed in as Grace Hopper (grace@example.com)\n');
    expect(new URL(machine.opened[0] ?? '').searchParams.has('request_uri')).toBe(true);
  });

  it('login --device works', async () => {
    const machine = await providerMachine(undefined, device.id);
    const { outcome, runtime } = machine.start('login', '--device', '--scope', 'openid profile email');
    const shown = await runtime.said(/The code is good for/);
    const [, address, code] = /on any device:\n\s+(\S+)\n.*: (\S+)\n/.exec(shown) ?? [];
    const page = await browserFor(machine.server, '').signIn(`${address}?user_code=${code}`, grace);
    expect(page.html).toContain('Sign-in Success');
    await machine.sleepsThrough(5000);
    const { stdout, stderr } = await outcome;
    expect(stdout, stderr).toMatch(/^Signed in as /);
  });

  it('token --client-credentials works', async () => {
    const machine = await providerMachine();
    const { exitCode, stdout, stderr } = await machine.run('token', '--client-credentials');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^\S+\n$/);
  });

  it('a wrong secret is refused in words', async () => {
    const machine = await providerMachine('not the secret');
    const { exitCode, stdout, stderr } = await machine.run('token', '--client-credentials');
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain(`did not accept the client ${worker.id} with client_secret_post`);
  });
});
