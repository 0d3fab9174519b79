import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A user by number, as containers have them: no list of users need name it. */
export interface OtherUser {
  readonly uid: number;
  readonly gid: number;
}

/** A user of no privilege at all. */
export const nobody: OtherUser = { uid: 65_534, gid: 65_534 };

export interface Ending {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface OtherUsersMachine {
  /** Everybody may enter it, and root alone may write to it. */
  readonly folder: string;
  /** Makes a folder in it, and gives it away. */
  make(name: string, mode: string, owner?: OtherUser): string;
  /** Runs the built program as that user, without a terminal, with these variables and no others. */
  run(user: OtherUser, env: Readonly<Record<string, string>>, argv: readonly string[], stdin?: string): Ending;
  /** The same in a mount namespace of its own, where the folder is a read-only file system; the files on it are root's. */
  runMounted(user: OtherUser, mount: ReadOnlyMount, env: Readonly<Record<string, string>>, argv: string[]): Ending;
}

export interface ReadOnlyMount {
  readonly folder: string;
  readonly mode: string;
  /** A shell command that fills it. */
  readonly fill: string;
}

/** Only root can become somebody else, and the others must be able to start Node. */
export const othersCanRun = process.geteuid?.() === 0 && spawnSync(process.execPath, ['-v'], nobody).status === 0;

/** A container may keep its root from mounting. */
export const canMount = othersCanRun && spawnSync('unshare', ['-m', 'setpriv', '--version']).status === 0;

/** To be called inside a test: everything is removed when the test ends. */
export function otherUsersMachine(): OtherUsersMachine {
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
