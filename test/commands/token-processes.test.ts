import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Intercept } from '../../src/sandbox/intercept.ts';
import { json } from '../../src/sandbox/response.ts';
import { client, type SandboxMachine, sandboxMachine, signedIn } from '../support/sandbox-machine.ts';

// The built program, thirty times at once, while the token endpoint answers 503 (docs/security.md, rule 20). Requests are
// counted, and no time is taken: the first request is answered once the other processes wait for what becomes of it.

const program = fileURLToPath(new URL('../../bin/ping14c.js', import.meta.url));
const preloaded = fileURLToPath(new URL('../support/tells-when-waiting.cjs', import.meta.url));
const thirty = Array.from({ length: 30 }, (_, index) => index);
const files = { PING14C_STORE: 'file' };
const worker = {
  PING14C_WORKER_CLIENT_ID: client.worker,
  PING14C_WORKER_CLIENT_SECRET: 'a secret of the worker application',
};

it.each([
  ['token --refresh', 'the same settings', ['300'], 1],
  ['token --client-credentials', 'the same settings', ['300'], 1],
  ['token --refresh', 'two HTTP timeouts', ['300', '299'], 2],
] as const)(
  'thirty at once, of %s with %s, end alike',
  async (commandLine, _settings, timeouts, requests) => {
    const { machine, failing, arrived, answer } = await outage(commandLine);
    const start = (index: number) =>
      starts(machine, commandLine, { PING14C_HTTP_TIMEOUT: timeouts[index % timeouts.length] });
    failing.now = true;
    const first = start(0);
    await arrived;
    const others = thirty.slice(1).map(start);
    await Promise.all(others.map(({ waits }) => waits));
    answer();
    const ended = await Promise.all([first, ...others].map(({ ended: one }) => one));
    const told = new Set(ended.map(({ exitCode, stdout, stderr }) => `${exitCode} ${stdout}${stderr.split('\n')[0]}`));
    expect([...told]).toEqual([expect.stringMatching(/^1 Error: .*status 503/)]);
    expect(failing.requests).toBe(requests);
  },
  120_000,
);

/** A machine whose token endpoint answers 503 as soon as it is to: the first time when told, and then at once. */
async function outage(commandLine: string) {
  const [arrived, arrive] = latch();
  const [released, release] = latch();
  const failing = { now: false, requests: 0 };
  const intercept: Intercept = async ({ url }, proceed) => {
    if (!failing.now || !url.pathname.endsWith('/as/token')) return proceed();
    failing.requests += 1;
    arrive();
    await released;
    return json(503, {});
  };
  const options = { env: { ...files, ...worker }, sandboxOptions: { intercept } };
  const machine = await (commandLine.includes('--client-credentials') ? sandboxMachine : signedIn)(options);
  return { machine, failing, arrived, answer: release };
}

/** Node 20 has no `Promise.withResolvers`. */
function latch(): readonly [Promise<void>, () => void] {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return [opened, open];
}

function starts(machine: SandboxMachine, commandLine: string, env: Readonly<Record<string, string | undefined>>) {
  const child = spawn(process.execPath, ['--require', preloaded, program, ...commandLine.split(' ')], {
    env: { PATH: process.env['PATH'], ...machine.runtime().env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const waits = once(child, 'message');
  // The first one does not wait.
  waits.catch(() => {});
  const ended = Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    once(child, 'close'),
  ]).then(([stdout, stderr, [exitCode]]) => ({ exitCode: exitCode as number | null, stdout, stderr }));
  return { waits, ended };
}
