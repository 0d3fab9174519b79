import { execFile } from 'node:child_process';
import { messageOf } from '../errors.ts';
import type { ProgramLimits, ProgramOutcome, Runtime } from '../runtime.ts';
import { withoutSecrets } from './child-environment.ts';

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
