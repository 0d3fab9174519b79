import { win32 } from 'node:path';
import type { Runtime } from '../runtime.ts';

/**
 * The platform's program that takes what it reads into the clipboard, by its whole path: Windows would look into the current
 * folder first. Linux has several, and often none.
 */
function platformProgram({ platform, env }: Pick<Runtime, 'platform' | 'env'>): string | undefined {
  if (platform === 'darwin') return '/usr/bin/pbcopy';
  if (platform === 'win32') return win32.join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'clip.exe');
  return undefined;
}

/**
 * Copies a text: by the platform's program, else by the terminal, which may be on another machine (xterm, "Control Sequences",
 * OSC 52). A terminal does not tell whether it did, and some cannot.
 */
export async function copyText(
  text: string,
  runtime: Pick<Runtime, 'platform' | 'env' | 'stderr' | 'runProgram' | 'signal'>,
): Promise<'copied' | 'asked the terminal'> {
  const { env, stderr, signal } = runtime;
  const program = env['SSH_CONNECTION'] ? undefined : platformProgram(runtime);
  if (program) {
    const outcome = await runtime.runProgram(program, [], { timeoutMs: 2000, signal, stdin: text });
    if (outcome.kind === 'ended' && outcome.exitCode === 0) return 'copied';
  }
  stderr.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`);
  return 'asked the terminal';
}
