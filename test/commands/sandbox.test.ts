import { createPrivateKey } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { keepSandboxKeys, type SandboxKeys } from '../../src/commands/sandbox-keys.ts';
import { changeProfiles, readProfiles } from '../../src/config/profiles.ts';
import { subfolder } from '../../src/files/own-folder.ts';
import { makeServiceKey } from '../../src/sandbox/seed/service-key.ts';
import { makeSigningKey } from '../../src/sandbox/signing-keys.ts';
import { createUserAgent } from '../../src/sandbox/user-agent.ts';
import { hasIpv6 } from '../support/ipv6.ts';
import { configFolderAt, stateFolderAt } from '../support/own-folders.ts';
import { type Running, type TestMachine, type TestMachineOptions, testMachine } from '../support/test-runtime.ts';

/** Those of a last run, as most starts find them: to make two takes longer than what most of these tests look at. */
const keys = Promise.all([makeSigningKey(), makeServiceKey()]).then(
  ([signingKey, serviceKey]): SandboxKeys => ({ signingKey, serviceKey }),
);

/** Starts the sandbox as in one terminal, and leaves the machine for the commands of another. */
async function startedSandbox(
  options: TestMachineOptions = {},
  ...argv: string[]
): Promise<{ machine: TestMachine; running: Running; stdout: string }> {
  const machine = testMachine({ ...options });
  if (!argv.includes('-P')) {
    const sandboxes = subfolder(stateFolderAt(machine.stateFolder), 'sandboxes');
    await keepSandboxKeys(subfolder(sandboxes, 'sandbox'), await keys);
  }
  const running = machine.start('sandbox', '--port', '0', ...argv);
  onTestFinished(async () => {
    running.runtime.interrupt();
    await running.outcome;
  });
  await Promise.race([running.runtime.said(/Each request is told here/), running.outcome.then(rejectEarly)]);
  return { machine, running, stdout: running.runtime.printed().stdout };
}

function rejectEarly(outcome: unknown): never {
  throw new Error(`the sandbox ended at once: ${JSON.stringify(outcome)}`);
}

const workerSecret = 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003';
const worker = {
  PING14C_WORKER_CLIENT_ID: 'c0000000-0000-4000-8000-000000000003',
  PING14C_WORKER_CLIENT_SECRET: workerSecret,
};

