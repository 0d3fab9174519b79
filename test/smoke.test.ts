import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startProgram } from './support/built-program.ts';
import { browserFor, sandboxMachine, signsInAs } from './support/sandbox-machine.ts';

// The suite runs on one Node. What differs between its versions is tried on each that PING14C_OTHER_NODES names, too: paths
// of programs, separated as in PATH. One that is not there fails the run, so that none is left out without a word.
const others = (process.env['PING14C_OTHER_NODES'] ?? '').split(delimiter).filter(Boolean);
const nodes = [process.execPath, ...others].map(
  (node) => [execFileSync(node, ['--version'], { encoding: 'utf8' }).trim(), node] as const,
);

describe.each(nodes)('on Node %s, the built program', (_version, node) => {
  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await startProgram(['--version'], {}, { node }).ended).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('signs a person in through the browser, and gives a script the token', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    const { env } = machine.runtime();
    const login = startProgram(['login', '--no-browser'], env, { node });
    const shown = await login.said(/\/as\/authorize\?.*\n/);
    const url = shown.split('\n').find((line) => line.includes('/as/authorize?')) ?? '';
    await signsInAs('ada', 'Analytical-Engine-1843')(browserFor(machine.sandbox, shown), url);
    const { exitCode, stdout, stderr } = await login.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('Signed in as Ada King Lovelace');
    const token = await startProgram(['token', '--refresh'], env, { node }).ended;
    expect(token).toEqual({ exitCode: 0, stdout: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/), stderr: '' });
  });

  // The build leaves most of undici out.
  it('asks a proxy for a tunnel', async () => {
    const proxy = createServer();
    const asked: (string | undefined)[] = [];
    proxy.on('connect', (request, socket) => {
      asked.push(request.url);
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void proxy.close());
    const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const env = { HTTPS_PROXY, PING14C_CLIENT_SECRET: 'secret', PING14C_AUTH_URL: 'https://auth.pingone.invalid' };
    const ids = {
      PING14C_ENVIRONMENT_ID: 'e0000000-0000-4000-8000-000000000001',
      PING14C_CLIENT_ID: 'c0000000-0000-4000-8000-000000000001',
    };
    const told = await startProgram(['token', '--client-credentials', '--json'], { ...env, ...ids }, { node }).ended;
    expect(JSON.parse(told.stderr)).toMatchObject({ error: { code: 'proxy' } });
    expect(asked).toEqual(['auth.pingone.invalid:443']);
  });

  it('is there by its name in a sandbox’s command, installed or not', async () => {
    // A script of cmd is there to a shell only.
    const shell = process.platform === 'win32' ? ['cmd', '/c'] : [];
    const { exitCode, stdout, stderr } = await startProgram(
      ['sandbox', '--', ...shell, 'ping14c', 'status'],
      {},
      { node },
    ).ended;
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 4,
      stdout: '',
      stderr: expect.stringContaining('You are not signed in'),
    });
  });

  it('tells in one line what goes wrong before it can run, in JSON too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ping14c-broken-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, 'dist'));
    cpSync('bin', join(folder, 'bin'), { recursive: true });
    const broken = join(folder, 'bin', 'ping14c.js');
    writeFileSync(join(folder, 'dist', 'main.cjs'), "require('./gone.cjs');");
    const plain = await startProgram(['status'], {}, { node, file: broken }).ended;
    expect(plain).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Error: .*gone\.cjs.*\nHint: .*\n$/) });
    const json = await startProgram(['status', '--json'], {}, { node, file: broken }).ended;
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'start_failed' } });
  });

  // Whatever it kept there, another user of the machine could have put there before.
  it('keeps no compiled code in the temporary folder that all users share', async () => {
    const shared = mkdtempSync(join(tmpdir(), 'ping14c-shared-'));
    onTestFinished(() => rmSync(shared, { recursive: true, force: true }));
    const temporary = { TMPDIR: shared, TEMP: shared, TMP: shared };
    // The one loads little and the other nearly all, and the demo has a folder of its own there while it runs.
    for (const command of ['--version', 'demo']) {
      const { exitCode, stderr } = await startProgram([command], { ...temporary, BROWSER: 'none' }, { node }).ended;
      expect(exitCode, stderr).toBe(0);
      expect(readdirSync(shared)).toEqual([]);
    }
  });
});
