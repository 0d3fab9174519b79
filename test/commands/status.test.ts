import { describe, expect, it } from 'vitest';
import type { Intercept } from '../../src/sandbox/intercept.ts';
import { json } from '../../src/sandbox/response.ts';
import { client, sandboxMachine, signedIn } from '../support/sandbox-machine.ts';
import { withMetadata } from '../support/server-metadata.ts';
import { testMachine } from '../support/test-runtime.ts';

const webShop = {
  PING14C_CLIENT_ID: client.web,
  PING14C_CLIENT_SECRET: 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002',
};

describe('status', () => {
  it('tells whose session it is, until when and where it is kept, and asks nobody', async () => {
    const machine = await signedIn();
    const before = machine.sandbox.requests().length;
    const { exitCode, stdout } = await machine.run('status');
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'Signed in as  Ada King Lovelace (ada@example.com)',
      `Environment   ${machine.sandbox.environmentId}`,
      expect.stringMatching(/^Access token {2}good until .*, then renewed by itself$/),
      'Kept in       the keychain (macOS Keychain)',
    ]);
    expect(machine.sandbox.requests()).toHaveLength(before);
  });

  it('names the profile where it is not the usual one', async () => {
    const machine = await sandboxMachine({ env: { BROWSER: 'a browser' } });
    await machine.run('init', '-P', 'work', '--no-check', '--no-input');
    await machine.run('login', '-P', 'work');
    const { stdout } = await machine.run('status', '-P', 'work');
    expect(stdout).toContain(`${machine.sandbox.environmentId} (profile work)\n`);
  });

  it('says that an access token has expired, and what renews it', async () => {
    const machine = await signedIn();
    machine.advance(3_601_000);
    const { exitCode, stdout } = await machine.run('status');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Access token +expired at .*; the next command renews it$/m);
  });

  it('--verbose tells all of the session, and where settings came from', async () => {
    const machine = await signedIn();
    const { exitCode, stdout } = await machine.run('status', '--verbose', '--region', 'eu');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Signed in as +Ada King Lovelace \(ada@example\.com\)/);
    expect(stdout).toMatch(/Access token +good until .* for another/);
    expect(stdout).toMatch(/Kept in +the keychain \(macOS Keychain\)/);
    expect(stdout).toMatch(/^region +--region +eu$/m);
    expect(stdout).toMatch(new RegExp(`^client-id +PING14C_CLIENT_ID +${client.native}$`, 'm'));
  });

  it('is a JSON document with --json, without the secret', async () => {
    const machine = await signedIn({ env: { PING14C_WORKER_CLIENT_SECRET: 'hush, a secret' } });
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

  it('names the profile so that a shell takes it, whatever is in its name', async () => {
    const machine = await sandboxMachine();
    const absent = await machine.run('status', '-P', "Ada's");
    expect(absent.stderr).toContain(String.raw`Create one with "ping14c init -P 'Ada'\''s'"`);
    const onWindows = await testMachine({ platform: 'win32' }).run('status', '-P', "Ada's");
    expect(onWindows.stderr).toContain(`Create one with "ping14c init -P 'Ada''s'"`);
    await machine.run('config', 'set', 'region', 'com', '-P', "Ada's");
    const { stderr } = await machine.run('status', '-P', "Ada's");
    expect(stderr).toContain(String.raw`Sign in with "ping14c -P 'Ada'\''s' login"`);
  });

  it('ends with 4 when nobody is signed in, and shows the settings with --verbose all the same', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stdout, stderr } = await machine.run('status', '--verbose');
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('PING14C_ENVIRONMENT_ID');
    expect(stderr).toContain('Error: You are not signed in.');
    expect(await machine.run('status')).toEqual({
      exitCode: 4,
      stdout: '',
      stderr: 'Error: You are not signed in.\nHint: Sign in with "ping14c login".\n',
    });
  });

  it('ends with 4 when the session has ended and nothing can renew it', async () => {
    // The web shop gets a refresh token only when it asks for offline_access.
    const machine = await sandboxMachine({
      env: webShop,
    });
    const login = await machine.run('login');
    expect(login.exitCode, login.stderr).toBe(0);
    expect((await machine.run('status')).stdout).toMatch(/Access token +good until .*, then sign in again$/m);
    machine.advance(3_601_000);
    const { exitCode, stderr } = await machine.run('status');
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/The session of Ada King Lovelace \(ada@example\.com\) ended at/);
  });
});

