import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

/** A user by number, as containers have them: no list of users need name it. */
interface OtherUser {
  readonly uid: number;
  readonly gid: number;
}

/** A user of no privilege at all. */
const nobody: OtherUser = { uid: 65_534, gid: 65_534 };

interface Ending {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface OtherUsersMachine {
  /** Everybody may enter it, and root alone may write to it. */
  readonly folder: string;
  /** Makes a folder in it, and gives it away. */
  make(name: string, mode: string, owner?: OtherUser): string;
  /** Runs the built program as that user, without a terminal, with these variables and no others. */
  run(user: OtherUser, env: Readonly<Record<string, string>>, argv: readonly string[], stdin?: string): Ending;
  /** The same in a mount namespace of its own, where the folder is a read-only file system; the files on it are root's. */
  runMounted(user: OtherUser, mount: ReadOnlyMount, env: Readonly<Record<string, string>>, argv: string[]): Ending;
}

interface ReadOnlyMount {
  readonly folder: string;
  readonly mode: string;
  /** A shell command that fills it. */
  readonly fill: string;
}

/** Only root can become somebody else, and the others must be able to start Node. */
const othersCanRun = process.geteuid?.() === 0 && spawnSync(process.execPath, ['-v'], nobody).status === 0;

/** A container may keep its root from mounting. */
const canMount = othersCanRun && spawnSync('unshare', ['-m', 'setpriv', '--version']).status === 0;

/** To be called inside a test: everything is removed when the test ends. */
function otherUsersMachine(): OtherUsersMachine {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-users-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  // The checkout may lie where only its owner can enter.
  const program = join(folder, 'program');
  for (const part of ['bin', 'dist', 'package.json']) cpSync(part, join(program, part), { recursive: true });
  execFileSync('chmod', ['-R', 'a+rX', program]);
  const command = (argv: readonly string[]) => [process.execPath, join(program, 'bin', 'ping14c.js'), ...argv] as const;
  const ended = ({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): Ending => ({
    exitCode: status,
    stdout,
    stderr,
  });
  return {
    folder,
    make: (name, mode, owner = { uid: 0, gid: 0 }) => {
      const path = join(folder, name);
      mkdirSync(path);
      chmodSync(path, mode);
      execFileSync('chown', [`${owner.uid}:${owner.gid}`, path]);
      return path;
    },
    run: ({ uid, gid }, env, argv, input = '') => {
      const [file, ...args] = command(argv);
      return ended(spawnSync(file, args, { cwd: folder, uid, gid, env, input, encoding: 'utf8' }));
    },
    runMounted: ({ uid, gid }, mount, env, argv) => {
      const become = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
      const script = [
        `mount -t tmpfs -o mode=${mount.mode} none '${mount.folder}'`,
        `cd '${mount.folder}'`,
        mount.fill,
        `mount -o remount,ro '${mount.folder}'`,
        'exec "$@"',
      ].join(' && ');
      const args = ['-m', 'sh', '-c', script, 'sh', ...become, ...command(argv)];
      const path = { PATH: process.env['PATH'] ?? '' };
      return ended(spawnSync('unshare', args, { cwd: folder, env: { ...path, ...env }, encoding: 'utf8' }));
    },
  };
}

// The built program, run as users that the tests are not.

const profiles = JSON.stringify({ active: 'default', profiles: { default: { clientId: 'abc' } } });
const initLine = ['init', '--no-check', '--environment-id', '01234567-89ab-cdef-0123-456789abcdef'];
const listed = { exitCode: 0, stdout: 'abc\n', stderr: '' };

describe.skipIf(!othersCanRun)('a user (skipped where the tests do not run as root)', () => {
  it('with any ID and group 0, in a home of root and that group, as OpenShift gives, has it all', () => {
    const machine = otherUsersMachine();
    const user = { uid: 1_000_650_000, gid: 0 };
    const home = machine.make('home', '2775');
    const env = { HOME: home, PING14C_STORE: 'file' };
    const init = machine.run(user, env, [...initLine, '--client-id', 'abc']);
    expect(init.exitCode, init.stderr).toBe(0);
    expect(machine.run(user, env, ['config', 'get', 'client-id'])).toEqual(listed);
    expect(machine.run(user, env, ['config', 'set', 'client-secret'], 'hush hush\n').stderr).toContain('is kept in');
    expect(machine.run(user, env, ['config', 'unset', 'client-secret']).stderr).toContain('removed from');
    expect(machine.run(user, env, ['logout'])).toMatchObject({ exitCode: 0 });
    for (const folder of ['.config', '.config/ping14c', '.local/state/ping14c', '.local/state/ping14c/sessions']) {
      const { mode, uid } = statSync(join(home, folder));
      expect([folder, (mode & 0o777).toString(8), uid]).toEqual([folder, '700', user.uid]);
    }
  });

  it('with any ID and group 0 may be given the configuration folder itself that way', () => {
    const machine = otherUsersMachine();
    const user = { uid: 1_000_650_000, gid: 0 };
    const env = { HOME: machine.folder, PING14C_CONFIG_DIR: machine.make('config', '775') };
    const init = machine.run(user, env, [...initLine, '--client-id', 'abc']);
    expect(init, init.stderr).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('Warning') });
    expect(machine.run(user, env, ['config', 'get', 'client-id'])).toEqual(listed);
  });

  it('that no list of users names, without HOME, needs none where the folders are given, and is told so elsewhere', () => {
    const machine = otherUsersMachine();
    const user = { uid: 1_000_650_000, gid: 1_000_650_000 };
    const [config, state] = ['config', 'state'].map((name) => machine.make(name, '700', user));
    const env = { PING14C_CONFIG_DIR: config ?? '', PING14C_STATE_DIR: state ?? '', PING14C_STORE: 'file' };
    const init = machine.run(user, env, [...initLine, '--client-id', 'abc']);
    expect(init.exitCode, init.stderr).toBe(0);
    expect(machine.run(user, env, ['config', 'get', 'client-id'])).toEqual(listed);
    expect(machine.run(user, env, ['logout'])).toMatchObject({ exitCode: 0 });
    for (const home of [{}, { HOME: '' }, { HOME: 'relative' }]) {
      expect(machine.run(user, home, ['--version', '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
      const { exitCode, stdout, stderr } = machine.run(user, home, ['config', 'list', '--json']);
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'no_home_folder' } });
    }
  });

  it('reads what root has mounted, as Kubernetes lays out a ConfigMap, and is told why it cannot be changed', () => {
    const machine = otherUsersMachine();
    const folder = machine.make('config', '755');
    mkdirSync(join(folder, '..2026_01_01'), { mode: 0o755 });
    writeFileSync(join(folder, '..2026_01_01', 'config.json'), profiles, { mode: 0o644 });
    symlinkSync('..2026_01_01', join(folder, '..data'));
    symlinkSync('..data/config.json', join(folder, 'config.json'));
    const env = { HOME: machine.folder, PING14C_CONFIG_DIR: folder };
    expect(machine.run(nobody, env, ['config', 'get', 'client-id'])).toEqual(listed);
    const set = machine.run(nobody, env, ['config', 'set', 'client-id', 'x']);
    expect(set.exitCode).toBe(1);
    expect(set.stderr).toContain(`Error: ${join(folder, 'config.json')} cannot be written: EACCES`);
    expect(set.stderr).toContain('Hint: Check the disk and the owner of the folder');
  });

  it.each([
    ['777', 0, 'everybody on this machine'],
    ['1777', 0, 'everybody on this machine'],
    ['775', 50, 'group 50'],
    ['777', 50, 'everybody on this machine'],
  ])('does not read from root’s folder with the mode %s and the group %i', (mode, gid, who) => {
    const machine = otherUsersMachine();
    const folder = machine.make('config', mode, { uid: 0, gid });
    writeFileSync(join(folder, 'config.json'), profiles, { mode: 0o644 });
    const { exitCode, stdout, stderr } = machine.run(nobody, { HOME: machine.folder, PING14C_CONFIG_DIR: folder }, [
      'config',
      'get',
      'client-id',
    ]);
    expect([exitCode, stdout], stderr).toEqual([2, '']);
    expect(stderr).toContain(`${folder} belongs to root, and ${who} can write to it; it is not used.`);
    expect(stderr).toContain('PING14C_CONFIG_DIR');
  });

  it.each(['755', '777', '2775'])('keeps no secret in root’s folder (mode %s), and is told of a way', (mode) => {
    const machine = otherUsersMachine();
    const env = { HOME: machine.folder, PING14C_STATE_DIR: machine.make('state', mode), PING14C_STORE: 'file' };
    const settings = { PING14C_CONFIG_DIR: machine.make('config', '755'), PING14C_CLIENT_ID: 'abc' };
    const environment = { PING14C_ENVIRONMENT_ID: '01234567-89ab-cdef-0123-456789abcdef' };
    const line = ['config', 'set', 'client-secret'];
    const { exitCode, stderr } = machine.run(nobody, { ...env, ...settings, ...environment }, line, 'hush hush\n');
    expect(exitCode, stderr).toBe(1);
    expect(stderr).toContain(`${env.PING14C_STATE_DIR} belongs to root, and must be yours alone; it is not used.`);
    expect(stderr).toContain(`PING14C_STATE_DIR='${env.PING14C_STATE_DIR}/ping14c'`);
  });
});

describe.skipIf(!canMount)('a read-only mount (skipped where nothing can be mounted)', () => {
  it.each([nobody, { uid: 0, gid: 0 }])('of root’s that is 0777, as that of a ConfigMap is, is read by %j', (user) => {
    const machine = otherUsersMachine();
    const folder = machine.make('config', '755');
    const fill = `printf '%s' '${profiles}' > config.json && chmod 666 config.json`;
    const env = { HOME: machine.folder, PING14C_CONFIG_DIR: folder };
    const line = ['config', 'get', 'client-id'];
    expect(machine.runMounted(user, { folder, mode: '0777', fill }, env, line)).toEqual(listed);
  });

  it('of somebody else’s is not', () => {
    const machine = otherUsersMachine();
    const folder = machine.make('config', '755');
    const fill = `printf '%s' '${profiles}' > config.json && chown 1001 .`;
    const env = { HOME: machine.folder, PING14C_CONFIG_DIR: folder };
    const ended = machine.runMounted(nobody, { folder, mode: '0755', fill }, env, ['config', 'get', 'client-id']);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain('belongs to user 1001');
  });
});
