import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { run } from '../../src/main.ts';
import type { AttachedOutcome, Runtime } from '../../src/runtime.ts';
import { createUserAgent } from '../../src/sandbox/user-agent.ts';
import {
  makeTrustedCertificate,
  readTrustedCertificate,
  writeTrustedCertificate,
} from '../../src/trust/trusted-certificate.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { type TestMachineOptions, testMachine } from '../support/test-runtime.ts';

const done: AttachedOutcome = { kind: 'ended', exitCode: 0 };

/** A machine on which a program in a sandbox does this. */
function machineWith(
  task: (seen: Seen) => AttachedOutcome | Promise<AttachedOutcome>,
  options: TestMachineOptions = {},
) {
  const runs: Seen[] = [];
  const machine = testMachine({
    browser: (url, stderr) =>
      createUserAgent({
        trust: readFileSync(runs[0]?.document.caFile ?? '', 'utf8'),
        acceptCertificate: (_host, fingerprint256) => stderr.includes(fingerprint256.slice(0, 23)),
      }).signIn(url, { username: 'ada', password: 'Analytical-Engine-1843' }),
    ...options,
    attached: (command, variables) => {
      const document = JSON.parse(readFileSync(variables['PING14C_SANDBOX'] ?? '', 'utf8'));
      const seen = { command, variables, document, folder: dirname(variables['PING14C_STATE_DIR'] ?? '') };
      runs.push(seen);
      return task(seen);
    },
  });
  /** As typed into the shell that runs in the sandbox. */
  const typed = async (...argv: string[]) => {
    const runtime = machine.runtime();
    const exitCode = await run(argv, { ...runtime, env: { ...runtime.env, ...runs[0]?.variables } });
    return { exitCode, ...runtime.printed() };
  };
  return { machine, runs, typed };
}

interface Seen {
  readonly command: readonly string[];
  readonly variables: Runtime['env'];
  readonly document: {
    readonly caFile: string;
    readonly privateJwkFile: string;
    readonly origin: string;
    readonly users: readonly object[];
  };
  readonly folder: string;
}

