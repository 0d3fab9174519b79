import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countReplies, lookAtSessionBus, methodCall, socketPaths } from '../../src/session/secret-service.ts';
import { realBus, whyNoSecretService } from '../support/secret-service.ts';

const call = methodCall(1, { destination: 'a.b', path: '/', interface: 'c.d', member: 'E' });
const reply = Buffer.from(call);
reply[1] = 2;

describe('the addresses of a session bus', () => {
  const addresses = [
    { text: 'unix:path=/run/user/1000/bus', paths: ['/run/user/1000/bus'] },
    { text: 'unix:path=/tmp/dbus-x,guid=0123', paths: ['/tmp/dbus-x'] },
    { text: 'unix:guid=0123,abstract=/tmp/dbus-x', paths: ['\0/tmp/dbus-x'] },
    { text: 'unix:path=/tmp/a%20b%3d', paths: ['/tmp/a b='] },
    { text: 'unix:path=/a=b', paths: ['/a=b'] },
    { text: 'unix:path=/a:b', paths: ['/a:b'] },
    { text: 'unix:path=,abstract=x', paths: ['\0x'] },
    { text: 'unix:path=/first;unix:abstract=second', paths: ['/first', '\0second'] },
    { text: 'unix:runtime=yes;unix:dir=/tmp;unix:path;unix', paths: [] },
    { text: 'tcp:host=localhost,port=1;unix:path=/second', paths: ['/second'] },
    { text: 'autolaunch:', paths: [] },
    { text: 'unix:path=%00/x;unix:path=%zz;unix:path=;unix:;;', paths: [] },
  ];
  for (const { text, paths } of addresses) {
    it(`in ${text}`, () => expect(socketPaths(text)).toEqual(paths));
  }
});

describe.skipIf(process.platform === 'win32')('the session bus (a socket with a path, so not on Windows)', () => {
  it('is not looked for from the current folder, where anybody may have put one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ping14c-bus-'));
    let visits = 0;
    const server = createServer((socket) => {
      visits += 1;
      socket.destroy();
    });
    onTestFinished(() => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    });
    await once(server.listen(join(folder, 'bus')), 'listening');
    const env = { XDG_RUNTIME_DIR: relative(process.cwd(), folder) };
    const sleep = () => new Promise<never>(() => {});
    expect(await lookAtSessionBus({ env, sleep, userId: process.geteuid?.() })).toMatchObject({
      kind: 'absent',
      reason: expect.stringContaining('absolute XDG_RUNTIME_DIR'),
    });
    expect(visits).toBe(0);
  });
});

describe('a session bus that no variable names', () => {
  it.each([
    [{}, 'neither DBUS_SESSION_BUS_ADDRESS nor an absolute XDG_RUNTIME_DIR is set'],
    [{ DBUS_SESSION_BUS_ADDRESS: 'tcp:host=localhost' }, '"tcp:host=localhost" names no socket of this machine'],
  ])('is absent, and %j is said to be why', async (env, reason) => {
    expect(await lookAtSessionBus({ env, sleep: () => new Promise(() => {}), userId: 1000 })).toEqual({
      kind: 'absent',
      reason,
    });
  });
});

const why = whyNoSecretService();

describe.skipIf(why)(`a real session bus${why ? ` (${why})` : ''}`, () => {
  it('understands what is said to it', async () => {
    const bus = await realBus('none');
    onTestFinished(() => bus.stop());
    const look = { env: bus.env, sleep: () => new Promise<void>(() => {}), userId: process.geteuid?.() };
    expect(await lookAtSessionBus(look)).toEqual({ kind: 'answers' });
    // Nobody else's name is taken for ours.
    expect(await lookAtSessionBus({ ...look, userId: 4_000_000 })).toMatchObject({
      kind: 'absent',
      reason: expect.stringContaining('refuses this user'),
    });
  });
});

