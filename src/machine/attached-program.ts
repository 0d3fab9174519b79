import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { messageOf } from '../errors.ts';
import type { AttachedOutcome, Runtime } from '../runtime.ts';
import { withoutOwnSecrets } from './child-environment.ts';

/** Signals that somebody may send to us and mean the program. Windows knows three, and sends them to both. */
const passedOn: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'];
const onWindows: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** The terminal sends these to us and to the program at once; twice would be once too often. */
const fromTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/** Runs a program in our place. See `Runtime.runAttached`. */
export function runAttached(
  file: string,
  args: readonly string[],
  variables: Runtime['env'],
  { env, platform }: Pick<Runtime, 'env' | 'platform'>,
): Promise<AttachedOutcome> {
  const windows = platform === 'win32';
  const terminal = [0, 1, 2].some(isatty);
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = spawn(file, args, { stdio: 'inherit', env: { ...withoutOwnSecrets(env), ...variables } });
    } catch (error) {
      // Arguments that no program can have.
      return resolve({ kind: 'failed', reason: messageOf(error) });
    }
    // Listened to in any case: without a listener each would end us, and leave the program behind.
    const listeners = (windows ? onWindows : passedOn).map((name) => {
      const send = !windows && !(terminal && fromTerminal.includes(name));
      const listener = () => void (send && child.kill(name));
      process.on(name, listener);
      return [name, listener] as const;
    });
    const settle = (outcome: AttachedOutcome) => {
      for (const [name, listener] of listeners) process.off(name, listener);
      resolve(outcome);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      // A signal that could not be passed on is an error too, and no end.
      if (child.pid !== undefined) return;
      settle(error.code === 'ENOENT' ? { kind: 'absent' } : { kind: 'failed', reason: messageOf(error) });
    });
    child.once('exit', (code, signal) => {
      settle({ kind: 'ended', exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) });
    });
  });
}