describe('sandbox -- COMMAND', () => {
  it('runs it in a sandbox where login works at once, and all is gone with it', async () => {
    const { machine, runs, typed } = machineWith(async () => {
      expect(await typed('login')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Ada') });
      expect((await typed('token')).stdout).toMatch(/^eyJ/);
      expect((await typed('token', '--client-credentials')).stdout).toMatch(/^eyJ/);
      return { kind: 'ended', exitCode: 7 };
    });
    const { exitCode, stdout } = await machine.run('sandbox', '--', 'npm', 'test', '--', '--json', '-P', 'x');
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' });
    expect(runs.map(({ command }) => command)).toEqual([['npm', 'test', '--', '--json', '-P', 'x']]);
    const [{ folder = '', document } = {}] = runs;
    expect(existsSync(folder)).toBe(false);
    await expect(fetch(document?.origin ?? '')).rejects.toThrow();
    expect([...machine.keychainItems]).toEqual([]);
    expect([machine.configFolder, machine.stateFolder].map((own) => existsSync(own))).toEqual([false, false]);
  });

  it('has the key of its application that signs with one as a JWK, whose ID tells the sandbox which key it is', async () => {
    const { machine, typed } = machineWith(async ({ document }) => {
      const { privateJwkFile: key } = document;
      expect(JSON.parse(readFileSync(key, 'utf8'))).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
      const asClient = ['--client-id', 'sandbox-private-key-client', '--auth-method', 'private_key_jwt'];
      return { kind: 'ended', exitCode: (await typed('login', ...asClient, '--private-key', key, '--par')).exitCode };
    });
    expect((await machine.run('sandbox', '--', 'tool')).exitCode).toBe(0);
  });

  it('keeps the person’s own settings, and those of Ping’s other tools, out of it', async () => {
    const own = {
      PING14C_REGION: 'eu',
      PING14C_PROFILE: 'work',
      PINGONE_ENVIRONMENT_ID: 'x',
      PINGONE_CLIENT_SECRET: 'y',
      PINGCLI_PINGONE_ENVIRONMENT_ID: 'x',
      PINGCLI_PINGONE_CLIENT_CREDENTIALS_CLIENT_SECRET: 'y',
    };
    const { machine, runs } = machineWith(() => done, { env: own });
    expect((await machine.run('sandbox', '--', 'npm', 'test')).exitCode).toBe(0);
    const { variables = {} } = runs[0] ?? {};
    for (const name of Object.keys(own)) expect(Object.entries(variables)).toContainEqual([name, undefined]);
  });

  it('has Node trust the sandbox in it, and whom the person has it trust besides', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ping14c-extra-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [theirs, unreadable] = [join(folder, 'theirs.pem'), join(folder, 'none.pem')];
    writeFileSync(theirs, makeCertificate({ now: Date.now(), days: 1 }).cert);
    const trusted = async (env: Runtime['env']) => {
      let found = '';
      let sandboxCa = '';
      const { machine } = machineWith(
        ({ variables, document }) => {
          const name = variables['NODE_EXTRA_CA_CERTS'] ?? '';
          found = existsSync(name) ? readFileSync(name, 'utf8') : name;
          sandboxCa = readFileSync(document.caFile, 'utf8');
          return done;
        },
        { env },
      );
      expect((await machine.run('sandbox', '--', 'npm', 'test')).exitCode).toBe(0);
      return { found, sandboxCa };
    };
    const alone = await trusted({});
    expect(alone.found).toBe(alone.sandboxCa);
    const both = await trusted({ NODE_EXTRA_CA_CERTS: theirs });
    expect(both.found).toContain(both.sandboxCa);
    expect(both.found).toContain(readFileSync(theirs, 'utf8'));
    expect((await trusted({ NODE_EXTRA_CA_CERTS: unreadable })).found).toBe(unreadable);
  });

  it.each([
    [{ kind: 'absent' }, 'There is no program "tool"'],
    [{ kind: 'failed', reason: 'spawn EACCES' }, 'The program "tool" could not be started: spawn EACCES'],
  ] as const)('leaves nothing behind where it cannot be started: %j', async (outcome, said) => {
    const { machine, runs } = machineWith(() => outcome);
    const { exitCode, stderr } = await machine.run('sandbox', '--', 'tool');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(said);
    expect(existsSync(runs[0]?.folder ?? '/')).toBe(false);
  });

  it('starts nothing after Ctrl-C', async () => {
    const { machine, runs } = machineWith(() => done);
    const { outcome, runtime } = machine.start('sandbox', '--', 'tool');
    runtime.interrupt();
    expect((await outcome).exitCode).toBe(130);
    expect(runs).toEqual([]);
  });

  it('tells a person at a shell in four lines who can sign in, how, where requests are logged, and how to leave', async () => {
    const { machine, runs } = machineWith(() => done);
    const { stderr } = await machine.run('sandbox', '--', '/bin/bash', '-l');
    const { document, folder } = runs[0] ?? {};
    expect(stderr.split('\n')).toEqual([
      `✓ Sandbox at ${document?.origin}, until you type exit; then it is all gone.`,
      'Sign in with "ping14c login" as ada, password Analytical-Engine-1843,',
      'or as grace (Temporary-Moth-1947), alan (Bombe-Hut-8-Enigma).',
      `Requests are logged in ${join(folder ?? '', 'requests.log')}`,
      '',
    ]);
  });

  it.each([
    ['a test suite', {}, ['npm', 'test']],
    ['a script', {}, ['bash', 'script.sh']],
    ['a shell that nobody types at', { terminal: false }, ['bash']],
  ] as const)('tells of %s in one line', async (_, options, command) => {
    const { machine } = machineWith(() => done, options);
    const { stderr } = await machine.run('sandbox', '--', ...command);
    expect(stderr).toMatch(/^✓ Sandbox at \S+ while this runs; its requests are logged in \S+requests\.log\n$/);
  });

  it('logs each request with its time, and says where it was sent without the environment ID', async () => {
    let logged: string | undefined;
    const { machine, typed } = machineWith(async ({ folder }) => {
      await typed('token', '--client-credentials');
      logged = readFileSync(join(folder, 'requests.log'), 'utf8');
      return done;
    });
    await machine.run('sandbox', '--fault', 'token-5xx', '--', 'tool');
    expect(logged).toMatch(/^\d\d:\d\d:\d\d GET \/as\/\.well-known\/openid-configuration 200$/m);
    expect(logged).toMatch(/^\d\d:\d\d:\d\d POST \/as\/token 503 \(token-5xx\)$/m);
  });

  it('takes users of the person’s own, who are named first', async () => {
    const { machine } = machineWith(() => done);
    const users = join(machine.folder, 'users.json');
    writeFileSync(users, '[{"username": "mary", "password": "Steam-Engine-1842"}]');
    const { stderr } = await machine.run('sandbox', '--users', users, '-P', 'lab', '--', 'zsh');
    expect(stderr).toContain('Sign in with "ping14c -P lab login" as mary, password Steam-Engine-1842,\nor as ada (');
  });

  it('takes a redirect URI of the person’s own, and a seed', async () => {
    let given: { readonly applications: readonly { readonly redirectUris: readonly string[] }[] } | undefined;
    const { machine } = machineWith(async ({ variables }) => {
      given = JSON.parse(readFileSync(variables['PING14C_SANDBOX'] ?? '', 'utf8'));
      return done;
    });
    const seed = join(machine.folder, 'seed.json');
    writeFileSync(seed, '{"defaults": false, "applications": [{"name": "Shop"}]}');
    const { exitCode, stderr } = await machine.run(
      'sandbox',
      '--seed',
      seed,
      '--redirect-uri',
      'http://localhost/cb',
      '--',
      'tool',
    );
    expect(exitCode, stderr).toBe(0);
    expect(given?.applications.map(({ redirectUris }) => redirectUris)).toEqual([['http://localhost/cb']]);
  });

  it('lets its sign-ins use the certificates that the person’s browsers accept, and changes nothing there', async () => {
    const { machine, runs, typed } = machineWith(async () => {
      expect((await typed('trust', '--list')).stdout).toMatch(/^Certificates of listener and sandbox: good until/);
      expect((await typed('login')).stderr).not.toMatch(/Advanced|warning/i);
      return done;
    });
    const trusted = makeTrustedCertificate(machine.now());
    await writeTrustedCertificate(stateFolderAt(machine.stateFolder), trusted);
    const { exitCode, stderr } = await machine.run('sandbox', '--', 'tool');
    expect(exitCode, stderr).toBe(0);
    expect(runs[0]?.variables['PING14C_TRUST_DIR']).toBe(machine.stateFolder);
    expect(await readTrustedCertificate(stateFolderAt(machine.stateFolder))).toEqual(trusted);
  });

  it.each(['--list-faults', '--verbose'])('has no use for %s', async (flag) => {
    const { machine, runs } = machineWith(() => done);
    const { exitCode, stderr } = await machine.run('sandbox', flag, '--', 'tool');
    expect({ exitCode, runs }).toEqual({ exitCode: 2, runs: [] });
    expect(stderr).toContain(`${flag} is not for running a command.`);
  });

  it('on Windows does not start npm.cmd, and names cmd', async () => {
    const { machine, runs } = machineWith(() => done, { platform: 'win32' });
    const { exitCode, stderr } = await machine.run('sandbox', '--', 'npm.cmd', 'test');
    expect({ exitCode, runs }).toEqual({ exitCode: 2, runs: [] });
    expect(stderr).toContain('ping14c sandbox -- cmd /c npm.cmd');
  });
});
