import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificate } from '../support/listening.ts';

describe('a program that waited for a callback', () => {
  let folder: string;
  let program: readonly string[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ping14c-exit-'));
    const [outfile, known] = [join(folder, 'program.mjs'), join(folder, 'certificate.json')];
    await writeFile(known, JSON.stringify(certificate));
    program = [outfile, known];
    const entry = new URL('../support/sign-in-and-exit.ts', import.meta.url).pathname;
    await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'node' });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('exits, idle and keep-alive sockets and its input open', async () => {
    const child = spawn(process.execPath, [...program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [redirectUri] = (await once(createInterface(child.stdout), 'line')) as [string];
    const idle = connect(Number(new URL(redirectUri).port), '127.0.0.1').on('error', () => {});
    await once(idle, 'connect');
    const agent = new Agent({ keepAlive: true, ca: certificate.cert });
    const visit = async (url: string) => {
      const [response] = await once(
        request(url, { agent })
          .on('error', () => {})
          .end(),
        'response',
      );
      let body = '';
      for await (const chunk of response) body += chunk;
      return { location: String(response.headers.location), body };
    };
    await visit(new URL('/favicon.ico', redirectUri).href);
    const { location } = await visit(`${redirectUri}?code=c&state=the-state`);
    const exited = once(child, 'exit');
    const { body } = await visit(new URL(location, redirectUri).href);
    expect(body).toContain('Maria Huber');
    expect(await exited).toEqual([0, null]);
    agent.destroy();
    idle.destroy();
    // The sockets themselves would be given 20 seconds.
  }, 15_000);
});
