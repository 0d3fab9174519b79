import { describe, expect, it } from 'vitest';
import { client, sandboxMachine } from '../support/sandbox-machine.ts';

describe('logout', () => {
  it('clears, revokes and ends the session at PingOne, with a line for each', async () => {
    const machine = await sandboxMachine();
    await machine.run('login');
    const { exitCode, stdout, stderr } = await machine.run('logout');
    expect(exitCode, stderr).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'Session on this machine: removed from the keychain (macOS Keychain)',
      'Refresh token: revoked',
      'Session at PingOne: ended',
      expect.stringMatching(/^Access token: still valid until .* \(PingOne cannot revoke it\)$/),
      '',
    ]);
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it('leaves a refresh token that nobody can use any more', async () => {
    const machine = await sandboxMachine();
    await machine.run('login');
    const kept = [...machine.keychainItems];
    await machine.run('logout');
    // Somebody had copied it.
    for (const [name, text] of kept) machine.keychainItems.set(name, text);
    machine.advance(3_601_000);
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it('clears the session without a network and says what is still valid, and why', async () => {
    const machine = await sandboxMachine();
    await machine.run('login');
    await machine.sandbox.close();
    const { exitCode, stdout } = await machine.run('logout');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Session on this machine: removed');
    expect(stdout).toMatch(/Refresh token: still valid \(127\.0\.0\.1:\d+ refuses connections\.\)/);
    expect(stdout).toMatch(/Session at PingOne: still valid/);
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it('names the sign-off page where the application may not end the session', async () => {
    const machine = await sandboxMachine({ env: webShop });
    await machine.run('login');
    const { stdout } = await machine.run('logout');
    expect(stdout).toContain('Session at PingOne: still valid');
    expect(stdout).toContain(`to end it, open ${machine.sandbox.issuer}/signoff`);
  });

  it('opens the sign-off page with --browser', async () => {
    const machine = await sandboxMachine({ env: webShop });
    await machine.run('login');
    const afterwards = 'https://example.com/signed-off';
    const { exitCode, stderr } = await machine.run('logout', '--browser', '--post-logout-redirect-uri', afterwards);
    expect(exitCode).toBe(0);
    const [, signOff = ''] = machine.opened;
    expect(signOff).toMatch(new RegExp(`^${machine.sandbox.issuer}/signoff\\?id_token_hint=`));
    expect(new URL(signOff).searchParams.get('post_logout_redirect_uri')).toBe(afterwards);
    expect(stderr).toContain('To end the session in the browser, open:');
  });

  it('has nothing to do when nobody is signed in', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stdout } = await machine.run('logout');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Session on this machine: there was none\n' });
    expect(machine.sandbox.requests).toEqual([]);
  });

  it('clears a session that cannot be read', async () => {
    const machine = await sandboxMachine();
    await machine.run('login');
    for (const name of machine.keychainItems.keys()) machine.keychainItems.set(name, 'not ours');
    const { exitCode, stdout } = await machine.run('logout');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('could not be read, so nothing could be revoked');
    expect(machine.keychainItems.size).toBe(0);
  });

  it('is a JSON document with --json', async () => {
    const machine = await sandboxMachine();
    await machine.run('login');
    const { stdout } = await machine.run('logout', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      receipt: [
        { thing: 'session', outcome: 'cleared' },
        { thing: 'refreshToken', outcome: 'revoked' },
        { thing: 'pingOneSession', outcome: 'ended' },
        { thing: 'accessToken', outcome: 'stillValid', until: expect.stringMatching(/Z$/) },
      ],
    });
  });
});

const webShop = {
  PING14C_CLIENT_ID: client.web,
  PING14C_CLIENT_SECRET: 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002',
};