describe('who starts the sandbox', () => {
  it('signs in from another terminal at once, with what it printed, where there is no keychain', async () => {
    const keychain = async () => Promise.reject(new Error('no keychain here'));
    const browser = (url: string, stderr: string) =>
      createUserAgent({
        trust: readFileSync(join(machine.stateFolder, 'sandboxes', 'sandbox', 'ca.pem'), 'utf8'),
        acceptCertificate: (_host, fingerprint256) => stderr.includes(fingerprint256.slice(0, 23)),
      }).signIn(url, { username: 'ada', password: 'Analytical-Engine-1843' });
    const { machine, stdout, running } = await startedSandbox({ browser, keychain }, '--no-color');
    expect(stdout).toMatch(/: ping14c -P sandbox login$/m);
    expect(stdout).toMatch(/^ {2}ada +Analytical-Engine-1843 +an ordinary user$/m);
    const login = await machine.run('-P', 'sandbox', 'login');
    expect(login).toMatchObject({ exitCode: 0 });
    const whoami = await machine.run('-P', 'sandbox', 'whoami', '--json');
    expect(JSON.stringify(JSON.parse(whoami.stdout))).toContain('ada@example.com');
    expect(running.runtime.printed().stderr).toMatch(/^\d\d:\d\d:\d\d POST \/as\/token 200$/m);
    expect(running.runtime.printed().stderr).toMatch(/^\d\d:\d\d:\d\d GET \/v1\/environments\/…\/users\/\S+ 200$/m);
  });

  it.each(['localhost', ...(hasIpv6 ? ['[::1]'] : [])])(
    'signs in at %s too, and goes on with the API’s address that was saved',
    async (name) => {
      const browser = (url: string, stderr: string) =>
        createUserAgent({
          trust: readFileSync(join(machine.stateFolder, 'sandboxes', 'sandbox', 'ca.pem'), 'utf8'),
          acceptCertificate: (_host, fingerprint256) => stderr.includes(fingerprint256.slice(0, 23)),
        }).signIn(url, { username: 'ada', password: 'Analytical-Engine-1843' });
      const { machine } = await startedSandbox({ browser });
      const authUrl = String((await sandboxProfile(machine)).authUrl).replace('127.0.0.1', name);
      expect(await machine.run('-P', 'sandbox', '--auth-url', authUrl, 'login')).toMatchObject({ exitCode: 0 });
      const whoami = await machine.run('-P', 'sandbox', '--auth-url', authUrl, 'whoami', '--all', '--json');
      expect(whoami).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('ada@example.com') });
      const logout = await machine.run('-P', 'sandbox', '--auth-url', authUrl, 'logout', '--json');
      expect(JSON.parse(logout.stdout).receipt).toContainEqual({ thing: 'pingOneSession', outcome: 'ended' });
    },
  );

  it('sees a profile’s name as text, whatever is in it', async () => {
    const env = { PING14C_PROFILE: 'a\u001b[2J\n\u202e', PING14C_CLIENT_ID: 'x' };
    const { stdout, running } = await startedSandbox({ env }, '--no-color');
    expect(stdout).toContain('saved as the profile "a\\u{1b}[2J\\u{a}\\u{202e}".');
    expect(stdout).toContain("ping14c -P 'a\\u{1b}[2J\\u{a}\\u{202e}' login\n");
    expect(running.runtime.printed().stderr).toContain('override the profile "a\\u{1b}[2J\\u{a}\\u{202e}":');
  });

  it('gets a worker’s token with the variables it printed', async () => {
    const { machine, stdout } = await startedSandbox({ env: worker }, '--verbose');
    expect(stdout).toContain(`export PING14C_WORKER_CLIENT_SECRET='${workerSecret}'`);
    expect(await machine.run('-P', 'sandbox', 'token', '--client-credentials')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^eyJ[\w.-]+\n$/),
    });
  });

  it('sees neither a code nor a token in the lines about requests', async () => {
    const { machine, running } = await startedSandbox({ env: worker });
    const { stdout: token } = await machine.run('-P', 'sandbox', 'token', '--client-credentials');
    const { stderr } = running.runtime.printed();
    expect(stderr).not.toContain(token.trim());
    expect(stderr).not.toMatch(/[?&]|eyJ/);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends it with %s, and the port is free', async (signal, exitCode) => {
    const { machine, running } = await startedSandbox();
    const port = Number(new URL((await sandboxProfile(machine)).authUrl ?? '').port);
    running.runtime.interrupt(signal);
    expect((await running.outcome).exitCode).toBe(exitCode);
    expect(await occupied(port)).toBe(port);
  });

  it('with --json gets one document that a program can go on with', async () => {
    const { machine, stdout } = await startedSandbox({}, '--json');
    const document = JSON.parse(stdout);
    const { authUrl, apiUrl, environmentId, caFile } = await sandboxProfile(machine);
    expect(document).toMatchObject({
      schemaVersion: 1,
      origin: authUrl,
      apiUrl,
      environmentId,
      caFile,
      profile: 'sandbox',
    });
    expect(document.users[0]).toEqual({
      id: 'd0000000-0000-4000-8000-000000000001',
      username: 'ada',
      password: 'Analytical-Engine-1843',
      note: 'an ordinary user',
    });
    expect(document.applications.map((application: { clientId: string }) => application.clientId)).toContain(
      'c0000000-0000-4000-8000-000000000003',
    );
    const pem = readFileSync(document.privateKeyFile, 'utf8');
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----/);
    expect(JSON.parse(readFileSync(document.privateJwkFile, 'utf8'))).toEqual({
      ...createPrivateKey(pem).export({ format: 'jwk' }),
      kid: 'sandbox-service-key',
      use: 'sig',
      alg: 'RS256',
    });
  });

  it('finds the files of the sandbox readable by themselves only', async () => {
    const { machine } = await startedSandbox();
    const folder = join(machine.stateFolder, 'sandboxes', 'sandbox');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  it('reads the applications in a terminal too narrow for their table, each secret whole on a line', async () => {
    const { stdout } = await startedSandbox({ outputTerminal: true }, '--no-color', '--verbose');
    const block = stdout.slice(stdout.indexOf('Worker (with a role)\n'), stdout.indexOf('Worker (without roles)'));
    expect(block).toBe(
      [
        'Worker (with a role)',
        '  CLIENT ID: c0000000-0000-4000-8000-000000000003',
        '  AUTHENTICATION: client_secret_basic',
        `  SECRET: ${workerSecret}`,
        '',
      ].join('\n'),
    );
  });

  it('can start another beside it, under another profile: each keeps its own certificate', async () => {
    const { machine } = await startedSandbox();
    const second = machine.start('sandbox', '--port', '0', '-P', '../second one');
    await second.runtime.said(/Each request is told here/);
    const checked = await machine.run('-P', 'sandbox', 'doctor', '--json');
    second.runtime.interrupt();
    await second.outcome;
    expect(JSON.parse(checked.stdout).checks).toContainEqual(
      expect.objectContaining({ name: 'Authorization server', kind: 'good' }),
    );
  });

  it('has their own users in it', async () => {
    const file = join(testMachine().folder, 'users.json');
    writeFileSync(file, '[{"username": "mary", "password": "Steam-Engine-1842"}]');
    const { stdout } = await startedSandbox({}, '--users', file, '--verbose');
    expect(stdout).toMatch(/^mary +Steam-Engine-1842 +of your own$/m);
    expect(stdout).toMatch(/^ada /m);
  });

  it('reads with --verbose all users, all applications and where everything is', async () => {
    const { stdout, machine } = await startedSandbox({}, '--verbose', '--no-color');
    expect(stdout).toMatch(/^ {2}ping14c -P sandbox passwd$/m);
    expect(stdout).toMatch(/^kurt +Incomplete-Always-1931 +disabled$/m);
    expect(stdout).toContain(workerSecret);
    const folder = join(machine.stateFolder, 'sandboxes', 'sandbox');
    expect(stdout).toContain(`  CA certificate   ${join(folder, 'ca.pem')}`);
    expect(stdout).toContain(`  the same as JWK  ${join(folder, 'private-key.jwk.json')}`);
    expect(stdout).toContain('  ping14c sandbox --list-faults');
  });

  it('reads without it only who can sign in at once, those of their own file first', async () => {
    const file = join(testMachine().folder, 'users.json');
    writeFileSync(file, '[{"username": "mary", "password": "Steam-Engine-1842"}, {"username": "nobody"}]');
    const { stdout } = await startedSandbox({}, '--users', file, '--no-color');
    expect(stdout.match(/^ {2}\S+(?= )/gm)).toEqual(['  mary', '  ada', '  grace']);
  });

  it('with --json reads each request in the form that stays', async () => {
    const { machine, running } = await startedSandbox({ env: worker }, '--json');
    expect((await machine.run('-P', 'sandbox', 'token', '--client-credentials')).exitCode).toBe(0);
    const { stderr } = running.runtime.printed();
    expect(stderr).toMatch(/^POST \/e0000000-0000-4000-8000-000000000001\/as\/token 200$/m);
  });

  it('is warned of variables that would lead the other terminal elsewhere', async () => {
    const { running } = await startedSandbox(
      { env: { PINGONE_ENVIRONMENT_ID: 'x', PING14C_CLIENT_ID: 'x', PING14C_AUTH_URL: 'y' } },
      '--no-color',
    );
    expect(running.runtime.printed().stderr).toMatch(
      /^Warning: PING14C_AUTH_URL, PING14C_CLIENT_ID would override the profile "sandbox"/m,
    );
    const { running: quiet } = await startedSandbox({}, '--no-color');
    expect(quiet.runtime.printed().stderr).not.toContain('Warning');
  });

  it('on Windows gets lines for PowerShell', async () => {
    const { stdout } = await startedSandbox({ platform: 'win32' }, '--verbose');
    expect(stdout).toContain(`  $env:PING14C_WORKER_CLIENT_SECRET = '${workerSecret}'`);
  });
});