describe.skipIf(process.platform === 'win32')('a session bus with several addresses', () => {
  it.each([
    ['nothing is', undefined, /^connect ENOENT/],
    [
      'a bus refuses this user',
      (socket: Socket) => void socket.once('data', () => socket.write('REJECTED EXTERNAL\r\n')),
      /\/bus refuses this user$/,
    ],
    ['somebody hangs up', (socket: Socket) => void socket.end(), /\/bus hangs up$/],
  ])('is looked for at the second address where %s at the first', async (_name, first, reason) => {
    const addresses = [await busAt(first), await busAt(answering)];
    expect(await look(addresses)).toEqual({ kind: 'answers' });
    expect(await look(addresses.slice(0, 1))).toEqual({ kind: 'absent', reason: expect.stringMatching(reason) });
  });

  it('is left when it has answered', async () => {
    let left = () => {};
    const hungUp = new Promise<void>((resolve) => {
      left = resolve;
    });
    const address = await busAt((socket) => {
      socket.on('close', left);
      answering(socket);
    });
    expect(await look([address])).toEqual({ kind: 'answers' });
    await hungUp;
  });

  it('is mute where nobody says a word, and the next address is not for ours then', async () => {
    const [mute, other] = [await busAt(() => {}), await busAt(answering)];
    expect(await look([mute, other], async () => {})).toEqual({
      kind: 'mute',
      who: `the session bus at ${mute.replace('unix:path=', '')}`,
    });
  });

  it('may answer piece by piece', async () => {
    const steps: [string, string | Buffer][] = [
      ['AUTH', 'OK 0123'],
      ['', '456789abcdef\r\n'],
      ['BEGIN', reply.subarray(0, 9)],
      ['', Buffer.concat([reply.subarray(9), reply])],
    ];
    const address = await busAt((socket) => {
      socket.setNoDelay();
      socket.on('data', async (bytes) => {
        for (;;) {
          const [after, said] = steps[0] ?? ['nothing', ''];
          if (!bytes.includes(after)) return;
          steps.shift();
          socket.write(said);
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
    });
    expect(await look([address])).toEqual({ kind: 'answers' });
  });

  it('is where XDG_RUNTIME_DIR is when nothing else is said', async () => {
    const folder = (await busAt(answering)).replace(/^unix:path=(.*)\/bus$/, '$1');
    const sleep = () => new Promise<void>(() => {});
    expect(await lookAtSessionBus({ env: { XDG_RUNTIME_DIR: folder }, sleep, userId: 0 })).toEqual({ kind: 'answers' });
  });

  it('is absent where it is at none, and mute where the service answers nothing', async () => {
    const [none, refusing] = [await busAt(undefined), await busAt((socket) => void socket.end())];
    expect(await look([none, refusing])).toMatchObject({ kind: 'absent', reason: expect.stringContaining('hangs up') });
    const half = await busAt((socket) => answers(socket, 1));
    const limits: number[] = [];
    // Only the second limit passes: the bus itself has answered.
    const sleep = async (ms: number) => {
      limits.push(ms);
      if (limits.length === 1) await new Promise(() => {});
    };
    expect(await look([half, await busAt(answering)], sleep)).toMatchObject({
      kind: 'mute',
      who: expect.stringContaining('org.freedesktop.secrets'),
    });
  });

  const answering = (socket: Socket) => answers(socket, 2);

  function answers(socket: Socket, replies: number) {
    socket.on('data', (bytes) => {
      if (bytes.includes('AUTH')) socket.write('OK 0123456789abcdef0123456789abcdef\r\n');
      if (bytes.includes('BEGIN')) socket.write(Buffer.concat(Array.from({ length: replies }, () => reply)));
    });
  }

  /** The address of a bus of this manner; with `undefined` there is none. */
  async function busAt(manner: ((socket: Socket) => void) | undefined): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'ping14c-bus-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'bus');
    if (manner) {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        manner(socket);
      });
      onTestFinished(() => void server.close());
      await once(server.listen(path), 'listening');
    }
    return `unix:path=${path}`;
  }

  function look(addresses: readonly string[], sleep = (_ms: number) => new Promise<void>(() => {})) {
    return lookAtSessionBus({
      env: { DBUS_SESSION_BUS_ADDRESS: addresses.join(';') },
      sleep,
      userId: process.geteuid?.(),
    });
  }
});

describe.skipIf(process.platform !== 'linux')('a bus at an abstract address (of Linux alone)', () => {
  it('is called as others call it', async () => {
    const name = `ping14c-test-${randomUUID()}`;
    const server = createServer((socket) => void socket.end());
    onTestFinished(() => void server.close());
    await once(server.listen(`\0${name}`), 'listening');
    const env = { DBUS_SESSION_BUS_ADDRESS: `unix:abstract=${name}` };
    const sleep = () => new Promise<void>(() => {});
    expect(await lookAtSessionBus({ env, sleep, userId: 0 })).toEqual({ kind: 'absent', reason: `@${name} hangs up` });
  });
});

describe('messages on the bus', () => {
  const [error, signal] = [Buffer.from(call), Buffer.from(call)];
  error[1] = 3;
  signal[1] = 4;
  const withBody = Buffer.concat([reply, Buffer.alloc(5)]);
  withBody.writeUInt32LE(5, 4);
  // Both lengths with their bytes the other way round.
  const bigEndian = Buffer.from(withBody);
  bigEndian[0] = 0x42;
  for (const at of [4, 12]) bigEndian.writeUInt32BE(withBody.readUInt32LE(at), at);

  it.each([
    ['replies and errors', 2, [reply, call, error]],
    ['no signals', 1, [signal, error]],
    ['whole ones', 1, [reply, error.subarray(0, -1)]],
    ['none of which not even the head is there', 0, [reply.subarray(0, 12)]],
    ['those with a body', 2, [withBody, error]],
    ['those of a machine that counts the other way round', 2, [bigEndian, error]],
  ])('are counted: %s', (_name, count, messages) => {
    expect(countReplies(Buffer.concat(messages))).toBe(count);
  });
});
