import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { client, sandboxMachine } from '../support/sandbox-machine.ts';

const workerSecret = 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003';
const worker = { PING14C_WORKER_CLIENT_ID: client.worker, PING14C_WORKER_CLIENT_SECRET: workerSecret };
const hour = 3_600_000;

async function signedIn(options: Parameters<typeof sandboxMachine>[0] = {}) {
  const machine = await sandboxMachine(options);
  const { exitCode, stderr } = await machine.run('login');
  expect(exitCode, stderr).toBe(0);
  return machine;
}

describe('token', () => {
  it('prints the access token and a newline, and asks no server while it is good', async () => {
    const machine = await signedIn();
    const before = machine.sandbox.requests.length;
    const { exitCode, stdout, stderr } = await machine.run('token');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeJwt(stdout.trim())).toMatchObject({ sub: 'd0000000-0000-4000-8000-000000000001' });
    expect(machine.sandbox.requests).toHaveLength(before);
  });

  it('renews a token that has expired, and keeps what it got', async () => {
    const machine = await signedIn();
    const first = await machine.run('token');
    machine.advance(hour + 1000);
    const second = await machine.run('token');
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stdout).not.toBe(first.stdout);
    const requests = machine.tokenRequests();
    expect((await machine.run('token')).stdout).toBe(second.stdout);
    expect(machine.tokenRequests()).toBe(requests);
  });

  it.each([['--refresh'], ['--min-ttl', '7200']])('renews a good token when told so with %s %s', async (...flags) => {
    const machine = await signedIn();
    const first = await machine.run('token');
    machine.advance(1000);
    const second = await machine.run('token', ...flags.filter(Boolean));
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stdout).not.toBe(first.stdout);
  });

  it('prints nothing and ends with 4 when nobody is signed in', async () => {
    const machine = await sandboxMachine({ terminal: false, env: { CI: 'true' } });
    const { exitCode, stdout, stderr } = await machine.run('token');
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('Hint: Sign in with "ping14c login"');
  });

  it('ends with 4 when PingOne has ended the session', async () => {
    const machine = await signedIn();
    machine.advance(400 * 24 * hour);
    const { exitCode, stdout, stderr } = await machine.run('token');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('The session has ended');
  });

  it('keeps the session and ends with 6 when the server cannot be reached', async () => {
    const machine = await signedIn();
    const kept = [...machine.keychainItems.values()];
    machine.advance(hour + 1000);
    await machine.sandbox.close();
    const { exitCode, stdout } = await machine.run('token');
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' });
    expect([...machine.keychainItems.values()]).toEqual(kept);
  });

  it('uses the tokens of no other environment, client or profile', async () => {
    const machine = await signedIn();
    const { exitCode } = await machine.run('token', '--client-id', client.web);
    expect(exitCode).toBe(4);
  });

  it('writes a header, a variable or JSON', async () => {
    const machine = await signedIn();
    const token = (await machine.run('token')).stdout.trim();
    expect((await machine.run('token', '--format', 'header')).stdout).toBe(`Authorization: Bearer ${token}\n`);
    expect((await machine.run('token', '--format', 'env')).stdout).toBe(`PING14C_ACCESS_TOKEN=${token}\n`);
    expect(JSON.parse((await machine.run('token', '--json')).stdout)).toMatchObject({
      accessToken: token,
      tokenType: 'Bearer',
      expiresAt: expect.stringMatching(/Z$/),
    });
  });

  it('prints the verified ID token with --id-token', async () => {
    const machine = await signedIn();
    const { stdout } = await machine.run('token', '--id-token');
    expect(decodeJwt(stdout.trim())).toMatchObject({ aud: client.native, email: 'ada@example.com' });
  });
});

describe('token --introspect', () => {
  it('prints what the server says, and nothing of the token', async () => {
    const machine = await signedIn();
    const { exitCode, stdout, stderr } = await machine.run('token', '--introspect');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^active +true$/m);
    expect(stdout).not.toContain('eyJ');
    expect(JSON.parse((await machine.run('token', '--introspect', '--json')).stdout)).toMatchObject({
      introspection: { active: true, client_id: client.native },
    });
  });
});

describe('token --client-credentials', () => {
  it("prints the application's own token, and the same one until it expires", async () => {
    const machine = await sandboxMachine({ env: worker, terminal: false });
    const first = await machine.run('token', '--client-credentials');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(decodeJwt(first.stdout.trim())).toMatchObject({ client_id: client.worker });
    expect((await machine.run('token', '--client-credentials')).stdout).toBe(first.stdout);
    expect(machine.tokenRequests()).toBe(1);
    machine.advance(hour);
    expect((await machine.run('token', '--client-credentials')).stdout).not.toBe(first.stdout);
    expect(machine.tokenRequests()).toBe(2);
  });

  it("is apart from the user's session", async () => {
    const machine = await sandboxMachine({ env: worker });
    await machine.run('token', '--client-credentials');
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it('needs a client that authenticates', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stdout, stderr } = await machine.run('token', '--client-credentials');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('PING14C_WORKER_CLIENT_SECRET');
  });

  it('ends with 5 when PingOne refuses, with its words and the correlation ID', async () => {
    const machine = await sandboxMachine({
      env: {
        PING14C_WORKER_CLIENT_ID: client.workerWithoutRoles,
        PING14C_WORKER_CLIENT_SECRET: 'sandbox~roleless.secret-as-long-as-those-that-PingOne-makes-0004',
      },
    });
    const { exitCode, stdout, stderr } = await machine.run('token', '--client-credentials');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toMatch(/Correlation ID: [0-9a-f-]{36}/);
  });
});