describe('who learns with faults', () => {
  it('reads in the banner and beside each request what fails on purpose', async () => {
    const { machine, running, stdout } = await startedSandbox({ env: worker }, '--fault', 'token-5xx,api-429');
    expect(stdout).toContain('Failing on purpose\n  token-5xx: the token endpoint answers 503, "try again".');
    expect(stdout).toContain('  api-429: ');
    expect((await machine.run('-P', 'sandbox', 'token', '--client-credentials')).exitCode).toBe(1);
    expect(running.runtime.printed().stderr).toMatch(/^\S+ POST \/as\/token 503 \(token-5xx\)$/m);
  });

  it('finds the names in the document too, and none where none was asked for', async () => {
    const names = ['clock-ahead', 'api-503'];
    const failing = await startedSandbox({}, '--json', ...names.flatMap((name) => ['--fault', name]));
    expect(JSON.parse(failing.stdout).faults).toEqual(names);
    const sound = await startedSandbox({}, '--json');
    expect(JSON.parse(sound.stdout).faults).toEqual([]);
    expect((await startedSandbox()).stdout).not.toContain('on purpose');
  });

  it('gets the list of them, and nothing is started or saved for it', async () => {
    const machine = testMachine();
    const { exitCode, stdout } = await machine.run('sandbox', '--list-faults');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^FAULT +WHAT HAPPENS$/m);
    const { faults } = JSON.parse((await machine.run('sandbox', '--list-faults', '--json')).stdout);
    for (const { name, happens, meetsIt } of faults) {
      expect(stdout).toContain(`\n${name} `);
      expect(`${happens} ${meetsIt}`).toMatch(/\w+ \w+/);
    }
    expect((await readProfiles(configFolderAt(machine.configFolder))).profiles).toEqual({});
  });

  it('is told which name is none, before anything starts', async () => {
    const machine = testMachine();
    const { exitCode, stdout, stderr } = await machine.run('sandbox', '--fault', 'api-429, no-such,constructor');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('There is no such fault: "no-such", "constructor".');
    expect(stderr).toContain('--list-faults');
  });
});

