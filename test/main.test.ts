import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { withFolderLock } from '../src/files/lock.ts';
import type { OwnFolder } from '../src/files/own-folder.ts';
import { run } from '../src/main.ts';
import type { ProgramOutcome } from '../src/runtime.ts';
import { accountOf } from '../src/session/session.ts';
import { macKeychains } from './support/mac-keychains.ts';
import { configFolderAt, stateFolderAt } from './support/own-folders.ts';
import { client, sandboxMachine, signedIn } from './support/sandbox-machine.ts';
import { type Outcome, type TestMachine, testMachine } from './support/test-runtime.ts';

describe('the command line itself', () => {
  it('prints the help on standard output, with every command and where the rest stands', async () => {
    const { exitCode, stdout, stderr } = await testMachine().run('--help');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const name of [
      'login',
      'logout',
      'whoami',
      'passwd',
      'token',
      'status',
      'sandbox',
      'demo',
      'help <command>, settings',
    ]) {
      expect(stdout).toContain(name);
    }
  });

  it.each(['login', 'sandbox', 'token', 'trust'])(
    'fits the help of %s into the terminal, breaking no word',
    async (name) => {
      const wide = await testMachine({ terminal: false }).run(name, '--help');
      const { stdout } = await testMachine({ outputTerminal: true }).run(name, '--help');
      expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect(stdout.split(/\s+/)).toEqual(wide.stdout.split(/\s+/));
    },
  );

  it('prints the help on standard error when no command is named', async () => {
    const { exitCode, stdout, stderr } = await testMachine({ env: { PING14C_ENVIRONMENT_ID: 'x' } }).run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Usage: ping14c');
  });

  it('prints its version', async () => {
    expect((await testMachine().run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['--regoin', 'eu', 'status'], "unknown option '--regoin'", 'Did you mean --region?'],
    [['lgoin'], "unknown command 'lgoin'", 'Did you mean login?'],
    [['exec'], "missing required argument 'program'", 'See "ping14c exec --help".'],
    [['profile', 'use'], "missing required argument 'name'", 'See "ping14c profile --help".'],
    [['--nothing-like-it'], "unknown option '--nothing-like-it'", 'See "ping14c --help".'],
  ])('says what is wrong with %j and what was perhaps meant, or where to read on', async (argv, message, hint) => {
    const { exitCode, stdout, stderr } = await testMachine().run('--no-color', ...argv);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `Error: ${message}\nHint: ${hint}\n`,
    });
  });

  it.each(['nobody', 'constructor', '__proto__'])('fails in one line of JSON when asked to (-P %s)', async (name) => {
    const { exitCode, stdout, stderr } = await testMachine().run('status', '--json', '-P', name);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.split('\n')).toHaveLength(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'profile_missing', hint: expect.any(String) } });
  });

  it('names in its hints the commands as they must be typed: with the profile and the store that were given', async () => {
    const settings = ['--environment-id', randomUUID(), '--client-id', randomUUID(), '--no-color'];
    const { exitCode, stderr } = await testMachine().run('-P', 'default', '--store', 'file', 'whoami', ...settings);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('Hint: Sign in with "ping14c -P default --store file login".\n');
  });

  it('repeats no profile where the hint names one already', async () => {
    const { stderr } = await testMachine().run('-P', 'nobody', 'whoami', '--no-color');
    expect(stderr).toContain('Create one with "ping14c init -P nobody".\n');
  });

  it('shows no stack trace without --debug, and does with it', async () => {
    const argv = ['status', '-P', 'nobody'];
    expect((await testMachine().run(...argv)).stderr).not.toContain('    at ');
    expect((await testMachine().run(...argv, '--debug')).stderr).toContain('    at ');
  });
});

it('does not run with certificate checks switched off', async () => {
  // The name in two pieces: a search for it finds only those who set it.
  const machine = testMachine({ env: { [`NODE_TLS_${'REJECT_UNAUTHORIZED'}`]: '0' } });
  expect(await machine.run('status')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--ca-file') });
});

it.each(['EROFS', 'ENOSPC', 'EACCES', 'EMFILE'])('calls what the machine refuses (%s) no defect', async (code) => {
  const runtime = testMachine().runtime();
  const refusal = Object.assign(new Error(`${code}: not today, open '/x'`), { code });
  const env = {
    get PING14C_CONFIG_DIR(): string {
      throw refusal;
    },
  };
  expect(await run(['config', 'path'], { ...runtime, env })).toBe(1);
  const { stderr } = runtime.printed();
  expect(stderr).toContain(refusal.message);
  expect(stderr).toContain('Hint:');
  expect(stderr).not.toContain('defect');
});

describe('standard output that fails', () => {
  const failing = (code: string) =>
    new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })) });

  it.each([
    ['its reader has gone', 'EPIPE', 0, ''],
    ['the disk is full', 'ENOSPC', 1, 'write ENOSPC'],
  ])('because %s ends the run without a stack trace', async (_, code, exitCode, said) => {
    const runtime = testMachine().runtime();
    const stdout = failing(code).on('error', () => {});
    expect(await run(['config', 'path'], { ...runtime, stdout })).toBe(exitCode);
    const { stderr } = runtime.printed();
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('    at ');
  });
});

