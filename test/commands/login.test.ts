import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import type { Keychain } from '../../src/runtime.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';
import { opensslIsAbsent } from '../support/openssl.ts';
import {
  browserFor,
  client,
  denies,
  type Person,
  sandboxMachine,
  signedIn,
  signsInAs,
} from '../support/sandbox-machine.ts';
import { asOffered } from '../support/test-runtime.ts';

const adaIn = 'Signed in as Ada King Lovelace (ada@example.com)';

describe('login', () => {
  it('signs a user in through the browser and keeps the session in the keychain', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stdout, stderr } = await machine.run('login', '--verbose');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 0, stdout: `${adaIn}\n` });
    expect(stderr).toContain('The session is kept in the keychain (macOS Keychain).');
    expect([...machine.keychainItems.values()].join()).toContain('"displayName":"Ada King Lovelace (ada@example.com)"');
    const [page] = await Promise.all(machine.visits);
    expect(page?.html).toContain('You are signed in');
    expect(page?.html).toContain('Ada King Lovelace');
    const rows = [
      `Client ID</dt><dd><bdi>${client.native}`,
      `Environment ID</dt><dd><bdi>${machine.sandbox.environmentId}`,
    ];
    for (const row of rows) expect(page?.html).toContain(row);
    expect(page?.html).not.toContain(machine.sandbox.issuer);
    expect(page?.url).not.toContain('code=');
  });

  it('names on the result page the commands to go on with as they must be typed', async () => {
    const machine = await sandboxMachine();
    await machine.run('config', 'set', 'timeout', '60', '-P', 'work');
    const { exitCode, stderr } = await machine.run('login', '-P', 'work');
    expect(exitCode, stderr).toBe(0);
    const [page] = await Promise.all(machine.visits);
    const commands = [...(page?.html.matchAll(/<code><bdi>(.*?)<\/bdi>/g) ?? [])].map(([, command]) => command);
    expect(commands).toEqual(['whoami', 'passwd', 'login --switch-user'].map((line) => `ping14c -P work ${line}`));
  });

  it('tells before the browser opens what is signed in to, and the beginning of the fingerprint; no more', async () => {
    const machine = await sandboxMachine();
    await machine.run('login');
    const [read = ''] = machine.readBeforeBrowser;
    const { host } = new URL(machine.sandbox.origin);
    expect(read).toContain(`Sign in at ${host}, environment ${machine.sandbox.environmentId}\n`);
    expect(read).toMatch(/your browser warns that 127\.0\.0\.1 is not private.*"ping14c trust" ends the warning\.\n/);
    expect(read).toMatch(/SHA-256 fingerprint begins with (?:[0-9A-F]{2}:){7}[0-9A-F]{2}\n/);
    expect(read).not.toContain('authorize?');
  });

  it('tells less to whoever has signed in before, and no next steps', async () => {
    const machine = await sandboxMachine();
    const first = await machine.run('login');
    expect(first.stderr).toMatch(/Next: "ping14c whoami" .*\n$/);
    const { stderr } = await machine.run('login', '--switch-user');
    expect(stderr).toMatch(/Your browser will warn of this certificate: SHA-256 (?:[0-9A-F]{2}:){7}[0-9A-F]{2}…\n/);
    expect(stderr).not.toMatch(/not private|Next:/);
  });

  it.each([
    ['with --verbose', ['--verbose'], {}],
    ['without a terminal', [], { terminal: false, env: { BROWSER: 'a browser' } }],
  ] as const)(
    'shows the whole fingerprint, and the address on one line, before the browser opens %s',
    async (_, flags, options) => {
      const machine = await sandboxMachine(options);
      await machine.run('login', ...flags);
      const [read = ''] = machine.readBeforeBrowser;
      expect(read).toMatch(/SHA-256 fingerprint: (?:[0-9A-F]{2}:){31}[0-9A-F]{2}\n/);
      expect(read).toContain(`\nYour browser is sent to this address:\n${machine.opened[0]}\n`);
    },
  );

  it('tells who is signed in already, and stays with that where the person does', async () => {
    const machine = await signedIn();
    machine.answers.push(false);
    const { exitCode, stdout } = await machine.run('login');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${adaIn}\n` });
    expect(machine.asked).toEqual(['You are signed in as Ada King Lovelace (ada@example.com). Sign in again?']);
    expect(machine.opened).toHaveLength(1);
  });

  it('signs in again where the person wants that, which Enter says', async () => {
    const machine = await signedIn();
    machine.answers.push(asOffered);
    expect((await machine.run('login')).exitCode).toBe(0);
    expect(machine.opened).toHaveLength(2);
  });

  it.each([
    [['--switch-user']],
    [['--login-hint', 'ada']],
    [['--max-age', '60']],
    [['--explain']],
    [['--no-input']],
    [['--json']],
  ])('asks nothing with %j', async (flags) => {
    const machine = await signedIn();
    const { exitCode, stderr } = await machine.run('login', ...flags);
    expect(exitCode, stderr).toBe(0);
    expect(machine.asked).toEqual([]);
    expect(machine.opened).toHaveLength(2);
  });

  it('asks nothing once the session has expired', async () => {
    const machine = await signedIn();
    machine.advance(3_601_000);
    expect((await machine.run('login')).exitCode).toBe(0);
    expect(machine.asked).toEqual([]);
  });

  it('tells in a container how a browser comes back, until it has', async () => {
    const machine = await sandboxMachine({ env: { REMOTE_CONTAINERS: 'true' } });
    expect((await machine.run('login')).stderr).toContain('Dev container: ');
    expect((await machine.run('login', '--switch-user')).stderr).not.toContain('Dev container: ');
  });

  it('opens the browser when Enter is pressed, and not for what was pasted', async () => {
    const machine = await sandboxMachine({ pressesEnter: false });
    const { outcome, runtime } = machine.start('login');
    await runtime.said(/Press Enter/);
    runtime.stdin.write('https://127.0.0.1/callback?code=1&state=another\r');
    await runtime.said(/belongs to another sign-in/);
    expect(machine.opened).toEqual([]);
    runtime.stdin.write('\r');
    expect((await outcome).exitCode).toBe(0);
    expect(machine.opened).toHaveLength(1);
  });

  it.each([
    ['a trusted certificate', ['--redirect-uri', 'http://localhost/callback'], {}],
    ['--json', ['--json'], {}],
    ['nobody at the keyboard', ['--no-input'], {}],
    ['no screen', [], { env: { SSH_TTY: '/dev/pts/0' } }],
  ] as const)('waits for no Enter with %s', async (_, flags, options) => {
    const machine = await sandboxMachine({ ...options, pressesEnter: false });
    const { exitCode, stderr } = await machine.run('login', ...flags);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toContain('Press Enter');
  });

  it('shows the address and the whole fingerprint at the key u, at any time', async () => {
    const machine = await sandboxMachine({ pressesEnter: false });
    const { outcome, runtime } = machine.start('login');
    await runtime.said(/Press Enter/);
    runtime.stdin.write('u');
    const read = await runtime.said(/SHA-256 fingerprint: (?:[0-9A-F]{2}:){31}[0-9A-F]{2}\nhttps:\S+\n/);
    runtime.stdin.write('\r');
    await outcome;
    expect(read).toContain(`\n${machine.opened[0]}\n`);
  });

  it.each([{ NO_COLOR: '1' }, { NO_COLOR: undefined, ACCESSIBLE: '1' }])(
    'makes no link of it where lines must stand still: %j',
    async (env) => {
      const machine = await sandboxMachine({ pressesEnter: false, env: { ...env, TERM_PROGRAM: 'vscode' } });
      const { outcome, runtime } = machine.start('login');
      await runtime.said(/Press Enter to open the browser. u shows the address, c copies it\.\n/);
      runtime.stdin.write('\r');
      await runtime.said(/Waiting for the browser for 5 minutes. u shows the address, c copies it\.\n/);
      expect((await outcome).stderr).not.toContain(']8;;');
    },
  );

  it('shows them unasked when nothing has come back for 20 seconds, once', async () => {
    const machine = await sandboxMachine({ person: (agent, url) => agent.visit(url) });
    const { outcome, runtime } = machine.start('login');
    await machine.sleepsThrough(20_000);
    const read = await runtime.said(/Nothing has come back yet.*\nhttps:\S+\n/);
    expect(read).toMatch(/SHA-256 fingerprint: /);
    runtime.interrupt();
    const { stderr } = await outcome;
    expect(stderr.split('/as/authorize?')).toHaveLength(2);
  });

  it('copies the address at the key c: by the platform’s program, or else by the terminal', async () => {
    const copied: string[] = [];
    const programs = async (file: string) => {
      copied.push(file);
      return { kind: 'ended', exitCode: 0, stdout: '', stderr: '' } as const;
    };
    const machine = await sandboxMachine({ pressesEnter: false, programs });
    const { outcome, runtime } = machine.start('login');
    await runtime.said(/Press Enter/);
    runtime.stdin.write('c');
    await runtime.said(/The address is copied\.\n/);
    runtime.interrupt();
    await outcome;
    expect(copied).toEqual(['/usr/bin/pbcopy']);
  });

  it.skipIf(opensslIsAbsent).each([
    [
      'made for this sign-in',
      false,
      /The browser warns now: choose "Advanced", "Proceed to 127\.0\.0\.1"; in Firefox .*; in Safari .*\.\n/,
    ],
    [
      'of one’s own',
      true,
      /The browser does not accept the certificate\. Where it shows the SHA-256 fingerprint (?:[0-9A-F]{2}:){31}[0-9A-F]{2}, choose "Advanced", "Proceed to 127\.0\.0\.1"; .* "ping14c trust" makes browsers accept ping14c's own\.\n/,
    ],
  ])('tells what to click when the browser refuses the certificate, which is %s', async (_whose, isOwn, words) => {
    const machine = await sandboxMachine();
    const own = makeCertificate({ now: machine.now(), days: 1 });
    const [cert, key] = [join(machine.folder, 'cert.pem'), join(machine.folder, 'key.pem')];
    writeFileSync(cert, own.cert);
    writeFileSync(key, own.key);
    const { outcome, runtime } = machine.start(
      'login',
      '--no-browser',
      ...(isOwn ? ['--cert', cert, '--key', key] : []),
    );
    const { host } = new URL(redirectUriIn(await runtime.said(/authorize\?.*\n/)));
    // As browsers that show their warning page do, openssl says in an alert that it does not know who signed.
    spawn('openssl', ['s_client', '-connect', host, '-verify_return_error'], { stdio: 'ignore' });
    await runtime.said(words);
    runtime.interrupt();
    await outcome;
  });

  it('says that an address opened by http is not the one, and goes on', async () => {
    const machine = await sandboxMachine();
    const { outcome, runtime } = machine.start('login', '--no-browser');
    const redirectUri = redirectUriIn(await runtime.said(/authorize\?.*\n/));
    await fetch(redirectUri.replace('https', 'http'));
    await runtime.said(/came by http and was turned away; this listener speaks https\. The sign-in goes on\.\n/);
    runtime.interrupt();
    await outcome;
  });

  it('prints one JSON document with --json', async () => {
    const machine = await sandboxMachine();
    const { stdout } = await machine.run('login', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      user: { id: 'd0000000-0000-4000-8000-000000000001', name: 'Ada King Lovelace (ada@example.com)' },
      issuer: machine.sandbox.issuer,
      clientId: client.native,
    });
  });

  it('works over http where that is what is registered, and then speaks of no certificate', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stderr } = await machine.run('login', '--redirect-uri', 'http://localhost/callback');
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toContain('fingerprint');
    expect(stderr).toMatch(/^Sign in at .*\nWaiting for the browser for 5 minutes\./);
  });

  it.each([
    ['http://localhost', /^http:\/\/localhost:\d+$/],
    ['https://127.0.0.1/', /^https:\/\/127\.0\.0\.1:\d+\/$/],
  ])('works with %s, sent as it is registered: without a path where there is none', async (redirectUri, sent) => {
    const seed = {
      ...defaultSeed,
      applications: defaultSeed.applications.map((application) => ({ ...application, redirectUris: [redirectUri] })),
    };
    const machine = await sandboxMachine({ sandboxOptions: { seed } });
    const { exitCode, stderr } = await machine.run('login', '--redirect-uri', redirectUri);
    expect(exitCode, stderr).toBe(0);
    expect(new URL(machine.opened[0] ?? '').searchParams.get('redirect_uri')).toMatch(sent);
  });

  it('ends with 5 and keeps nothing when the person cancels', async () => {
    const machine = await sandboxMachine({ person: denies });
    const { exitCode, stdout, stderr } = await machine.run('login');
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toContain('Error: You cancelled the sign-in, or PingOne refused it');
    expect(machine.keychainItems.size).toBe(0);
    const [page] = await Promise.all(machine.visits);
    expect(page?.html).toContain('You are not signed in');
    expect(page?.html).toContain('You cancelled the sign-in, or PingOne refused it');
    expect(page?.html).toContain('Run &quot;ping14c login&quot; to try again, or ask your administrator.');
  });

  it('ends with 6 when nobody signs in in time, and says how many requests were refused', async () => {
    const machine = await sandboxMachine();
    const { outcome, runtime } = machine.start('login', '--no-browser', '--timeout', '120');
    const shown = await runtime.said(/authorize\?.*\n/);
    const agent = browserFor(machine.sandbox, shown);
    const redirectUri = redirectUriIn(shown);
    await agent.visit(`${redirectUri}?code=forged&state=forged`);
    await agent.visit(new URL('/favicon.ico', redirectUri).href);
    await machine.sleepsThrough(120_000);
    const { exitCode, stderr } = await outcome;
    expect(exitCode).toBe(6);
    expect(stderr).toContain(
      'Nobody signed in within 2 minutes. 2 requests were refused meanwhile (another state ×1, another path ×1).',
    );
    expect(stderr).toContain('Hint: Run "ping14c login" again; --timeout allows more time.');
    expect(machine.opened).toEqual([]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends on %s with %i: nothing is kept and the port is closed', async (signal, code) => {
    const machine = await sandboxMachine();
    const { outcome, runtime } = machine.start('login', '--no-browser');
    const redirectUri = redirectUriIn(await runtime.said(/authorize\?.*\n/));
    runtime.interrupt(signal);
    expect((await outcome).exitCode).toBe(code);
    expect(machine.keychainItems.size).toBe(0);
    await expect(reach(redirectUri)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'keeps nothing when %s comes while the code is redeemed, and revokes what comes of it',
    async (signal, code) => {
      const pressed: { interrupt?: () => void } = {};
      const machine = await sandboxMachine({
        env: { PING14C_STORE: 'file', PING14C_SCOPE: 'openid offline_access' },
        sandboxOptions: {
          intercept: async (request, proceed) => {
            const answer = await proceed();
            if (request.url.pathname.endsWith('/as/token')) pressed.interrupt?.();
            return answer;
          },
        },
      });
      const { outcome, runtime } = machine.start('login');
      pressed.interrupt = () => runtime.interrupt(signal);
      // The browser may have no page of ours open any more; it is given its time to ask for one.
      void machine.sleepsThrough(700);
      const { exitCode, stdout, stderr } = await outcome;
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: code, stdout: '' });
      expect(stderr).toMatch(
        /^Cancelled\. .*nothing was kept\. Refresh token: revoked\. Access token: still valid until .*\(PingOne cannot revoke it\)\.$/m,
      );
      expect(machine.sandbox.requests().filter(({ path }) => path.endsWith('/as/revoke'))).toHaveLength(1);
      expect(['accounts', 'sessions'].map((name) => readdirSync(join(machine.stateFolder, name)))).toEqual([[], []]);
    },
  );

  it('keeps nothing when Ctrl-C comes with all that the server has to say', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file', PING14C_SCOPE: 'openid offline_access' } });
    const { outcome, runtime } = machine.start('login', '--explain');
    void runtime.said(/The ID token, verified/).then(() => runtime.interrupt());
    void machine.sleepsThrough(700);
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toMatch(/^Cancelled\. .*nothing was kept\. Refresh token: revoked\./m);
    expect(['accounts', 'sessions'].map((name) => readdirSync(join(machine.stateFolder, name)))).toEqual([[], []]);
  });

  it('waits for that answer a bounded time, and says that there may be tokens of which nothing is known', async () => {
    const pressed: { interrupt?: () => void } = {};
    const machine = await sandboxMachine({
      env: { PING14C_STORE: 'file' },
      sandboxOptions: {
        intercept: async (request, proceed) => {
          if (!request.url.pathname.endsWith('/as/token')) return proceed();
          await proceed();
          void machine.sleepsThrough(3_000);
          pressed.interrupt?.();
          return new Promise(() => {});
        },
      },
    });
    const { outcome, runtime } = machine.start('login');
    pressed.interrupt = () => runtime.interrupt();
    void machine.sleepsThrough(700);
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toMatch(
      /^Cancelled\. Nothing was kept\. .*may have issued some that stay valid for an unknown time\.$/m,
    );
    expect(['accounts', 'sessions'].map((name) => readdirSync(join(machine.stateFolder, name)))).toEqual([[], []]);
  });

  it.each([
    ['is cut', undefined, 6],
    ['is a gateway’s', { status: 504 }, 1],
  ])('says so, too, where the answer %s', async (_, answer, code) => {
    const machine = await sandboxMachine({
      sandboxOptions: {
        intercept: async (request, proceed) => {
          const given = await proceed();
          return request.url.pathname.endsWith('/as/token') ? answer : given;
        },
      },
    });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode, stderr).toBe(code);
    expect(stderr).toContain('it may have issued some that stay valid for an unknown time');
    expect(machine.keychainItems.size).toBe(0);
  });

  it('takes a pasted address, and says of another one what is wrong with it', async () => {
    const machine = await sandboxMachine();
    const { outcome, runtime } = machine.start('login', '--no-browser');
    const shown = await runtime.said(/Paste the address here.*\n/);
    const url = new URL(shown.split('\n').find((line) => line.includes('/as/authorize?')) ?? '');
    const redirectUri = redirectUriIn(shown);
    runtime.stdin.write(`${redirectUri}?code=1&state=another\n`);
    await runtime.said(/belongs to another sign-in/);
    runtime.stdin.write(`${redirectUri}?error=access_denied&state=${url.searchParams.get('state')}\n`);
    const { exitCode } = await outcome;
    expect(exitCode).toBe(5);
  });

  it('starts no browser without a terminal, but one that BROWSER names', async () => {
    const alone = await sandboxMachine({ terminal: false, env: { CI: 'true' } });
    const { outcome, runtime } = alone.start('login');
    await runtime.said(/To sign in, open this address in a browser:\nhttps:/);
    await alone.sleepsThrough(300_000);
    const { exitCode, stderr } = await outcome;
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/^Error: Nobody signed in within 5 minutes\.$/m);
    expect(alone.opened).toEqual([]);
    const named = await sandboxMachine({ terminal: false, env: { CI: 'true', BROWSER: 'firefox' } });
    expect((await named.run('login')).exitCode).toBe(0);
    expect(named.opened).toHaveLength(1);
  });

  it('goes on when the browser cannot be started', async () => {
    const machine = await sandboxMachine({ launch: { kind: 'failed', reason: 'no such program' } });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Warning: The browser could not be started: no such program');
  });

  it('shows a browser’s own complaint as text', async () => {
    const machine = await sandboxMachine({ launch: { kind: 'failed', reason: 'spawn \u001b]0;x\u0007\nfirefox' } });
    const { stderr } = await machine.run('login');
    expect(stderr).toContain('could not be started: spawn \\u{1b}]0;x\\u{7}\\u{a}firefox. Open');
  });

  it('shows a keychain’s own complaint as text', async () => {
    const machine = await sandboxMachine({ keychain: async () => Promise.reject(new Error('locked \u009b2J\u00ad')) });
    expect((await machine.run('login')).stderr).toContain('locked \\u{9b}2J\\u{ad}');
  });

  it('tells the browser of a failure when the session cannot be kept', async () => {
    const items = new Map<string, string>();
    const soonFull: Keychain = {
      getPassword: async (_service, account) => items.get(account) ?? null,
      setPassword: async (_service, account, text) => {
        if (machine.opened.length > 0) throw new Error('no space left');
        items.set(account, text);
      },
      deletePassword: async (_service, account) => items.delete(account),
    };
    const machine = await sandboxMachine({ keychain: async () => soonFull });
    const { exitCode, stdout, stderr } = await machine.run('login');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
    const [page] = await Promise.all(machine.visits);
    expect(page?.html).toContain('The sign-in failed');
  });

  it('fails before the browser opens when the keychain is locked', async () => {
    const machine = await sandboxMachine({ keychain: async () => Promise.reject(new Error('locked')) });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--store file');
    expect(machine.opened).toEqual([]);
  });

  it.each(['locks', 'accounts', 'sessions'])(
    'fails before the browser opens when %s cannot be written',
    async (name) => {
      const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
      mkdirSync(machine.stateFolder, { recursive: true, mode: 0o700 });
      writeFileSync(join(machine.stateFolder, name), 'no folder', { mode: 0o600 });
      const { exitCode, stderr } = await machine.run('login');
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(new RegExp(`^Error: .*${join(machine.stateFolder, name)}`));
      expect(machine.opened).toEqual([]);
      const { stdout } = await machine.run('doctor');
      expect(stdout).toMatch(new RegExp(`✗ Session store: .*${name}`));
    },
  );

  it('fails before the browser opens when the keychain takes nothing, or gives back something else', async () => {
    for (const setPassword of [() => Promise.reject(new Error('full')), async () => {}]) {
      const keychain = async () => ({ getPassword: async () => null, setPassword, deletePassword: async () => false });
      const machine = await sandboxMachine({ keychain });
      expect((await machine.run('login')).exitCode).toBe(1);
      expect(machine.opened).toEqual([]);
      expect((await machine.run('doctor')).stdout).toMatch(/^✗ Session store: /m);
    }
  });

  it('leaves nothing of what it tried before the sign-in', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' }, person: denies });
    await machine.run('login');
    expect(['accounts', 'sessions'].map((name) => readdirSync(join(machine.stateFolder, name)))).toEqual([[], []]);
  });

  it('revokes the refresh token and tells what lives on when the session cannot be kept after all', async () => {
    const person: Person = (agent, url) => {
      const locks = join(machine.stateFolder, 'locks');
      rmSync(locks, { recursive: true });
      writeFileSync(locks, 'no folder', { mode: 0o600 });
      return signsInAs('ada', 'Analytical-Engine-1843')(agent, url);
    };
    const machine = await sandboxMachine({ env: { PING14C_SCOPE: 'openid offline_access' }, person });
    const { exitCode, stdout, stderr } = await machine.run('login');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /Error: The sign-in worked, but the session could not be kept\. .*locks.*\n {2}Refresh token: revoked\n {2}Access token: still valid until .* \(PingOne cannot revoke it\)\nHint: /,
    );
    expect(machine.sandbox.requests().filter(({ path }) => path.endsWith('/as/revoke'))).toHaveLength(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'revokes the refresh token and tells what lives on when %s comes after the code was redeemed',
    async (signal) => {
      const pressed: { interrupt?: () => void } = {};
      const machine = await sandboxMachine({
        env: { PING14C_SCOPE: 'openid offline_access' },
        sandboxOptions: {
          intercept: async (request, proceed) => {
            if (request.url.pathname.endsWith('/as/jwks')) pressed.interrupt?.();
            return proceed();
          },
        },
      });
      const { outcome, runtime } = machine.start('login');
      pressed.interrupt = () => runtime.interrupt(signal);
      // The browser may have no page of ours open any more; it is given its time to ask for one.
      void machine.sleepsThrough(700);
      const { exitCode, stdout, stderr } = await outcome;
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: signal === 'SIGINT' ? 130 : 143, stdout: '' });
      expect(stderr).toMatch(
        /^Cancelled\. .*nothing was kept\. Refresh token: revoked\. Access token: still valid until .*\(PingOne cannot revoke it\)\.$/m,
      );
      expect(machine.sandbox.requests().filter(({ path }) => path.endsWith('/as/revoke'))).toHaveLength(1);
      expect(machine.keychainItems.size).toBe(0);
    },
  );

  it('waits for that revocation a bounded time, and says that the refresh token lives on', async () => {
    const pressed: { interrupt?: () => void } = {};
    const machine = await sandboxMachine({
      env: { PING14C_SCOPE: 'openid offline_access' },
      sandboxOptions: {
        intercept: async (request, proceed) => {
          if (request.url.pathname.endsWith('/as/jwks')) pressed.interrupt?.();
          if (!request.url.pathname.endsWith('/as/revoke')) return proceed();
          void machine.sleepsThrough(10_000);
          return new Promise(() => {});
        },
      },
    });
    const { outcome, runtime } = machine.start('login');
    pressed.interrupt = () => runtime.interrupt();
    void machine.sleepsThrough(700);
    const { exitCode, stderr } = await outcome;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(/Refresh token: still valid \(.*did not answer/);
  });

  it.each(['id-token-wrong-nonce', 'id-token-bad-signature'] as const)(
    'revokes the refresh token that came with an ID token which is refused: %s',
    async (fault) => {
      const revoked: string[][] = [];
      const machine = await sandboxMachine({
        env: { PING14C_SCOPE: 'openid offline_access' },
        sandboxOptions: {
          faults: [fault],
          intercept: (request, proceed) => {
            if (request.url.pathname.endsWith('/as/revoke')) revoked.push([...request.form().keys()].sort());
            return proceed();
          },
        },
      });
      const { exitCode, stderr } = await machine.run('login', '--json');
      expect(exitCode, stderr).toBe(1);
      expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
        error: {
          code: 'id_token_not_valid',
          details: [
            { message: 'Refresh token: revoked' },
            { message: expect.stringMatching(/^Access token: still valid/) },
          ],
        },
      });
      expect(revoked).toEqual([['client_id', 'token', 'token_type_hint']]);
    },
  );

  it.each([
    [['--prompt', 'login'], 'prompt', 'login'],
    [['--switch-user'], 'prompt', 'login'],
    [['--max-age', '60'], 'max_age', '60'],
    [['--login-hint', 'ada'], 'login_hint', 'ada'],
    [['--acr-values', 'Single_Factor'], 'acr_values', 'Single_Factor'],
    [['--scope', 'openid email'], 'scope', 'openid email'],
    [['--redirect-uri', 'https://localhost/callback'], 'redirect_uri', /^https:\/\/localhost:\d+\/callback$/],
  ] as const)('sends %j', async (flags, parameter, value) => {
    const machine = await sandboxMachine({ person: denies });
    const { exitCode, stderr } = await machine.run('login', ...flags);
    expect(exitCode, stderr).toBe(5);
    const sent = new URL(machine.opened[0] ?? '').searchParams;
    expect(sent.get(parameter)).toMatch(value);
    expect(sent.get('code_challenge_method')).toBe('S256');
  });

  it('ends with 4 when --prompt none finds nobody signed in', async () => {
    const machine = await sandboxMachine({ person: (agent, url) => agent.visit(url) });
    const { exitCode, stderr } = await machine.run('login', '--prompt', 'none');
    expect(exitCode, stderr).toBe(4);
  });

  it('makes state, nonce and challenge anew for every sign-in', async () => {
    const machine = await sandboxMachine({ person: denies });
    await machine.run('login');
    await machine.run('login');
    const [one, two] = machine.opened.map((url) => new URL(url).searchParams);
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(one?.get(name)?.length).toBeGreaterThanOrEqual(43);
      expect(one?.get(name)).not.toBe(two?.get(name));
    }
  });

  it.each([
    [['--scope', 'profile'], 'lack "openid"'],
    [['--switch-user', '--prompt', 'none'], '--switch-user'],
    [['--redirect-uri', 'https://example.com/callback'], 'must be an http or https address of this machine'],
  ])('refuses %j before anything else', async (flags, words) => {
    const machine = await sandboxMachine();
    const { exitCode, stderr } = await machine.run('login', ...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
    expect(machine.opened).toEqual([]);
  });
});

describe('login as a client with a secret', () => {
  const web = { PING14C_CLIENT_ID: client.web };
  const secret = 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002';

  it('takes the secret from the environment', async () => {
    const machine = await sandboxMachine({ env: { ...web, PING14C_CLIENT_SECRET: secret } });
    const { stdout, stderr } = await machine.run('login', '--debug');
    expect(stdout, stderr).toBe(`${adaIn}\n`);
    expect(stderr).not.toContain(secret);
  });

  it('asks for it on a terminal', async () => {
    const machine = await sandboxMachine({ env: web, answers: [secret] });
    const { stdout, stderr } = await machine.run('login', '--auth-method', 'client_secret_basic');
    expect(stdout, stderr).toBe(`${adaIn}\n`);
    expect(machine.asked).toEqual([`Client secret of ${client.web}:`]);
  });

  it('names the variable where nobody can be asked', async () => {
    const machine = await sandboxMachine({ env: web, terminal: false });
    const { exitCode, stderr } = await machine.run('login', '--auth-method', 'client_secret_basic');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /client_secret_basic needs the client secret\.\n[\s\S]*Hint: Set PING14C_CLIENT_SECRET; a public client uses --auth-method none\./,
    );
  });

  it('explains what PingOne may mean when it does not accept the client', async () => {
    const machine = await sandboxMachine({ env: { ...web, PING14C_CLIENT_SECRET: 'not the secret' } });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode).toBe(5);
    expect(stderr).toContain('Request denied: Unsupported authentication method');
    expect(stderr).toMatch(/Correlation ID: [0-9a-f-]{36}\n/);
    expect(stderr).toContain('PingOne does not say which is wrong, the client ID, the secret or the method');
    expect(machine.keychainItems.size).toBe(0);
  });
});

function redirectUriIn(shown: string): string {
  const [url = ''] = /https:\S+\/as\/authorize\?\S+/.exec(shown) ?? [];
  return new URL(url).searchParams.get('redirect_uri') ?? '';
}

function reach(url: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(url, { rejectUnauthorized: false, agent: false }, resolve).once('error', reject);
  });
}
