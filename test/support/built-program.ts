import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { awaitStep } from './step.ts';

/** What `bin` starts, once it is built. */
export const builtProgram = fileURLToPath(new URL('../../bin/ping14c.js', import.meta.url));

export interface StartOptions {
  /** The Node that runs it; by default that of the tests. */
  readonly node?: string;
  /** What Node runs; the built program unless given. */
  readonly file?: string;
  /** Standard input, to its end. None by default. */
  readonly input?: string;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  /** Resolves with all of standard error as soon as it matches. */
  said(pattern: RegExp): Promise<string>;
  readonly ended: Promise<Ended>;
}

/** To be called inside a test, which ends the program with itself. */
export function startProgram(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { node = process.execPath, file = builtProgram, input }: StartOptions = {},
): Started {
  const child = spawn(node, [file, ...argv], {
    // NODE_OPTIONS is what Wine needs (test/windows/wine.cjs), where the tests run there.
    env: { PATH: process.env['PATH'], NODE_OPTIONS: process.env['NODE_OPTIONS'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A console of its own, on Windows: Ctrl-C reaches all that share one.
    windowsHide: true,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  // One that has ended reads no more.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  let [shown, closed] = ['', false];
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk;
  });
  child.once('close', () => {
    closed = true;
  });
  const ended = Promise.all([text(child.stdout), once(child, 'close')]).then(([stdout, [exitCode]]) => ({
    exitCode: exitCode as number | null,
    stdout,
    stderr: shown,
  }));
  const said = (pattern: RegExp) => {
    const { look, come } = awaitStep(pattern, () => ({ text: shown, over: closed }));
    child.stderr.on('data', look);
    ended.then(look);
    return come;
  };
  return { said, ended };
}
