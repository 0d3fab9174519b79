import { describe, expect, it } from 'vitest';
import { makeTrustedCertificate, writeTrustedCertificate } from '../../src/trust/trusted-certificate.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { sandboxMachine, signedIn } from '../support/sandbox-machine.ts';
import { testMachine } from '../support/test-runtime.ts';

const env = { SSH_CONNECTION: undefined, BROWSER: 'firefox' };

/** Name of each check → what was found. */
function findings(stdout: string): Record<string, string> {
  const { checks } = JSON.parse(stdout) as { checks: { name: string; kind: string }[] };
  return Object.fromEntries(checks.map(({ name, kind }) => [name, kind]));
}

describe('doctor', () => {
  it('finds everything in order where a sign-in works, and signs nobody in', async () => {
    const machine = await sandboxMachine({ env });
    const { exitCode, stdout, stderr } = await machine.run('doctor');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ Authorization server: .* answers, and its issuer is right$/m);
    expect(stdout).toMatch(/^✓ Redirect URI: https:\/\/127\.0\.0\.1:\d+\/callback is free here/m);
    expect(stdout).toMatch(/^! Session: nobody is signed in\n {4}Sign in with "ping14c login"\.$/m);
    expect([...machine.keychainItems.keys(), ...machine.opened]).toEqual([]);
    expect(machine.tokenRequests()).toBe(0);
  });

  it('sees the session', async () => {
    const machine = await signedIn({ env });
    expect((await machine.run('doctor')).stdout).toMatch(/^✓ Session: Ada King Lovelace .* access token until /m);
  });

  it('lists the variables that decide the route, in the spelling that counts', async () => {
    const proxies = {
      HTTPS_PROXY: 'other.example:1',
      https_proxy: 'proxy.example:3128',
      ALL_PROXY: 'proxy.example:3128',
    };
    const machine = await sandboxMachine({ env: { ...env, ...proxies, HTTP_PROXY: ' ', NO_PROXY: '10.0.0.0/8' } });
    const { stdout } = await machine.run('doctor');
    expect(stdout).toMatch(/^✓ Route: https_proxy is set, ALL_PROXY is set, NO_PROXY is set, CA file /m);
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      'an environment that is not there',
      { PING14C_ENVIRONMENT_ID: '01234567-89ab-cdef-0123-456789abcdef' },
      'Authorization server',
      /environment ID/,
    ],
    ['a server that nobody runs', { PING14C_AUTH_URL: 'https://127.0.0.1:65535' }, 'Authorization server', /running/],
    [
      'an unregistered redirect URI',
      { PING14C_REDIRECT_URI: 'https://127.0.0.1/elsewhere' },
      'Redirect URI',
      /https:\/\/127\.0\.0\.1\/elsewhere/,
    ],
    ['an unknown client', { PING14C_CLIENT_ID: 'nobody' }, 'Redirect URI', /client ID/i],
    ['a wrong API base', { PING14C_API_URL: 'https://127.0.0.1:65535/v1' }, 'Management API', /running/],
    ['a setting that does not fit', { PING14C_REGION: 'mars' }, 'Settings', /PING14C_REGION/],
    ['a proxy that is none', { ALL_PROXY: 'socks5://proxy.example:1080' }, 'Route', /http:\/\/proxy\.example:3128/],
    ['a key that is not named', { PING14C_AUTH_METHOD: 'private_key_jwt' }, 'Client authentication', /--private-key/],
  ])('names %s, with the remedy, and looks at the rest', async (_, wrong, name, remedy) => {
    const machine = await sandboxMachine({ env: { ...env, ...wrong } });
    const { exitCode, stdout } = await machine.run('doctor', '--json');
    expect(exitCode).toBe(1);
    expect(findings(stdout)[name]).toBe('problem');
    expect(Object.keys(findings(stdout))).toHaveLength(11);
    expect((await machine.run('doctor')).stdout).toMatch(remedy);
  });

  it('lists what was left aside, and says where a refused value came from', async () => {
    const machine = await sandboxMachine({
      env: { ...env, PINGONE_CLIENT_ID: 'terraform', PINGONE_CLIENT_SECRET: 'hush', PING14C_CLIENT_ID: 'nobody' },
    });
    const { stdout } = await machine.run('doctor');
    expect(stdout).toMatch(
      /^! Settings left aside: PINGONE_CLIENT_ID, PINGONE_CLIENT_SECRET\n {4}.*set PINGONE_ENVIRONMENT_ID too/m,
    );
    expect(stdout).toMatch(/^ {4}environment ID: .* \(from PING14C_ENVIRONMENT_ID\)$/m);
    expect(stdout).not.toContain('hush');
  });

  it('shows where a value had something around it, and uses the rest', async () => {
    const machine = await sandboxMachine({ env: { ...env, PING14C_REGION: 'eu\r' } });
    const { exitCode, stdout } = await machine.run('doctor');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^! Settings: .*\n {4}Spaces, line ends or quotes .* fix PING14C_REGION\.$/m);
  });

  it('tells a clock that is wrong', async () => {
    const machine = await sandboxMachine({
      env,
      sandboxOptions: {
        intercept: async (_request, proceed) => {
          const answer = await proceed();
          return { ...answer, headers: { ...answer.headers, date: new Date(0).toUTCString() } };
        },
      },
    });
    const { exitCode, stdout } = await machine.run('doctor');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✗ Clock: this machine's is \d+ hours ahead of the server's$/m);
  });

  it.each([
    [
      429,
      'note',
      /^! Management API: .* too many requests \(status 429\)\n {4}The address is right\. Try again in 7 s/m,
    ],
    [503, 'problem', /^✗ Management API: .* the server has a problem\n {4}Try again in 7 seconds/m],
    [511, 'problem', /^✗ Management API: .* status 511: the network wants.*\n {4}Open any page/m],
    [404, 'problem', /^✗ Management API: .* would ask for a token\n {4}Check the region/m],
  ])('blames the API’s address for an answer %i only where it is to blame', async (status, kind, words) => {
    const machine = await sandboxMachine({
      env,
      sandboxOptions: {
        intercept: async ({ url }, proceed) =>
          url.pathname.startsWith('/v1/') ? { status, headers: { 'retry-after': '7' } } : proceed(),
      },
    });
    const { stdout } = await machine.run('doctor', '--json');
    expect(findings(stdout)['Management API']).toBe(kind);
    expect((await machine.run('doctor')).stdout).toMatch(words);
  });

  it('tells a keychain that is not there', async () => {
    const keychain = () => Promise.reject(new Error('Platform failure'));
    const machine = await sandboxMachine({ env, keychain });
    const { exitCode, stdout } = await machine.run('doctor');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✗ Session store: .*\n {4}.*--store file/m);
  });

  it('says whether the browser will warn of the listener, and until when not', async () => {
    const machine = await sandboxMachine({ env });
    expect((await machine.run('doctor')).stdout).toMatch(
      /^✓ Browser: firefox .*; it warns of the listener; "ping14c trust"/m,
    );
    const folder = stateFolderAt(machine.stateFolder);
    await writeTrustedCertificate(folder, makeTrustedCertificate(machine.now()));
    expect((await machine.run('doctor')).stdout).toMatch(/^✓ Browser: .* warning of listener and sandbox until /m);
    const { sandboxCertificate: _, ...older } = makeTrustedCertificate(machine.now());
    await writeTrustedCertificate(folder, older);
    expect((await machine.run('doctor')).stdout).toMatch(/^✓ Browser: .* warning of the listener until /m);
    await writeTrustedCertificate(folder, makeTrustedCertificate(machine.now() - 400 * 24 * 3_600_000));
    expect((await machine.run('doctor')).stdout).toMatch(/^✓ Browser: .*; it warns of the listener/m);
  });

  it('says on a remote machine how a sign-in works there', async () => {
    const machine = await sandboxMachine({ env: { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.7 22' } });
    expect((await machine.run('doctor')).stdout).toMatch(/^! Browser: .*ssh.*\n.*--device/m);
  });

  it('has something to say without any setting', async () => {
    const { exitCode, stdout } = await testMachine().run('doctor');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^✗ Settings: The environment ID is not set\.\n.*ping14c init/m);
  });
});