describe('the profile of the sandbox', () => {
  const real = { environmentId: '01234567-89ab-cdef-0123-456789abcdef', region: 'eu' };

  it('leaves the other profiles, the active one, and what was added to it, as they are', async () => {
    const machine = testMachine();
    const before = { real, sandbox: { authUrl: 'https://127.0.0.1:9443', store: 'memory' } };
    await changeProfiles(configFolderAt(machine.configFolder), machine.runtime(), () => ({
      active: 'real',
      profiles: before,
    }));
    const env = { PING14C_CONFIG_DIR: machine.configFolder };
    const started = await startedSandbox({ env });
    const { active, profiles } = await readProfiles(configFolderAt(machine.configFolder));
    expect(active).toBe('real');
    expect(profiles['real']).toEqual(real);
    expect(profiles['sandbox']).toEqual({
      store: 'memory',
      environmentId: 'e0000000-0000-4000-8000-000000000001',
      clientId: 'c0000000-0000-4000-8000-000000000001',
      authUrl: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
      apiUrl: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/v1$/),
      caFile: join(started.machine.stateFolder, 'sandboxes', 'sandbox', 'ca.pem'),
    });
  });

  it('has the name that -P gives it', async () => {
    const { machine, stdout } = await startedSandbox({}, '-P', 'lab');
    expect(Object.keys((await readProfiles(configFolderAt(machine.configFolder))).profiles)).toEqual(['lab']);
    expect(stdout).toContain('ping14c -P lab login');
  });

  it.each([
    ['Dev', '%44ev'],
    ['dev', 'dev'],
    ['..', '%2e%2e'],
    ['a/b*c.', 'a%2fb%2ac%2e'],
    ['con', '%63on'],
    ['nul.lab', '%6eul.lab'],
    ['com1', '%63om1'],
    ['aux ', 'aux%20'],
    ['console', 'console'],
  ])('%s has a folder that is no other profile’s where case does not count: %s', async (name, folder) => {
    const { machine } = await startedSandbox({}, '-P', name);
    expect(readdirSync(join(machine.stateFolder, 'sandboxes'))).toEqual([folder]);
  });

  it('never takes the place of a real environment’s', async () => {
    const machine = testMachine();
    await changeProfiles(configFolderAt(machine.configFolder), machine.runtime(), () => ({
      active: 'default',
      profiles: { sandbox: real },
    }));
    const { exitCode, stdout, stderr } = await machine.run('sandbox', '--port', '0');
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('The profile "sandbox" already exists');
    expect((await readProfiles(configFolderAt(machine.configFolder))).profiles).toEqual({ sandbox: real });
  });
});

