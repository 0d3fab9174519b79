import type { Runtime } from '../runtime.ts';

/** Programs of the platform that take what they read into the clipboard. Linux has several, and often none. */
const programs: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: 'pbcopy', win32: 'clip' };

/**
 * Copies a text: by the platform's program, else by the terminal, which may be on another machine (xterm, "Control Sequences",
 * OSC 52). A terminal does not tell whether it did, and some cannot.
 */
export async function copyText(
  text: string,
  { platform, env, stderr, runProgram, signal }: Pick<Runtime, 'platform' | 'env' | 'stderr' | 'runProgram' | 'signal'>,
): Promise<'copied' | 'asked the terminal'> {
  const program = env['SSH_CONNECTION'] ? undefined : programs[platform];
  if (program) {
    const outcome = await runProgram(program, [], { timeoutMs: 2000, signal, stdin: text });
    if (outcome.kind === 'ended' && outcome.exitCode === 0) return 'copied';
  }
  stderr.write(`\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`);
  return 'asked the terminal';
}
