import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { countReplies, lookAtSessionBus, methodCall, socketPaths } from '../../src/session/secret-service.ts';

describe('the addresses of a session bus', () => {
  const addresses = [
    { text: 'unix:path=/run/user/1000/bus', paths: ['/run/user/1000/bus'] },
    { text: 'unix:path=/tmp/dbus-x,guid=0123', paths: ['/tmp/dbus-x'] },
    { text: 'unix:guid=0123,abstract=/tmp/dbus-x', paths: ['\0/tmp/dbus-x'] },
    { text: 'unix:path=/tmp/a%20b%3d', paths: ['/tmp/a b='] },
    { text: 'unix:path=/a=b', paths: ['/a=b'] },
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

describe.skipIf(process.platform === 'win32')('a session bus with several addresses', () => {
  it.each([
    ['nothing is', undefined],
    [
      'a bus refuses this user',
      (socket: Socket) => void socket.once('data', () => socket.write('REJECTED EXTERNAL\r\n')),
    ],
    ['somebody hangs up', (socket: Socket) => void socket.end()],
  ])('is looked for at the second address where %s at the first', async (_name, first) => {
    const addresses = [await busAt(first), await busAt(answering)];
    expect(await look(addresses)).toEqual({ kind: 'answers' });
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
    const reply = methodCall(1, { destination: 'a.b', path: '/', interface: 'c.d', member: 'E' });
    reply[1] = 2;
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

describe('messages on the bus', () => {
  const call = methodCall(1, { destination: 'a.b', path: '/', interface: 'c.d', member: 'E' });
  const reply = Buffer.from(call);
  reply[1] = 2;
  const error = Buffer.from(call);
  error[1] = 3;

  it('are counted when they are replies or errors, and whole', () => {
    expect(countReplies(Buffer.concat([reply, call, error]))).toBe(2);
    const signal = Buffer.from(call);
    signal[1] = 4;
    expect(countReplies(Buffer.concat([signal, error]))).toBe(1);
    expect(countReplies(Buffer.concat([reply, error.subarray(0, -1)]))).toBe(1);
    expect(countReplies(reply.subarray(0, 12))).toBe(0);
  });
});