describe('what cannot be started is told with what to do', () => {
  it('a port that the system keeps for itself', async () => {
    const listen = vi.spyOn(Server.prototype, 'listen').mockImplementationOnce(function (this: Server) {
      queueMicrotask(() => this.emit('error', Object.assign(new Error('listen EACCES'), { code: 'EACCES' })));
      return this;
    });
    const { exitCode, stderr } = await testMachine().run('sandbox', '--port', '50000');
    listen.mockRestore();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Error: This system does not let you listen on port 50000 of 127.0.0.1.');
    expect(stderr).toContain('ping14c sandbox --port 0');
  });

  it('a busy port', async () => {
    const port = await occupied(0);
    const machine = testMachine();
    const { exitCode, stderr } = await machine.run('sandbox', '--port', String(port));
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 is in use`);
    expect(stderr).toContain('ping14c -P sandbox2 sandbox --port 0');
    expect((await readProfiles(configFolderAt(machine.configFolder))).profiles).toEqual({});
  });

  it.each([
    [['--port', '65536'], '"65536" is no port'],
    [['--port', 'x'], '"x" is no port'],
    [['--users', join('no', 'such', 'file')], 'The file of users cannot be read: ENOENT'],
    [['--seed', join('no', 'such', 'file')], 'The seed cannot be read: ENOENT'],
    [['--seed', '.'], 'The seed cannot be read: EISDIR'],
    [['--redirect-uri', 'callback'], 'The redirect URI "callback" must be a whole address'],
  ])('%j', async (argv, said) => {
    const { exitCode, stdout, stderr } = await testMachine().run('sandbox', ...argv);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
  });
});

describe('a seed', () => {
  const seedFile = (content: string | Uint8Array) => {
    const file = join(testMachine().folder, 'seed.json');
    writeFileSync(file, content);
    return file;
  };
  const shop = { name: 'Shop', redirectUris: ['http://localhost:3000/callback'] };

  it('has its applications in the sandbox, with the secrets that they need', async () => {
    const seed = seedFile(JSON.stringify({ applications: [shop] }));
    const { stdout } = await startedSandbox({}, '--seed', seed, '--json');
    expect(JSON.parse(stdout).applications).toContainEqual({
      clientId: 'c0000000-0000-4000-8001-000000000001',
      clientSecret: expect.stringMatching(/^sandbox~.{56}$/),
      tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
      type: 'WEB_APP',
      enabled: true,
      ...shop,
    });
  });

  it('is followed by the users of a list', async () => {
    const seed = seedFile('{"defaults": false, "users": [{"username": "mary"}, {"username": "paul"}]}');
    const users = seedFile('[{"username": "Mary", "password": "Steam-Engine-1842"}]');
    const { stdout } = await startedSandbox({}, '--seed', seed, '--users', users, '--json');
    expect(JSON.parse(stdout).users).toMatchObject([
      { username: 'paul' },
      { username: 'Mary', password: 'Steam-Engine-1842', id: 'd0000000-0000-4000-8001-000000000001' },
    ]);
  });

  it('gets one more redirect URI from the command line, and another', async () => {
    const seed = seedFile(JSON.stringify({ defaults: false, applications: [shop] }));
    const mine = ['http://localhost:5173/cb', 'com.example.shop://cb'];
    const argv = mine.flatMap((uri) => ['--redirect-uri', uri]);
    const { stdout } = await startedSandbox({}, '--seed', seed, ...argv, '--json');
    expect(JSON.parse(stdout).applications[0].redirectUris).toEqual([...shop.redirectUris, ...mine]);
  });

  it('without any application leaves the person’s command without one, also where an earlier sandbox had one', async () => {
    const { machine, running } = await startedSandbox();
    expect(await sandboxProfile(machine)).toHaveProperty('clientId');
    running.runtime.interrupt();
    await running.outcome;
    const next = machine.start('sandbox', '--port', '0', '--seed', seedFile('{"defaults": false}'), '--verbose');
    await Promise.race([next.runtime.said(/Each request is told here/), next.outcome.then(rejectEarly)]);
    next.runtime.interrupt();
    await next.outcome;
    expect(await sandboxProfile(machine)).not.toHaveProperty('clientId');
  });

  it('with a byte-order mark in front is read', async () => {
    const { stdout } = await startedSandbox(
      {},
      '--seed',
      seedFile('\ufeff{"users": [{"username": "mary"}]}'),
      '--json',
    );
    expect(stdout).toContain('"mary"');
  });

  it('with mistakes is told of all of them with their places, and nothing is started', async () => {
    const seed = seedFile(
      '{\n  "users": [{"usrname": "mary"}],\n  "applications": [{"name": "Shop", "redirectUris": ["x"]}]\n}',
    );
    const machine = testMachine();
    const { exitCode, stdout, stderr } = await machine.run('sandbox', '--seed', seed, '--no-color');
    expect([exitCode, stdout]).toEqual([2, '']);
    const lines = stderr.split('\n').map((line) => line.trim().replaceAll(seed, 'seed.json'));
    expect(lines).toEqual([
      'Error: The seed seed.json has 3 mistakes.',
      'seed.json:2:13 users[0].username: is missing',
      'seed.json:2:14 users[0].usrname: is not known here. Did you mean username?',
      'seed.json:3:54 applications[0].redirectUris[0]: must be a whole address, such as https://127.0.0.1/callback',
      expect.stringMatching(/^Hint: /),
      '',
    ]);
    expect((await readProfiles(configFolderAt(machine.configFolder))).profiles).toEqual({});
  });

  it.each<[string, string | Uint8Array, string]>([
    ['in UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'is not in UTF-8'],
    ['of more than anybody writes', new Uint8Array(5_000_001).fill(0x20), 'has more than 5 MB'],
    ['that is empty', '', 'It is empty'],
  ])('%s is refused in words', async (_, content, said) => {
    const { exitCode, stderr } = await testMachine().run('sandbox', '--seed', seedFile(content));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
  });
});

async function sandboxProfile(machine: TestMachine) {
  const profile = (await readProfiles(configFolderAt(machine.configFolder))).profiles['sandbox'];
  if (!profile) throw new Error('no profile was saved');
  return profile;
}

/** Takes a port until the test ends; rejects when somebody has it. */
async function occupied(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