/** The machine whose person presses Ctrl-C, or who ends it otherwise, once the sandbox is asked for this. */
async function interruptedAt(path: RegExp, argv: readonly string[], signal?: 'SIGTERM' | 'SIGHUP') {
  const pressed: { interrupt?: () => void } = {};
  const machine = await signedIn({
    sandboxOptions: {
      intercept: ({ url }, proceed) => {
        if (!pressed.interrupt || !path.test(url.pathname)) return proceed();
        pressed.interrupt();
        return new Promise(() => {});
      },
    },
  });
  const { outcome, runtime } = machine.start(...argv);
  pressed.interrupt = () => runtime.interrupt(signal);
  return outcome;
}

/** What comes of a command whose person presses Ctrl-C while another process has the lock that it needs. */
async function interruptedWhileLocked(
  machine: TestMachine,
  folder: OwnFolder,
  lock: string,
  argv: readonly string[],
): Promise<Outcome> {
  const runtime = machine.runtime();
  const tooLong = () => {
    throw new Error('time stands still, so nobody waits too long');
  };
  const work = () => {
    const { outcome, runtime: waiting } = machine.start(...argv);
    waiting.interrupt();
    return outcome;
  };
  return withFolderLock(lock, { runtime, folder, tooLong }, work, runtime.signal);
}

it.each(['exec', 'login', 'passwd', 'token', 'trust'])(
  'the help of %s fills the lines of the terminal',
  async (name) => {
    const { stdout } = await testMachine({ outputTerminal: true }).run(name, '--help');
    const lines = stdout.split('\n');
    const columns = 100;
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    // A line that another of the same paragraph follows has no room for that one's first word.
    const short = lines.filter((line, index) => {
      const [word = ''] = lines[index + 1]?.split(' ') ?? [];
      return /^[^\s]/.test(line) && /^[^-]/.test(word) && line.length + 1 + word.length <= columns;
    });
    expect(short).toEqual([]);
  },
);

