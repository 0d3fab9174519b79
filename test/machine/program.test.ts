import { describe, expect, it } from 'vitest';
import { runProgram } from '../../src/machine/programs.ts';

const node = process.execPath;
const limits = { timeoutMs: 20_000, signal: new AbortController().signal };
const env = { PATH: process.env['PATH'], PING14C_CLIENT_SECRET: 'the-secret', LANG: 'de_DE.UTF-8' };

function runScript(script: string, given: Partial<typeof limits> & { stdin?: string } = {}) {
  return runProgram(node, ['-e', script], { ...limits, ...given }, env);
}

describe('a program of the system', () => {
  it('is run to its end: exit code and both outputs', async () => {
    expect(await runScript('console.log("out"); console.error("err"); process.exitCode = 3')).toEqual({
      kind: 'ended',
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it.each([
    [undefined, ''],
    ['typed', 'typed'],
  ])('given %j to read, reads %j and no more', async (stdin, read) => {
    const script = 'process.stdout.write(require("fs").readFileSync(0))';
    expect(await runScript(script, stdin === undefined ? {} : { stdin })).toMatchObject({ exitCode: 0, stdout: read });
  });

  it('gets its arguments as they are, without a shell', async () => {
    const args = ['-e', 'console.log(process.argv[1])', '$(touch pwned); "&'];
    expect(await runProgram(node, args, limits, env)).toMatchObject({ stdout: '$(touch pwned); "&\n' });
  });

  it('speaks English and sees no secret of ours', async () => {
    const { stdout } = (await runScript('console.log(JSON.stringify(process.env))')) as { readonly stdout: string };
    expect(JSON.parse(stdout)).toMatchObject({ LC_ALL: 'C' });
    expect(stdout).not.toContain('the-secret');
  });

  it('that is not there is told as such', async () => {
    expect(await runProgram('no-such-program-of-ping14c', [], limits, env)).toEqual({ kind: 'absent' });
  });

  it('that never ends is stopped', async () => {
    expect(await runScript('setInterval(() => {}, 1000)', { timeoutMs: 200 })).toEqual({
      kind: 'failed',
      reason: 'gave no answer within 0.2 seconds',
    });
  });

  it('that asks the same for ever is stopped', async () => {
    const script = 'const ask = () => process.stderr.write("Invalid password. Try again.\\n".repeat(1000), ask); ask()';
    expect(await runScript(script)).toMatchObject({ kind: 'failed', reason: expect.stringContaining('maxBuffer') });
  });

  it('is ended by Ctrl-C', async () => {
    const ending = new AbortController();
    const running = runScript('setInterval(() => {}, 1000)', { signal: ending.signal });
    ending.abort('SIGINT');
    await expect(running).rejects.toBe('SIGINT');
  });
});
