import { describe, expect, it } from 'vitest';
import { client, sandboxMachine } from '../support/sandbox-machine.ts';

describe('status', () => {
  it('tells whose session it is, until when, where it is kept and where settings came from', async () => {
    const machine = await sandboxMachine();
    await machine.run('login');
    const before = machine.sandbox.requests.length;
    const { exitCode, stdout } = await machine.run('status', '--region', 'eu');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Signed in as +Ada King Lovelace \(ada@example\.com\)/);
    expect(stdout).toMatch(/Access token +good until .* for another/);
    expect(stdout).toMatch(/Kept in +the keychain \(macOS Keychain\)/);
    expect(stdout).toMatch(/^region +--region +eu$/m);
    expect(stdout).toMatch(new RegExp(`^client-id +PING14C_CLIENT_ID +${client.native}$`, 'm'));
    expect(machine.sandbox.requests).toHaveLength(before);
  });

  it('is a JSON document with --json, without the secret', async () => {
    const machine = await sandboxMachine({ env: { PING14C_WORKER_CLIENT_SECRET: 'hush, a secret' } });
    await machine.run('login');
    const { stdout } = await machine.run('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      user: { name: 'Ada King Lovelace (ada@example.com)' },
      expired: false,
      renewable: true,
      store: { kind: 'keychain' },
      settings: expect.arrayContaining([
        { name: 'client-id', value: client.native, origin: { kind: 'environment', name: 'PING14C_CLIENT_ID' } },
        { name: 'worker-client-secret', value: '(hidden)', origin: expect.anything() },
      ]),
    });
    expect(stdout).not.toContain('hush');
  });

  it('ends with 4 when nobody is signed in, and shows the settings all the same', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stdout, stderr } = await machine.run('status');
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('PING14C_ENVIRONMENT_ID');
    expect(stderr).toContain('Error: You are not signed in.');
  });

  it('ends with 4 when the session has ended and nothing can renew it', async () => {
    // The web shop gets a refresh token only when it asks for offline_access.
    const machine = await sandboxMachine({
      env: {
        PING14C_CLIENT_ID: client.web,
        PING14C_CLIENT_SECRET: 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002',
      },
    });
    const login = await machine.run('login');
    expect(login.exitCode, login.stderr).toBe(0);
    expect((await machine.run('status')).stdout).toContain('by signing in again');
    machine.advance(3_601_000);
    const { exitCode, stderr } = await machine.run('status');
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/The session of Ada King Lovelace \(ada@example\.com\) ended at/);
  });
});
