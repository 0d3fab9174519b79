import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type SandboxMachine, signedIn } from '../support/sandbox-machine.ts';

// What the built program loads decides how fast it starts; `npm run bench` measures that, and here it is counted.

const program = fileURLToPath(new URL('../../bin/ping14c.js', import.meta.url));
const preloaded = fileURLToPath(new URL('../support/loaded-modules.cjs', import.meta.url));

/** A text that only the package has, wherever the bundler has put it. */
const marks = {
  commander: /CommanderError/,
  'openid-client': /OAUTH_JWT_CLAIM_COMPARISON_FAILED/,
  jose: /ERR_JWKS_NO_MATCHING_KEY/,
  inquirer: /force closed the prompt/,
  open: /node_modules\/open\//,
  conf: /projectSuffix/,
  undici: /UND_ERR_HEADERS_TIMEOUT/,
  keytar: /node_modules\/keytar\//,
} as const;

const filesKept = { env: { PING14C_STORE: 'file' } };

/** Of Node's own modules, those that cost a start much and that somebody might load by the way. */
const heavy = ['child_process', 'http', 'https', 'net', 'crypto', 'tls', 'tty', 'readline', 'worker_threads', 'undici'];

describe('the built program', () => {
  it('tells its version from one file', async () => {
    const { printed, ...loaded } = await start(await signedIn(filesKept), '--version');
    expect(printed).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(loaded).toEqual({ packages: [], builtin: ['net'], files: 2 });
  });

  it.each([
    ['token', 4],
    ['status', 5],
  ])('answers %s of a valid session from %i files, with commander alone', async (command, files) => {
    const { printed, ...loaded } = await start(await signedIn(filesKept), command);
    expect(printed).not.toBe('');
    // A pipe's stream is `net`; the name of the session's file is a hash.
    expect(loaded).toEqual({ packages: ['commander'], builtin: ['net', 'crypto'], files });
  });

  it('loads openid-client and undici when there is a server to speak to', async () => {
    const { printed, packages } = await start(await signedIn(filesKept), 'token', '--refresh');
    expect(printed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(packages).toEqual(['commander', 'openid-client', 'jose', 'undici']);
  });
});

/** Runs the program on the machine's folders, and looks at what it loaded. */
async function start(machine: SandboxMachine, ...argv: string[]) {
  const log = join(machine.folder, 'loaded');
  const env = { ...machine.runtime().env, PATH: process.env['PATH'], LOADED_MODULES: log };
  const child = spawn(process.execPath, ['--require', preloaded, program, ...argv], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, said] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(said).toBe('');
  const { files, builtin } = JSON.parse(readFileSync(log, 'utf8')) as Record<'files' | 'builtin', string[]>;
  const contents = files.map((file) => `${file}\n${readFileSync(file, 'utf8')}`);
  const packages = Object.entries(marks).filter(([, mark]) => contents.some((content) => mark.test(content)));
  return {
    printed,
    packages: packages.map(([name]) => name),
    builtin: heavy.filter((name) => builtin.includes(name)),
    files: files.length,
  };
}
