import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { processMark, runProgram } from '../../src/machine/programs.ts';

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

describe('the mark of a process', () => {
  it.skipIf(process.platform !== 'linux')('is read from /proc on Linux', async () => {
    expect(await processMark(process.pid, 'linux')).toMatch(/^\d+$/);
    expect(await processMark(999_999_999, 'linux')).toBeUndefined();
  });

  it.each(['win32', 'darwin'] as const)(
    'on %s is asked by a signal, whatever a folder /proc says',
    async (platform) => {
      expect(await processMark(process.pid, platform)).toBe('running');
      expect(await processMark(999_999_999, platform)).toBeUndefined();
    },
  );
});

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

/** What the real runtime does, in a process of its own: the streams are inherited. */
const caller = `
import { nodeRuntime } from './src/machine/node-runtime.ts';
const [file = '', ...args] = process.argv.slice(2);
const outcome = await nodeRuntime().runAttached(file, args, { PING14C_ACCESS_TOKEN: 'the token' });
process.stdout.write(JSON.stringify(outcome));
process.exit();
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ping14c-attached-'));
  await build({
    stdin: { contents: caller, resolveDir: root, loader: 'ts' },
    outfile: join(folder, 'caller.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    // Not called for here, and not to be found from a temporary folder.
    external: [
      ...['./new-password-prompt.ts', './choice-prompt.ts', './numbered-choice.ts', './fitted-question.ts'],
      ...['./machine/browser.ts', './machine/keychain.ts'],
    ],
    logLevel: 'error',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function attach(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(node, [join(folder, 'caller.mjs'), ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const script = (code: string) => [node, '-e', code];

/** Sends the signal as soon as the program has printed something; resolves with all that was printed. */
function printedWithSignal({ stdout }: ReturnType<typeof attach>, send: () => void): Promise<string> {
  let all = '';
  return new Promise((resolve) => {
    stdout.on('data', (chunk: Buffer) => {
      if (all === '') send();
      all += chunk.toString();
    });
    stdout.once('end', () => resolve(all));
  });
}

describe('a program that is run in our place', () => {
  it('has our streams and the token, and says how it ended', async () => {
    const child = attach(
      script(
        'process.stdin.pipe(process.stdout); console.error(process.env.PING14C_ACCESS_TOKEN); process.exitCode = 7',
      ),
    );
    child.stdin.end('piped in\n');
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(out).toBe('piped in\n{"kind":"ended","exitCode":7}');
    expect(err).toBe('the token\n');
  });

  it("has the person's environment, but not the secrets of our settings", async () => {
    // Windows gives every program some more.
    const ours = '.filter((name) => /EDITOR|TOKEN|PATH$|PING/.test(name) && name !== "HOMEPATH")';
    const child = attach(script(`console.log(Object.keys(process.env).sort()${ours}.join())`), {
      EDITOR: 'ed',
      OTHER_TOKEN: 'theirs',
      PINGONE_CLIENT_SECRET: 'for Terraform',
      PING14C_CLIENT_ID: 'no secret',
      PING14C_CLIENT_SECRET: 'ours',
      PING14C_WORKER_CLIENT_SECRET: 'ours',
      PING14C_STORE_PASSPHRASE: 'ours',
    });
    const names = 'EDITOR,OTHER_TOKEN,PATH,PING14C_ACCESS_TOKEN,PING14C_CLIENT_ID,PINGONE_CLIENT_SECRET';
    expect(await text(child.stdout)).toBe(`${names}\n{"kind":"ended","exitCode":0}`);
  });

  it('gets its arguments as they are, without a shell', async () => {
    const child = attach([...script('console.log(process.argv[1])'), '$(touch pwned); "&']);
    expect(await text(child.stdout)).toBe('$(touch pwned); "&\n{"kind":"ended","exitCode":0}');
  });

  // Windows has no signals: `kill` ends a process whichever is named. What Ctrl-C does there: test/windows/program.test.ts.
  const signalled = it.skipIf(process.platform === 'win32');

  signalled.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const)('gets %s when we are sent it', async (name) => {
    const child = attach(
      script(
        `process.on('${name}', () => { console.log(' ${name}'); process.exit(9); }); console.log('ready'); setInterval(() => {}, 1000)`,
      ),
    );
    const printed = printedWithSignal(child, () => child.kill(name));
    expect(await printed).toBe(`ready\n ${name}\n{"kind":"ended","exitCode":9}`);
  });

  signalled('that a signal ended has the exit code which a shell gives it', async () => {
    const child = attach(script('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'));
    expect(await text(child.stdout)).toBe('{"kind":"ended","exitCode":143}');
  });

  it('that is not there, or cannot be started, is told as such', async () => {
    expect(await text(attach(['no-such-program-of-ping14c']).stdout)).toBe('{"kind":"absent"}');
    // To Windows a folder is no program, and so none that is there.
    const kind = process.platform === 'win32' ? 'absent' : 'failed';
    expect(JSON.parse(await text(attach([folder]).stdout))).toMatchObject({ kind });
  });
});
