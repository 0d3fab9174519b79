import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { codeOf, messageOf } from '../errors.ts';
import type { AttachedOutcome, ProgramLimits, ProgramOutcome, Runtime } from '../runtime.ts';

/** Listings of certificates have some hundred kilobytes at most; a program that asks the same for ever is stopped by it. */
const maxBuffer = 4 * 1024 * 1024;

/** Runs a program of the system, in English, its standard input closed. See `Runtime.runProgram`. */
export function runProgram(
  file: string,
  args: readonly string[],
  { timeoutMs, signal, stdin = '' }: ProgramLimits,
  env: Runtime['env'],
): Promise<ProgramOutcome> {
  const options = {
    env: { ...withoutSecrets(env), LC_ALL: 'C' },
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer,
    signal,
    windowsHide: true,
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason);
      if (!error) return resolve({ kind: 'ended', exitCode: 0, stdout, stderr });
      if (error.code === 'ENOENT') return resolve({ kind: 'absent' });
      if (typeof error.code === 'number') return resolve({ kind: 'ended', exitCode: error.code, stdout, stderr });
      const tooLong = `gave no answer within ${timeoutMs / 1000} seconds`;
      resolve({ kind: 'failed', reason: error.killed && !error.code ? tooLong : messageOf(error) });
    });
    // One that does not read its input closes the pipe.
    child.stdin?.on('error', () => {});
    child.stdin?.end(stdin);
  });
}

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

/**
 * The environment for programs that we start: our settings may hold secrets, and anybody's token may stand in a variable of
 * this kind. Those of the desktop stay.
 */
export function withoutSecrets(env: Runtime['env']): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) =>
      name.startsWith('XDG_') ||
      !/^(PING14C_|PINGONE_)|TOKEN|SECRET|PASSWORD|PASSPHRASE|PRIVATE_KEY|API_KEY|CREDENTIAL/i.test(name),
  );
  return Object.fromEntries(kept);
}

/**
 * The environment for a program that the person runs: their own, but for what only we need to know. Ping's variables
 * (`PINGONE_…`) stay, since its other tools read them.
 */
function withoutOwnSecrets(env: Runtime['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^PING14C_.*(SECRET|PASSPHRASE)/i.test(name)));
}

/** Tells a running process from another that has its number later. See `Runtime.processMark`. */
export async function processMark(pid: number, platform: NodeJS.Platform): Promise<string | undefined> {
  // Elsewhere a folder of that name may be anybody's, or tell of other processes than ours (on Windows it is C:\proc).
  const known = platform === 'linux' && (await readProcStat('self')) !== undefined;
  return known ? markByProc(await readProcStat(pid)) : markBySignal(pid);
}

/** proc(5): after the name in parentheses, which may hold anything, come the state and, nineteen fields on, the start time. */
function markByProc(stat: string | undefined): string | undefined {
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, startedAt] = [fields[0], fields[19]];
  // A zombie has ended; only its parent has not asked yet.
  return state === 'Z' || state === 'X' ? undefined : startedAt;
}

/** Where there is no /proc, a signal that is none tells whether the process is there, not since when. */
function markBySignal(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
    return 'running';
  } catch (error) {
    return codeOf(error) === 'EPERM' ? 'running' : undefined;
  }
}

async function readProcStat(pid: number | 'self'): Promise<string | undefined> {
  return readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
}