describe('doctor in a terminal', () => {
  it('is a row for each check that finds all well, and ends in Ready', async () => {
    const machine = await signedIn({ env, outputTerminal: true });
    const { exitCode, stdout, stderr } = await machine.run('doctor');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ Settings: profile "default"\n(?:✓ .{1,60}\n){9}✓ Session: .*\n✓ Ready\n$/);
  });

  it('ends in the first thing to do, tells the others where they are found, and what it could not check', async () => {
    const machine = await sandboxMachine({
      env: { ...env, PING14C_AUTH_URL: 'https://127.0.0.1:65535', PING14C_API_URL: 'https://127.0.0.1:65534/v1' },
      outputTerminal: true,
    });
    const { exitCode, stdout } = await machine.run('doctor');
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^✗ Authorization server: 127\.0\.0\.1:65535 .*\n✗ Management API: .*\n {4}[\s\S]*\n {4}.*PING14C_API_URL/m,
    );
    expect(stdout).toMatch(
      /^· Not checked: Clock, Redirect URI\nFix this first: Authorization server\n {4}.*PING14C_AUTH_URL/m,
    );
    expect(stdout).not.toContain('Ready');
  });

  it('tells a trouble that several checks run into once', async () => {
    const keychain = () => Promise.reject(new Error('Platform failure'));
    const machine = await sandboxMachine({ env, keychain, outputTerminal: true });
    const { stdout } = await machine.run('doctor');
    expect(stdout).toMatch(/^✗ Session: the same\nFix this first: Session store\n {4}.*--store file/m);
    expect(stdout.match(/Platform failure/g)).toHaveLength(1);
  });

  it('shows what it is at, and leaves nothing of that', async () => {
    const [reached, reach] = signal();
    const [allowed, allow] = signal();
    const machine = await sandboxMachine({
      env: { ...env, NO_COLOR: undefined },
      outputTerminal: true,
      sandboxOptions: {
        intercept: async ({ url }, proceed) => {
          if (!url.pathname.endsWith('/openid-configuration')) return proceed();
          reach();
          await allowed;
          return proceed();
        },
      },
    });
    const { runtime, outcome } = machine.start('doctor');
    await reached;
    expect(runtime.printed().stderr).toMatch(/Authorization server…$/);
    expect(runtime.printed().stdout).toMatch(/Route: .*\n$/);
    allow();
    expect((await outcome).stderr).toMatch(/Session…\r\u001b\[K$/);
  });
});

function signal(): readonly [promise: Promise<void>, resolve: () => void] {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return [promise, resolve];
}
