import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, lchownSync, mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readProfiles } from '../../src/config/profiles.ts';
import { configFolder } from '../../src/files/folders.ts';
import { sandboxMachine } from '../support/sandbox-machine.ts';
import { type TestMachine, testMachine } from '../support/test-runtime.ts';

const asRoot = process.geteuid?.() === 0;
/** A thread cannot set the umask. */
const noUmask = !isMainThread;
/** Another person of this machine. */
const mallory = 1001;

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);
const initLine = ['init', '--no-check', '--environment-id', '01234567-89ab-cdef-0123-456789abcdef'];

/** A machine with a profile of the person's own, in which the client ID is `abc`. */
async function settled(): Promise<TestMachine & { readonly configFile: string }> {
  const machine = testMachine({ terminal: false });
  expect((await machine.run(...initLine, '--client-id', 'abc')).exitCode).toBe(0);
  return { ...machine, configFile: join(machine.configFolder, 'config.json') };
}

describe('the configuration folder', () => {
  it.skipIf(noUmask)('is its owner’s alone where the umask is 000, as are the folders above it', async () => {
    const machine = testMachine({ terminal: false });
    const [outer, inner] = [join(machine.folder, 'outer'), join(machine.folder, 'outer', 'inner')];
    const env = { PING14C_CONFIG_DIR: join(inner, 'ping14c') };
    const before = process.umask(0);
    try {
      const { outcome } = machineWith(env).start(...initLine, '--client-id', 'abc');
      expect((await outcome).exitCode).toBe(0);
    } finally {
      process.umask(before);
    }
    const folders = [outer, inner, env.PING14C_CONFIG_DIR];
    expect(folders.map(modeOf)).toEqual(['700', '700', '700']);
    expect(modeOf(join(env.PING14C_CONFIG_DIR, 'config.json'))).toBe('600');
  });

  it.each(['777', '757', '722'])('with the mode %s is closed, said once, and used', async (mode) => {
    const machine = await settled();
    chmodSync(machine.configFolder, mode);
    const first = await machine.run('config', 'get', 'client-id');
    expect(first).toMatchObject({ exitCode: 0, stdout: 'abc\n' });
    expect(first.stderr.match(/^Warning: .*$/gm)).toEqual([
      `Warning: ${machine.configFolder} was open to others (mode 0${mode}). ` +
        'It is private now (0700). If others use this machine, check what is in it.',
    ]);
    expect(modeOf(machine.configFolder)).toBe('700');
    expect(await machine.run('config', 'get', 'client-id')).toEqual({ exitCode: 0, stdout: 'abc\n', stderr: '' });
  });

  it('that others can only read is left as it is', async () => {
    const machine = await settled();
    chmodSync(machine.configFolder, 0o755);
    expect(await machine.run('config', 'get', 'client-id')).toEqual({ exitCode: 0, stdout: 'abc\n', stderr: '' });
    expect(modeOf(machine.configFolder)).toBe('755');
  });

  it('that all share, like /tmp, is refused, and not closed to all the others', async () => {
    const machine = await settled();
    chmodSync(machine.configFolder, 0o1777);
    const { exitCode, stderr } = await machine.run('config', 'get', 'client-id');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${machine.configFolder} is shared on purpose, open to others (mode 1777)`);
    expect(stderr).toContain(`PING14C_CONFIG_DIR='${join(machine.configFolder, 'ping14c')}'`);
    expect(modeOf(machine.configFolder)).toBe('1777');
  });

  it('is named in the warning so that a terminal can show it', async () => {
    const { folder } = testMachine();
    const machine = machineWith({ PING14C_CONFIG_DIR: join(folder, 'red\u001b[31m') });
    mkdirSync(join(folder, 'red\u001b[31m'));
    chmodSync(join(folder, 'red\u001b[31m'), 0o777);
    const { stderr } = await machine.run('profile', 'list');
    expect(stderr).toContain('red\\u{1b}[31m was open to others');
    expect(stderr).not.toContain('\u001b');
  });

  it('is not looked at where there are no such modes, as on Windows', async () => {
    const { configFolder: path, runtime } = await settled();
    chmodSync(path, 0o777);
    const warnings: string[] = [];
    const output = { warn: (text: string) => void warnings.push(text) };
    const { profiles } = await readProfiles(configFolder({ runtime: { ...runtime(), userId: undefined }, output }));
    expect([Object.keys(profiles), warnings, modeOf(path)]).toEqual([['default'], [], '777']);
  });
});

describe('the configuration file', () => {
  it('that others can change is refused, with what to do, because they may have changed it', async () => {
    const machine = await settled();
    chmodSync(machine.configFile, 0o666);
    const { exitCode, stderr } = await machine.run('config', 'get', 'client-id');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${machine.configFile} can be changed by everybody on this machine (mode 0666)`);
    expect(stderr).toContain(`chmod go-w '${machine.configFile}'`);
    chmodSync(machine.configFile, 0o644);
    expect(await machine.run('config', 'get', 'client-id')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('may be a link of one’s own to a folder of one’s own, and not to one that others can write to', async () => {
    const machine = await settled();
    const elsewhere = join(machine.folder, 'dotfiles');
    mkdirSync(elsewhere);
    renameSync(machine.configFile, join(elsewhere, 'ping14c.json'));
    symlinkSync(join(elsewhere, 'ping14c.json'), machine.configFile);
    expect(await machine.run('config', 'get', 'client-id')).toMatchObject({ exitCode: 0, stdout: 'abc\n' });
    chmodSync(elsewhere, 0o777);
    const { exitCode, stderr } = await machine.run('config', 'get', 'client-id');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`${elsewhere} can be changed by everybody on this machine (mode 0777)`);
    expect(modeOf(elsewhere)).toBe('777');
  });

  it('is not waited for when it is a pipe', async () => {
    const machine = testMachine();
    mkdirSync(machine.configFolder, { mode: 0o700 });
    execFileSync('mkfifo', [join(machine.configFolder, 'config.json')]);
    const { exitCode, stderr } = await machine.run('profile', 'list');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is not a file');
  });
});

describe.skipIf(!asRoot)('what another user has made (skipped where the tests do not run as root)', () => {
  it('gets no token by a config.json put into a folder that was open', async () => {
    const evil = await countingServer();
    const env = { BROWSER: 'of the test', PING14C_API_URL: undefined };
    const machine = await sandboxMachine({ terminal: false, env });
    expect((await machine.run('config', 'set', 'api-url', machine.sandbox.apiUrl)).exitCode).toBe(0);
    expect((await machine.run('login')).exitCode).toBe(0);
    const configFile = join(machine.configFolder, 'config.json');
    writeFileSync(configFile, JSON.stringify({ profiles: { default: { apiUrl: `${evil.url}/v1` } } }));
    chownSync(configFile, mallory, mallory);
    chmodSync(machine.configFolder, 0o777);
    const before = machine.sandbox.requests().length;
    const passwd = machine.start('passwd', '--stdin');
    passwd.runtime.stdin.end('Analytical-Engine-1843\nSteam-Engine-1842!\n');
    const { exitCode, stderr } = await passwd.outcome;
    expect(evil.requests).toEqual([]);
    expect(exitCode, stderr).toBe(2);
    expect(machine.sandbox.requests()).toHaveLength(before);
    expect(stderr).toContain(`${configFile} belongs to user ${mallory}, neither to you nor to root; it is not used.`);
    expect(modeOf(machine.configFolder)).toBe('700');
  });

  it.each(['755', '777'])('is not the configuration folder, with the mode %s', async (mode) => {
    const machine = await settled();
    chmodSync(machine.configFolder, mode);
    chownSync(machine.configFolder, mallory, mallory);
    for (const line of [
      ['config', 'list'],
      ['profile', 'use', 'default'],
      [...initLine, '--client-id', 'x'],
      ['token'],
    ]) {
      const { exitCode, stdout, stderr } = await machine.run(...line);
      expect([exitCode, stdout], stderr).toEqual([2, '']);
      expect(stderr).toContain(`${machine.configFolder} belongs to user ${mallory}, who can change what is in it`);
      expect(stderr).toContain('PING14C_CONFIG_DIR');
    }
    expect(modeOf(machine.configFolder)).toBe(mode);
  });

  it('is not followed: a link in the configuration folder’s place, or in the file’s', async () => {
    const machine = await settled();
    const [folder, other] = [machine.configFolder, `${machine.configFolder}-of-a-checkout`];
    renameSync(folder, other);
    symlinkSync(other, folder);
    expect(await machine.run('config', 'get', 'client-id')).toMatchObject({ exitCode: 0, stdout: 'abc\n' });
    lchownSync(folder, mallory, mallory);
    const ofFolder = await machine.run('config', 'get', 'client-id');
    expect(ofFolder.stderr).toContain(`${folder} belongs to user ${mallory}`);
    lchownSync(folder, 0, 0);
    renameSync(machine.configFile, `${machine.configFile}.real`);
    symlinkSync(`${machine.configFile}.real`, machine.configFile);
    lchownSync(machine.configFile, mallory, mallory);
    const ofFile = await machine.run('config', 'get', 'client-id');
    expect(ofFile.stderr).toContain(`${machine.configFile} belongs to user ${mallory}`);
    expect([ofFolder.exitCode, ofFile.exitCode]).toEqual([2, 2]);
  });

  it.each([
    ['secrets', '.', ['config', 'set', 'client-secret', '--store', 'file']],
    ['locks and sessions', '.', ['logout', '--store', 'memory']],
    ['every session', '.', ['logout', '--all']],
    ['the certificate that browsers trust', '.', ['trust', '--list']],
    ['the sandbox’s certificate', '.', ['sandbox', '--port', '0']],
    ['the sandbox’s certificate', 'sandboxes', ['sandbox', '--port', '0']],
    ['secrets', 'sessions', ['config', 'set', 'client-secret', '--store', 'file']],
    ['every session', 'accounts', ['logout', '--all']],
  ])('is no place for %s: the state folder’s %s (%j)', async (_, name, line) => {
    const machine = await settled();
    const folder = join(machine.stateFolder, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chownSync(folder, mallory, mallory);
    const running = machine.start(...line);
    running.runtime.stdin.end('hush hush\n');
    const { exitCode, stdout, stderr } = await running.outcome;
    expect([exitCode, stdout], stderr).toEqual([1, '']);
    expect(stderr).toContain(`${folder} belongs to user ${mallory}, who can change what is in it; it is not used.`);
    expect(stderr).toContain('PING14C_STATE_DIR');
  });
});

describe('the state folder', () => {
  it('that others can write to is closed, and said once, whatever is kept in it', async () => {
    const machine = await settled();
    mkdirSync(machine.stateFolder);
    chmodSync(machine.stateFolder, 0o777);
    const set = machine.start('config', 'set', 'client-secret', '--store', 'file');
    set.runtime.stdin.end('hush hush\n');
    const { exitCode, stderr } = await set.outcome;
    expect(exitCode, stderr).toBe(0);
    expect(stderr.match(/was open to others/g)).toHaveLength(1);
    expect(stderr).toContain(`${machine.stateFolder} was open to others (mode 0777)`);
    expect(modeOf(machine.stateFolder)).toBe('700');
    expect((await machine.run('logout', '--store', 'file')).stderr).not.toContain('open to others');
  });

  it.skipIf(noUmask)('is its owner’s alone where the umask is 000', async () => {
    const machine = await settled();
    const before = process.umask(0);
    try {
      const set = machine.start('config', 'set', 'client-secret', '--store', 'file');
      set.runtime.stdin.end('hush hush\n');
      expect((await set.outcome).exitCode).toBe(0);
    } finally {
      process.umask(before);
    }
    expect([modeOf(machine.stateFolder), modeOf(join(machine.stateFolder, 'sessions'))]).toEqual(['700', '700']);
  });
});

function machineWith(env: Readonly<Record<string, string>>): TestMachine {
  return testMachine({ terminal: false, env });
}

/** Whatever is sent to it is known. */
async function countingServer() {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
