import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Intercept } from '../../src/sandbox/intercept.ts';
import type { SandboxRequest } from '../../src/sandbox/request.ts';
import { addToIndex, listIndex } from '../../src/session/account-index.ts';
import { freePort } from '../support/free-port.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { seedWith } from '../support/sandbox-client.ts';
import { client, type SandboxMachine, sandboxMachine, signedIn, signsInAs } from '../support/sandbox-machine.ts';
import { withMetadata } from '../support/server-metadata.ts';
import { type TestMachine, type TestMachineOptions, testMachine } from '../support/test-runtime.ts';

describe('logout', () => {
  it('clears, revokes and ends the session at PingOne, with a line for each', async () => {
    const machine = await signedIn();
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

  it('says it on a terminal in three lines, with a tick where something is done', async () => {
    const machine = await signedIn({ outputTerminal: true });
    const { exitCode, stdout } = await machine.run('logout');
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '✓ Session removed from the keychain (macOS Keychain)',
      expect.stringMatching(/^✓ Refresh token revoked; access token still valid until \d+ .*[^)]$/),
      '✓ Session at PingOne ended',
    ]);
    expect((await machine.run('logout')).stdout).toBe('- There was no session on this machine\n');
  });

  it.each(['file', 'memory'])('says in one row where it was removed from: %s', async (store) => {
    const machine = await signedIn({ outputTerminal: true, env: { PING14C_STORE: store } });
    const { stdout } = await machine.run('logout');
    expect(stdout).toMatch(store === 'file' ? /^✓ Session removed from \S+$/m : /^✓ Session removed from memory$/m);
  });

  it('ticks nothing off on a terminal that is not done', async () => {
    const online = await signedIn({ outputTerminal: true, env: webShop });
    const left = lineByLine(await online.run('logout'));
    expect(left[1]).toMatch(/^! Access token still valid until .* \(PingOne cannot revoke it\)$/);
    expect(left.slice(2).join(' ')).toContain(
      `! Session at PingOne still valid (the application is not allowed to end it from here); to end it, open ${online.sandbox.issuer}/signoff`,
    );
    const offline = await signedIn({ outputTerminal: true });
    await offline.sandbox.close();
    expect(
      lineByLine(await offline.run('logout'))
        .slice(1)
        .join(' '),
    ).toMatch(
      /^! Refresh token still valid \(127\.0\.0\.1:\d+ refuses connections\.\); access token still valid until .* ! Session at PingOne still valid \(.*\)$/,
    );
  });

  it('asks the server for each as the standards have it', async () => {
    const asked: { revoked?: URLSearchParams; signedOff?: SandboxRequest } = {};
    const machine = await signedIn({
      sandboxOptions: {
        intercept: (request, proceed) => {
          if (request.url.pathname.endsWith('/revoke')) asked.revoked = request.form();
          if (request.url.pathname.endsWith('/idpSignoff')) asked.signedOff = request;
          return proceed();
        },
      },
    });
    await machine.run('logout');
    // RFC 7009, section 2.1; docs/pingone.md, section 10.
    expect(Object.fromEntries(asked.revoked ?? [])).toEqual({
      client_id: client.native,
      token: expect.any(String),
      token_type_hint: 'refresh_token',
    });
    expect(Object.fromEntries(asked.signedOff?.url.searchParams ?? [])).toEqual({
      client_id: client.native,
      id_token_hint: expect.stringMatching(/^eyJ/),
    });
    expect(asked.signedOff?.headers.accept).toBe('application/json');
  });

  it('leaves a refresh token that nobody can use any more', async () => {
    const machine = await signedIn();
    const kept = [...machine.keychainItems];
    await machine.run('logout');
    // Somebody had copied it.
    for (const [name, text] of kept) machine.keychainItems.set(name, text);
    machine.advance(3_601_000);
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it('clears the session without a network and says what is still valid, and why', async () => {
    const machine = await signedIn();
    await machine.sandbox.close();
    const { exitCode, stdout } = await machine.run('logout');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Session on this machine: removed');
    expect(stdout).toMatch(/Refresh token: still valid \(127\.0\.0\.1:\d+ refuses connections\.\)/);
    expect(stdout).toMatch(/Session at PingOne: still valid/);
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it.each([
    ['with a network', true],
    ['without one', false],
  ])('claims nothing of a refresh token where none was given, %s', async (_, online) => {
    const machine = await signedIn({ env: { ...webShop, PING14C_SCOPE: 'openid email' } });
    if (!online) await machine.sandbox.close();
    const { exitCode, stdout, stderr } = await machine.run('logout');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('\nRefresh token: there was none\nSession at PingOne: still valid (');
    expect(machine.sandbox.requests().filter(({ path }) => path.endsWith('/revoke'))).toEqual([]);
  });

  it.each<[string, RegExp, Intercept]>([
    [
      'a refresh token that the server did not revoke',
      /^Refresh token: still valid \(.*503.*\)\nSession at PingOne: ended$/m,
      async ({ url }, proceed) => (url.pathname.endsWith('/revoke') ? { status: 503 } : proceed()),
    ],
    [
      'a refresh token that the server cannot revoke',
      /^Refresh token: still valid \(the server cannot revoke tokens\)\nSession at PingOne: ended$/m,
      withMetadata({ revocation_endpoint: undefined }).intercept,
    ],
    [
      'a session whose end the server did not confirm',
      /^Refresh token: revoked\nSession at PingOne: still valid \(the application is not allowed to end it from here\); to end it, open https:/m,
      async ({ url }, proceed) => (url.pathname.endsWith('/idpSignoff') ? { status: 200 } : proceed()),
    ],
    [
      'a session that the server cannot end',
      /^Refresh token: revoked\nSession at PingOne: still valid \(the application is not allowed to end it from here\); to end it, open https:/m,
      withMetadata({ ping_end_idp_session_endpoint: undefined }).intercept,
    ],
  ])('claims to have ended nothing of %s', async (_, words, intercept) => {
    const machine = await signedIn({ sandboxOptions: { intercept } });
    const { exitCode, stdout } = await machine.run('logout');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(words);
  });

  it.each([
    ['a second before its end', 3_599_000, true],
    ['at its end', 3_600_000, false],
  ])('says of the access token that it lives on: %s', async (_, later, said) => {
    const machine = await signedIn();
    machine.advance(later);
    const { stdout } = await machine.run('logout');
    expect(stdout.includes('Access token: still valid')).toBe(said);
  });

  it('names the sign-off page where the application may not end the session', async () => {
    const machine = await signedIn({ env: webShop });
    const { stdout } = await machine.run('logout');
    expect(stdout).toContain('Session at PingOne: still valid');
    expect(stdout).toContain(`to end it, open ${machine.sandbox.issuer}/signoff`);
  });

  it('opens the sign-off page with --browser', async () => {
    const machine = await signedIn({ env: webShop });
    const afterwards = 'https://example.com/signed-off';
    const { exitCode, stderr } = await machine.run('logout', '--browser', '--post-logout-redirect-uri', afterwards);
    expect(exitCode).toBe(0);
    const [, signOff = ''] = machine.opened;
    expect(signOff).toMatch(new RegExp(`^${machine.sandbox.issuer}/signoff\\?id_token_hint=`));
    expect(new URL(signOff).searchParams.get('post_logout_redirect_uri')).toBe(afterwards);
    expect(stderr).toContain('To end the session in the browser, open:');
  });

  it('shows no ID token on the screen, and sends a state along', async () => {
    const machine = await signedIn({ env: webShop });
    const afterwards = 'https://example.com/signed-off';
    const { stderr } = await machine.run('logout', '--browser', '--post-logout-redirect-uri', afterwards);
    const signOff = new URL(String(machine.opened[1]));
    expect(signOff.searchParams.get('state')).toMatch(/^[\w-]{22,}$/);
    expect(stderr).toContain('/signoff?');
    expect(stderr).not.toContain(String(signOff.searchParams.get('id_token_hint')));
  });

  it.each([
    { terminal: false, env: {}, opened: 0 },
    { terminal: true, env: { CI: 'true' }, opened: 0 },
    { terminal: true, env: { BROWSER: 'none' }, opened: 0 },
    { terminal: false, env: { BROWSER: 'a browser' }, opened: 1 },
  ])('starts a browser where login would: $env, terminal $terminal', async ({ terminal, env, opened }) => {
    const before = await signedIn({ env: webShop });
    const machine = testMachine({
      terminal,
      env: { ...before.runtime().env, BROWSER: undefined, ...env },
      browser: () => {},
    });
    for (const [name, text] of before.keychainItems) machine.keychainItems.set(name, text);
    const { exitCode, stderr } = await machine.run('logout', '--browser');
    expect(exitCode).toBe(0);
    expect(machine.opened).toHaveLength(opened);
    // A state belongs to an address to come back to (OpenID Connect RP-Initiated Logout, section 2).
    expect(machine.opened.filter((url) => new URL(url).searchParams.has('state'))).toEqual([]);
    expect(stderr).toContain(`${before.sandbox.issuer}/signoff`);
  });

  it('goes on when the browser cannot be started', async () => {
    const machine = await signedIn({ env: webShop, launch: { kind: 'failed', reason: 'no such program' } });
    const { exitCode, stderr } = await machine.run('logout', '--browser');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('Warning: The browser could not be started: no such program');
  });

  it('opens nothing with --browser where the server has no sign-off page', async () => {
    const { intercept } = withMetadata({ end_session_endpoint: undefined });
    const machine = await signedIn({ env: webShop, sandboxOptions: { intercept } });
    const opened = machine.opened.length;
    const { exitCode, stdout, stderr } = await machine.run('logout', '--browser');
    expect({ exitCode, opened: machine.opened.length - opened }, stderr).toEqual({ exitCode: 0, opened: 0 });
    expect(stdout).toMatch(/^Session at PingOne: still valid \(.*\)$/m);
  });

  it('ends at Ctrl-C while it waits for the browser', async () => {
    const afterwards = `http://127.0.0.1:${await freePort()}/signed-off`;
    const machine = await signedIn({ env: { ...webShop, PING14C_POST_LOGOUT_REDIRECT_URI: afterwards } });
    const { outcome, runtime } = machine.start('logout', '--browser');
    await runtime.said(/signoff/);
    runtime.interrupt();
    expect((await outcome).exitCode).toBe(130);
  });

  it('waits for the browser to come back to this machine, and says so', async () => {
    const afterwards = `https://127.0.0.1:${await freePort()}/signed-off`;
    const machine = await signedIn({
      env: { ...webShop, PING14C_POST_LOGOUT_REDIRECT_URI: afterwards },
      sandboxOptions: { seed: seedWith(client.web, { postLogoutRedirectUris: [afterwards] }) },
      person: (agent, url) =>
        url.includes('/signoff') ? agent.visit(url) : signsInAs('ada', 'Analytical-Engine-1843')(agent, url),
    });
    const { exitCode, stdout, stderr } = await machine.run('logout', '--browser');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(`Waiting for the browser at ${afterwards} for 5 minutes.`);
    expect(stderr).toMatch(
      /It will warn of the certificate there, .* SHA-256 fingerprint is (?:[0-9A-F]{2}:){31}[0-9A-F]{2}\n/,
    );
    expect(stdout).toContain('Session at PingOne: ended\n');
    const [, visit] = await Promise.all(machine.visits);
    expect(visit?.html).toContain('You are signed out');
  });

  it('waits past whoever does not bring the state, and no longer than the deadline', async () => {
    const afterwards = `http://127.0.0.1:${await freePort()}/signed-off`;
    const machine = await signedIn({ env: { ...webShop, PING14C_POST_LOGOUT_REDIRECT_URI: afterwards } });
    const { outcome, runtime } = machine.start('logout', '--browser');
    await runtime.said(/signoff/);
    const { status } = await fetch(`${afterwards}?state=forged`);
    expect(status).toBe(403);
    await machine.sleepsThrough(300_000);
    const { exitCode, stdout } = await outcome;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /Session at PingOne: still valid \(the browser did not come back from the sign-off page\); to/,
    );
  });

  it('has nothing to do when nobody is signed in', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stdout } = await machine.run('logout');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'Session on this machine: there was none\n' });
    expect(machine.sandbox.requests()).toEqual([]);
  });

  it('clears a session that cannot be read', async () => {
    const machine = await signedIn();
    for (const name of machine.keychainItems.keys()) machine.keychainItems.set(name, 'not ours');
    const { exitCode, stdout } = await machine.run('logout');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('could not be read, so nothing could be revoked');
    expect(machine.keychainItems.size).toBe(0);
  });

  it('is a JSON document with --json', async () => {
    const machine = await signedIn();
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

describe('logout --all', () => {
  it('ends the sessions of all profiles, clients and stores, and forgets application tokens', async () => {
    const machine = await sandboxMachine({
      env: {
        PING14C_WORKER_CLIENT_ID: client.worker,
        PING14C_WORKER_CLIENT_SECRET: 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003',
      },
    });
    for (const profile of ['default', 'work']) await machine.run('init', '-P', profile, '--no-check', '--no-input');
    for (const argv of [['login'], ['login', '-P', 'work', '--store', 'file'], ['token', '--client-credentials']]) {
      expect((await machine.run(...argv)).exitCode).toBe(0);
    }
    const { exitCode, stdout, stderr } = await machine.run('logout', '--all', '--client-id', 'another');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^Profile "default", client c0.*1 at /m);
    expect(stdout).toMatch(/^Profile "work", client c0.*1 at /m);
    expect(stdout).toMatch(/Application's token on this machine: removed from the keychain/);
    expect(stdout.match(/Refresh token: revoked/g)).toHaveLength(2);
    expect(stdout.match(/Session at PingOne: ended/g)).toHaveLength(2);
    expect(stdout.match(/Access token: still valid until/g)).toHaveLength(3);
    expect([...machine.keychainItems]).toEqual([]);
    expect(readdirSync(join(machine.stateFolder, 'sessions'))).toEqual([]);
    expect((await machine.run('logout', '--all')).stdout).toContain('Nothing to do: ');
  });

  it('says it on a terminal by profile, as logout does', async () => {
    const machine = await signedIn({ outputTerminal: true });
    const { stdout } = await machine.run('logout', '--all');
    expect(stdout.trimEnd().split('\n')).toEqual([
      `default, client ${client.native}`,
      '  ✓ Session removed from the keychain (macOS Keychain)',
      expect.stringMatching(/^ {2}✓ Refresh token revoked; access token still valid until \d+ /),
      '  ✓ Session at PingOne ended',
    ]);
  });

  it('removes what a killed sign-in has left of trying the store, and keeps no entry of it', async () => {
    const machine = await signedIn();
    const folder = stateFolderAt(machine.stateFolder);
    const [entry] = await listIndex(folder);
    if (!entry) throw new Error('nobody is signed in');
    const account = `${entry.account}-rehearsal`;
    await addToIndex(folder, { ...entry, account });
    const [item = ''] = machine.keychainItems.keys();
    machine.keychainItems.set(item.replace(entry.account, account), 'worth nothing');
    expect(machine.keychainItems.size).toBe(2);
    expect((await machine.run('logout', '--all')).exitCode).toBe(0);
    expect([...machine.keychainItems.keys(), ...(await listIndex(folder))]).toEqual([]);
  });

  it('revokes with the secret of the client whose session it is, and with no other', async () => {
    const machine = await signedIn();
    const before = machine.sandbox.requests().length;
    const { exitCode } = await testMachineLike(machine, webShop).run('logout', '--all');
    expect(exitCode).toBe(0);
    const asked = machine.sandbox
      .requests()
      .slice(before)
      .filter(({ path }) => path.endsWith('/revoke'));
    expect(asked.map(({ status }) => status)).toEqual([200]);
  });

  it('goes on past what cannot be removed, and tells both', async () => {
    const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
    await machine.run('login', '--client-id', client.native, '--store', 'keychain');
    machine.keychainItems.clear();
    const locked = testMachineLike(machine, {}, async () => {
      throw new Error('the keychain is locked');
    });
    const { exitCode, stdout, stderr } = await locked.run('logout', '--all');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('Error: Not everything could be removed from this machine.');
    expect(stderr).toMatch(/default: Session on this machine: could not be removed \(.*keychain/);
    expect(stderr).toMatch(/default: Session on this machine: removed from /);
    expect(stderr).toContain('default: Refresh token: revoked');
  });

  it('works without a network, and with settings that are broken', async () => {
    const machine = await signedIn();
    await machine.sandbox.close();
    const { exitCode, stdout } = await machine.run('logout', '--all', '--region', 'moon');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Session on this machine: removed');
    expect(stdout).toMatch(/Refresh token: still valid \(The region "moon"/);
  });

  it('revokes as a public client where the profile does not say any more whose session it is', async () => {
    const machine = await signedIn();
    const profiles = { default: { environmentId: machine.sandbox.environmentId, clientId: ['mine'] } };
    mkdirSync(machine.configFolder, { recursive: true, mode: 0o700 });
    writeFileSync(join(machine.configFolder, 'config.json'), JSON.stringify({ profiles }), { mode: 0o600 });
    const { exitCode, stdout } = await machine.run('logout', '--all', '--client-id', 'another');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Refresh token: revoked');
  });

  it.each([['-P', 'work'], ['--browser']])('contradicts %s %s', async (...flags) => {
    const machine = await sandboxMachine();
    expect((await machine.run('logout', '--all', ...flags.filter(Boolean))).exitCode).toBe(2);
  });
});

function lineByLine({ stdout }: { readonly stdout: string }): readonly string[] {
  return stdout.trimEnd().split(/\n */);
}

/** The same person's machine with another environment or keychain. */
function testMachineLike(machine: SandboxMachine, env: object, keychain?: TestMachineOptions['keychain']): TestMachine {
  const other = testMachine({ env: { ...machine.runtime().env, ...env }, ...(keychain ? { keychain } : {}) });
  for (const [name, text] of machine.keychainItems) other.keychainItems.set(name, text);
  return other;
}

const webShop = {
  PING14C_CLIENT_ID: client.web,
  PING14C_CLIENT_SECRET: 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002',
};