describe('Ctrl-C', () => {
  it.each([
    ['whoami', /userinfo$/, 'Cancelled.'],
    ['status --check', /introspect$|userinfo$/, 'Cancelled.'],
    ['doctor', /^\/v1\//, 'Cancelled.'],
    ['passwd', /\/password$/, 'Cancelled. Nothing was changed.'],
  ] as const)('in %s ends it with 130 and one line that is no error', async (line, path, words) => {
    const { exitCode, stderr } = await interruptedAt(path, line.split(' '));
    expect(exitCode).toBe(130);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(words);
    expect(stderr).not.toContain('Error:');
  });

  it.each([
    ['login --no-browser', /authorize\?.*\n/, 'Cancelled. Nothing was changed.'],
    ['login --device', /The code is good for/, 'Cancelled. Nothing was changed.'],
    ['sandbox --port 0', /Ctrl-C ends the sandbox/, 'The sandbox has ended.'],
  ] as const)('ends the waiting of %s likewise', async (line, said, words) => {
    const machine = await sandboxMachine();
    const { outcome, runtime } = machine.start(...line.split(' '));
    await runtime.said(said);
    runtime.interrupt();
    const { exitCode, stderr } = await outcome;
    expect(exitCode).toBe(130);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(words);
  });

  it('does not hide that the session which was just renewed could not be kept', async () => {
    const pressed: { interrupt?: () => void } = {};
    const machine = await signedIn({
      env: { PING14C_STORE: 'file' },
      sandboxOptions: {
        intercept: ({ url }, proceed) => {
          if (!pressed.interrupt || !url.pathname.endsWith('/token')) return proceed();
          const sessions = join(machine.stateFolder, 'sessions');
          rmSync(sessions, { recursive: true });
          writeFileSync(sessions, 'in the folder’s place');
          pressed.interrupt();
          return proceed();
        },
      },
    });
    const { outcome, runtime } = machine.start('token', '--refresh');
    pressed.interrupt = () => runtime.interrupt();
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toMatch(/^Error: .*is not a folder/m);
  });

  describe('says what it leaves, where a command changes something:', () => {
    it.each([
      ['config set region eu'],
      ['config unset region'],
      ['profile use work'],
      ['profile remove work'],
      ['init --no-check --no-input --environment-id 01234567-89ab-cdef-0123-456789abcdef --client-id abc'],
    ])('%s, which waits for its turn', async (line) => {
      const machine = testMachine({ env: { PING14C_STORE: 'memory' } });
      await machine.run('config', 'set', 'region', 'ca', '-P', 'work');
      const { exitCode, stdout, stderr } = await interruptedWhileLocked(
        machine,
        configFolderAt(machine.configFolder),
        'profiles',
        line.split(' '),
      );
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 130,
        stdout: '',
        stderr: 'Cancelled. Nothing was changed.\n',
      });
    });

    it('a logout that waits for its turn', async () => {
      const machine = await signedIn();
      const { origin, environmentId } = machine.sandbox;
      const issuer = `${origin}/${environmentId}/as`;
      const account = accountOf({ profile: 'default', issuer, environmentId, clientId: client.native });
      const folder = stateFolderAt(machine.stateFolder);
      for (const all of [[], ['--all']]) {
        const { exitCode, stderr } = await interruptedWhileLocked(machine, folder, account, ['logout', ...all]);
        expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: 'Cancelled. Nothing was changed.\n' });
      }
    });

    it.each([
      [
        'logout',
        /^Cancelled\. Session on this machine: removed from .*\. Session at PingOne: still valid \(as far as is/,
      ],
      [
        'logout --all',
        /^Cancelled\. Profile "default": Session on this machine: removed from .* may still be valid\.$/,
      ],
    ] as const)('%s on its way to the server', async (line, words) => {
      const { exitCode, stdout, stderr } = await interruptedAt(/signoff|idpSignoff|revoke/, line.split(' '));
      expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
      expect(stderr.trimEnd().split('\n').at(-1)).toMatch(words);
    });

    it.each([
      ['trust', 'find-certificate', 'Cancelled. Nothing was changed.'],
      ['trust --yes', 'add-trusted-cert', 'Cancelled. The rest may be incomplete: "ping14c trust --list" tells'],
      [
        'trust --yes --system',
        'add-trusted-cert -d',
        'Cancelled. Done so far: the login keychain: added. The rest may be incomplete: "ping14c trust --list" tells',
      ],
      ['trust --remove', 'find-certificate', 'Cancelled. The rest may be incomplete: "ping14c trust --list" tells'],
    ])('%s at %s', async (line, call, words) => {
      const { programs } = macKeychains();
      const pressed: { interrupt?: () => void } = {};
      const machine = testMachine({
        programs: async (file, args): Promise<ProgramOutcome> => {
          if (!args.join(' ').startsWith(call)) return programs(file, args);
          pressed.interrupt?.();
          throw 'SIGINT';
        },
      });
      const { outcome, runtime } = machine.start(...line.split(' '));
      pressed.interrupt = () => runtime.interrupt();
      const { exitCode, stdout, stderr } = await outcome;
      expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
      expect(stderr.trimEnd().split('\n').at(-1)).toContain(words);
    });

    it('as JSON where that was asked for', async () => {
      const machine = testMachine();
      const folder = configFolderAt(machine.configFolder);
      const argv = ['config', 'set', 'region', 'eu', '--json'];
      const { exitCode, stdout, stderr } = await interruptedWhileLocked(machine, folder, 'profiles', argv);
      expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
      const error = { code: 'interrupted', message: 'Cancelled. Nothing was changed.' };
      expect(JSON.parse(stderr)).toEqual({ error });
    });

    it('a change that fails after the signal, of which nobody knows', async () => {
      const pressed: { interrupt?: () => void } = {};
      const machine = testMachine({
        terminal: false,
        env: { PING14C_ENVIRONMENT_ID: '01234567-89ab-cdef-0123-456789abcdef', PING14C_CLIENT_ID: 'abc' },
        keychain: async () => {
          pressed.interrupt?.();
          throw new Error('the keychain is slow');
        },
      });
      const { outcome, runtime } = machine.start('config', 'set', 'client-secret');
      pressed.interrupt = () => runtime.interrupt();
      runtime.stdin.end('hush hush\n');
      const { exitCode, stderr } = await outcome;
      expect(exitCode).toBe(130);
      expect(stderr).toBe('Cancelled. The client secret may have been saved, or not.\n');
    });
  });

  it('is one line of JSON where that was asked for', async () => {
    const { exitCode, stdout, stderr } = await interruptedAt(/userinfo$/, ['whoami', '--json']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({ error: { code: 'interrupted', message: 'Cancelled.' } });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is not what %s is called', async (signal, code) => {
    const { exitCode, stderr } = await interruptedAt(/userinfo$/, ['whoami'], signal);
    expect(exitCode).toBe(code);
    expect(stderr).not.toContain('Cancelled');
  });
});
