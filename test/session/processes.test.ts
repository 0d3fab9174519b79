import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subfolder } from '../../src/files/own-folder.ts';
import { createFileStore } from '../../src/session/file-store.ts';
import { accountOf } from '../../src/session/session.ts';
import { parseSession, serializeSession } from '../../src/session/stored-session.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { buildWorkerProgram, type Worker, type WorkerProgram } from '../support/session-processes.ts';
import { expected, identity, sampleSession } from '../support/session-samples.ts';

/** A token endpoint with replay protection as PingOne has it: a refresh token that was used ends the whole family. */
interface RotatingTokenServer {
  readonly url: string;
  /** Every refresh token that was sent, in order. */
  readonly received: string[];
  readonly revoked: () => boolean;
  close(): Promise<void>;
}

/** The refresh token that counts at first is `refresh-1`; the body of a request is the bare refresh token. */
async function rotatingTokenServer(): Promise<RotatingTokenServer> {
  const received: string[] = [];
  let revoked = false;
  let turn = 1;
  const server = createServer(async (request, response) => {
    let token = '';
    for await (const chunk of request) token += chunk;
    received.push(token);
    if (token !== `refresh-${turn}`) revoked = true;
    if (revoked) return response.writeHead(400).end();
    turn += 1;
    const answer = {
      accessToken: `access-${turn}`,
      refreshToken: `refresh-${turn}`,
      expiresAt: Date.now() + 3_600_000,
    };
    return response.writeHead(200, { connection: 'close' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    received,
    revoked: () => revoked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

let program: WorkerProgram;
let server: RotatingTokenServer;
let stateFolder: string;

beforeAll(async () => {
  program = await buildWorkerProgram();
});
afterAll(() => program.remove());
beforeEach(async () => {
  server = await rotatingTokenServer();
  stateFolder = mkdtempSync(join(tmpdir(), 'ping14c-state-'));
  await files().write(accountOf(identity), serializeSession(sampleSession(Date.now(), -1_000)));
});
afterEach(async () => {
  await server.close();
  rmSync(stateFolder, { recursive: true, force: true });
});

const files = () => createFileStore(subfolder(stateFolderAt(stateFolder), 'sessions'), undefined, Date.now);
const stored = async () => parseSession(await files().read(accountOf(identity)), identity);
const storedAccessToken = async () => {
  const found = await stored();
  return found.kind === 'session' ? found.session.tokens.accessToken : found.kind;
};
const fresh = (pauseAt?: 'locked' | 'answered' | 'written'): Worker =>
  program.start({
    kind: 'fresh',
    stateFolder,
    identity: expected,
    tokenUrl: server.url,
    ...(pauseAt ? { pauseAt } : {}),
  });

describe('many processes with one expired session', () => {
  it('fifty at once make one request, and all fifty get the new token', async () => {
    const ended = await Promise.all(Array.from({ length: 50 }, () => fresh().ended));
    expect(new Set(ended.map(({ exitCode, stdout, stderr }) => `${exitCode} ${stdout}${stderr}`))).toEqual(
      new Set(['0 access-2\n']),
    );
    expect(server.received).toEqual(['refresh-1']);
    expect(await storedAccessToken()).toBe('access-2');
  }, 60_000);

  it('count to sixty together without losing one', async () => {
    const file = join(stateFolder, 'counter');
    writeFileSync(file, '0');
    const task = { kind: 'count', stateFolder, name: 'counter', file, times: 10 } as const;
    const ended = await Promise.all(Array.from({ length: 6 }, () => program.start(task).ended));
    expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readFileSync(file, 'utf8')).toBe('60');
  });
});

describe('a process that is killed', () => {
  const deaths = [
    // The refresh token had not been sent.
    { at: 'locked', requests: 1 },
    // The new session was in its place.
    { at: 'written', requests: 1 },
  ] as const;

  for (const { at, requests } of deaths) {
    it(`when it has ${at} leaves a session that the next one uses`, async () => {
      const first = fresh(at);
      await first.said('paused');
      first.child.kill('SIGKILL');
      await first.ended;
      const next = fresh();
      expect(await next.ended).toEqual({ exitCode: 0, stdout: 'access-2\n', stderr: '' });
      expect(await next.slept).toMatchObject({ pauses: 0 });
      expect(server.received).toHaveLength(requests);
    });
  }

  it('between the answer and the write leaves a readable store, and the next one says to sign in', async () => {
    const first = fresh('answered');
    await first.said('paused');
    first.child.kill('SIGKILL');
    await first.ended;
    expect(await storedAccessToken()).toBe('access-1');
    expect(await fresh().ended).toMatchObject({ exitCode: 4, stdout: 'signInNeeded invalid_grant\n' });
    // The refused token is not sent again.
    expect(await fresh().ended).toMatchObject({ exitCode: 4, stdout: 'signInNeeded session_expired\n' });
    expect(server.received).toEqual(['refresh-1', 'refresh-1']);
  });

  it('leaves the lock to one of those who wait', async () => {
    const first = fresh('locked');
    await first.said('paused');
    const waiting = Array.from({ length: 4 }, () => fresh());
    first.child.kill('SIGKILL');
    expect((await Promise.all(waiting.map(({ ended }) => ended))).map(({ stdout }) => stdout)).toEqual(
      Array(4).fill('access-2\n'),
    );
    expect(server.received).toEqual(['refresh-1']);
  });
});

describe('a process that is killed while it writes', () => {
  it('leaves one of the two sessions whole, wherever it was, and logout removes the rest', async () => {
    const texts = ['a', 'b'].map((letter) => letter.repeat(100_000));
    for (let rounds = 1; rounds <= 6; rounds++) {
      const writing = program.start({ kind: 'rewrite', stateFolder, account: 'ada' });
      await writing.said(`written ${rounds}`);
      writing.child.kill('SIGKILL');
      await writing.ended;
      expect(texts).toContain(await files().read('ada'));
    }
    await files().clear('ada');
    expect(readdirSync(join(stateFolder, 'sessions')).filter((name) => name.startsWith('ada'))).toEqual([]);
  });
});

describe('a process that is stopped', () => {
  it('delays the next one by seconds, and notices when it goes on', async () => {
    const first = fresh('answered');
    await first.said('paused');
    const name = accountOf(identity);
    first.child.kill('SIGSTOP');
    const second = program.start({ kind: 'hold', stateFolder, name });
    await second.said('paused');
    first.child.kill('SIGCONT');
    first.proceed();
    second.proceed();
    expect((await second.ended).stdout).toBe('paused\ntrue\n');
    expect((await second.slept).pauses / 1000).toBeLessThan(7);
    // Overtaken with the only good tokens in hand: it waits its turn again and then stores them.
    expect((await first.ended).stdout).toBe('paused\naccess-2\n');
    expect(await storedAccessToken()).toBe('access-2');
  });

  it('does not overwrite what was stored meanwhile', async () => {
    const first = fresh('answered');
    await first.said('paused');
    first.child.kill('SIGSTOP');
    const name = accountOf(identity);
    const second = program.start({ kind: 'hold', stateFolder, name });
    await second.said('paused');
    const session = sampleSession(Date.now() + 1, 3_600_000, { accessToken: 'access-of-a-new-sign-in' });
    await files().write(name, serializeSession(session));
    second.proceed();
    await second.ended;
    first.child.kill('SIGCONT');
    first.proceed();
    expect((await first.ended).stdout).toBe('paused\naccess-of-a-new-sign-in\n');
    expect(await storedAccessToken()).toBe('access-of-a-new-sign-in');
  });
});

describe('logout racing a refresh', () => {
  it('waits for the refresh and removes what it stored', async () => {
    const refreshing = fresh('answered');
    await refreshing.said('paused');
    const clearing = program.start({ kind: 'clear', stateFolder, identity });
    refreshing.proceed();
    expect((await clearing.ended).stdout).toBe('session\n');
    expect((await refreshing.ended).exitCode).toBe(0);
    expect(await storedAccessToken()).toBe('absent');
    expect(readdirSync(join(stateFolder, 'sessions'))).toEqual([]);
  });

  it('that overtakes a stopped refresh leaves nothing behind either', async () => {
    const refreshing = fresh('answered');
    await refreshing.said('paused');
    refreshing.child.kill('SIGSTOP');
    expect((await program.start({ kind: 'clear', stateFolder, identity }).ended).stdout).toBe('session\n');
    refreshing.child.kill('SIGCONT');
    refreshing.proceed();
    expect((await refreshing.ended).stdout).toBe('paused\nsignInNeeded no_session\n');
    expect(existsSync(join(stateFolder, 'sessions', `${accountOf(identity)}.json`))).toBe(false);
  });
});