describe('status --check', () => {
  it('says that the server honours the session, and changes nothing', async () => {
    const machine = await signedIn();
    const before = machine.tokenRequests();
    const { exitCode, stdout, stderr } = await machine.run('status', '--check');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/\nPingOne says {2}access token valid, refresh token valid\n$/);
    const verbose = await machine.run('status', '--check', '--verbose');
    expect(verbose.stdout).toMatch(/^What PingOne says$/m);
    expect(verbose.stdout).toMatch(/^Asked by +introspection$/m);
    expect(verbose.stdout).toMatch(/^Access token +valid$/m);
    expect(verbose.stdout).toMatch(/^Refresh token +valid$/m);
    expect(verbose.stdout).toContain('Nothing to do.');
    expect(machine.tokenRequests()).toBe(before);
  });

  it('ends with 4 and names login when the session was ended elsewhere', async () => {
    const machine = await signedIn();
    const kept = [...machine.keychainItems];
    await machine.run('logout');
    // Another machine that holds the same session.
    for (const [name, text] of kept) machine.keychainItems.set(name, text);
    // PingOne honours an access token until it ends, whatever became of the session.
    expect((await machine.run('status', '--check')).stdout).toMatch(
      /valid, refresh token no longer valid\nIt cannot be renewed: .* Run "ping14c login"\.\n$/,
    );
    expect(JSON.parse((await machine.run('status', '--check', '--json')).stdout).server).toMatchObject({
      accessToken: 'active',
      refreshToken: 'inactive',
      remedy: 'ping14c login',
    });
    machine.advance(3_601_000);
    const { exitCode, stdout, stderr } = await machine.run('status', '--check');
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toMatch(/Signed in as +Ada King Lovelace/);
    expect(stderr).toContain('PingOne no longer accepts the session of Ada King Lovelace (ada@example.com).');
    expect(stderr).toContain('Hint: Sign in again with "ping14c login".');
  });

  it.each([
    { dead: 'accessToken', advance: 0, remedy: 'ping14c token --refresh' },
    { dead: 'accessToken', advance: 3_601_000, remedy: null },
    { dead: 'refreshToken', advance: 0, remedy: 'ping14c login' },
  ])('names $remedy where the $dead is not honoured, $advance ms later', async ({ dead, advance, remedy }) => {
    const machine = await signedIn();
    machine.advance(advance);
    for (const [name, text] of machine.keychainItems) {
      const session = JSON.parse(text);
      session.tokens[dead] = 'revoked';
      machine.keychainItems.set(name, JSON.stringify(session));
    }
    const { exitCode, stdout } = await machine.run('status', '--check', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).server).toMatchObject({ [dead]: 'inactive', remedy });
  });

  it.each([
    [200, 'active', null],
    [401, 'inactive', 'ping14c token --refresh'],
  ])('asks userinfo where introspection is refused: %i', async (status, accessToken, remedy) => {
    const intercept: Intercept = async ({ url }, proceed) => {
      if (url.pathname.endsWith('/introspect')) return refusal(401, 'invalid_client');
      return url.pathname.endsWith('/userinfo') && status === 401 ? refusal(401, 'invalid_token') : proceed();
    };
    const machine = await signedIn({ sandboxOptions: { intercept } });
    const { exitCode, stdout, stderr } = await machine.run('status', '--check', '--json');
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout).server).toEqual({ askedBy: 'userinfo', accessToken, refreshToken: 'unknown', remedy });
  });

  it.each([
    [['--implicit', '--response-type', 'id_token'], true, 'introspection', 'none', 'none'],
    [['--implicit', '--response-type', 'id_token'], false, 'userinfo', 'none', 'none'],
    [['--implicit'], true, 'introspection', 'active', 'none'],
    [['--implicit'], false, 'userinfo', 'active', 'none'],
    [['--scope', 'openid offline_access'], false, 'userinfo', 'active', 'unknown'],
  ] as const)(
    'asks of the tokens that there are, after %j, whether the server introspects (%j) or not',
    async (flags, introspects, askedBy, accessToken, refreshToken) => {
      const machine = await sandboxMachine({
        env: webShop,
        sandboxOptions: introspects ? {} : withMetadata({ introspection_endpoint: undefined }),
      });
      const login = await machine.run('login', ...flags);
      expect(login.exitCode, login.stderr).toBe(0);
      const { exitCode, stdout, stderr } = await machine.run('status', '--check', '--json');
      expect(exitCode, stderr).toBe(0);
      expect(JSON.parse(stdout).server).toEqual({ askedBy, accessToken, refreshToken, remedy: null });
    },
  );

  it('does not take a server that fails for one that lets nobody ask', async () => {
    const intercept: Intercept = async ({ url }, proceed) =>
      url.pathname.endsWith('/introspect') ? { status: 503 } : proceed();
    const machine = await signedIn({ sandboxOptions: { intercept } });
    const { exitCode, stdout, stderr } = await machine.run('status', '--check');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('answered the introspection request with status 503');
  });

  it('does not take the session for ended where introspection takes its tokens for another client’s', async () => {
    const intercept: Intercept = async ({ url }, proceed) =>
      url.pathname.endsWith('/introspect') ? json(200, { active: false }) : proceed();
    const machine = await signedIn({ sandboxOptions: { intercept } });
    const { exitCode, stdout, stderr } = await machine.run('status', '--check', '--json');
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout).server).toEqual({
      askedBy: 'userinfo',
      accessToken: 'active',
      refreshToken: 'unknown',
      remedy: null,
    });
  });

  it('calls no session good whose token the server says is another user’s', async () => {
    const intercept: Intercept = async ({ url }, proceed) =>
      url.pathname.endsWith('/introspect') ? json(200, { active: true, sub: 'mallory' }) : proceed();
    const machine = await signedIn({ sandboxOptions: { intercept } });
    const { exitCode, stdout, stderr } = await machine.run('status', '--check');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('The server says that the token belongs to another user.');
    expect(stderr).toMatch(/^Hint: Sign in again with "ping14c login"\.$/m);
    expect((await machine.run('status', '--check', '--json')).stderr).toContain('"code":"subject_mismatch"');
  });

  it('ends with 6 without a network, and shows what this machine knows', async () => {
    const machine = await signedIn();
    await machine.sandbox.close();
    const { exitCode, stdout, stderr } = await machine.run('status', '--check');
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' });
    expect(stderr).toMatch(/Signed in as +Ada King Lovelace/);
  });
});

function refusal(status: number, error: string) {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error }) };
}
