import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { signedIn } from '../support/sandbox-machine.ts';

const program = fileURLToPath(new URL('../../bin/ping14c.js', import.meta.url));
const hook = new URL('../support/loaded-modules.js', import.meta.url).href;

/** A text that only the package has, wherever the bundler has put it. */
const marks = {
  'openid-client': /OAUTH_JWT_CLAIM_COMPARISON_FAILED/,
  inquirer: /force closed the prompt/,
  open: /node_modules\/open\//,
  conf: /projectSuffix/,
  undici: /UND_ERR_HEADERS_TIMEOUT/,
} as const;

describe('the built program', () => {
  it('prints the token of a valid session without openid-client, inquirer, open, conf or undici', async () => {
    const { printed, loaded } = await start('token');
    expect(printed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(loaded).toEqual([]);
  });

  it('loads openid-client and undici when there is a server to speak to', async () => {
    const { printed, loaded } = await start('token', '--refresh');
    expect(printed).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(loaded).toEqual(['openid-client', 'undici']);
  });
});

/** Signs in within this process, then runs the program on the same folders and looks at what it loaded. */
async function start(...argv: string[]) {
  const machine = await signedIn({ env: { PING14C_STORE: 'file' } });
  const log = join(machine.folder, 'loaded');
  const env = { ...machine.runtime().env, PATH: process.env['PATH'], LOADED_MODULES: log };
  const child = spawn(process.execPath, ['--import', hook, program, ...argv], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(said).toBe('');
  const urls = readFileSync(log, 'utf8').split('\n').filter(Boolean);
  const contents = urls
    .filter((url) => url.startsWith('file:'))
    .map((url) => `${url}\n${readFileSync(fileURLToPath(url), 'utf8')}`);
  const loaded = Object.entries(marks).filter(([, mark]) => contents.some((content) => mark.test(content)));
  return { printed, loaded: loaded.map(([name]) => name) };
}
