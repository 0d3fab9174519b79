import { createServer, Server } from 'node:http';
import { Server as AnyServer } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { bind } from '../../src/loopback/server.ts';

afterEach(() => void vi.restoreAllMocks());

/** As Windows does with a port of a range that it keeps for itself. */
function forbidOnce() {
  return vi.spyOn(AnyServer.prototype, 'listen').mockImplementationOnce(function (this: AnyServer) {
    const refused = Object.assign(new Error('listen EACCES: permission denied'), { code: 'EACCES' });
    queueMicrotask(() => this.emit('error', refused));
    return this;
  });
}

it.each<[NodeJS.Platform, RegExp]>([
  ['win32', /outside the ranges that "netsh interface ipv4 show excludedportrange protocol=tcp" lists/],
  ['linux', /a port from 1024 up/],
])('a port that %s does not give is told with where others are', async (platform, hint) => {
  forbidOnce();
  await expect(bind(() => createServer(), ['127.0.0.1'], 50_000, platform)).rejects.toMatchObject({
    code: 'port_forbidden',
    hint: expect.stringMatching(hint),
  });
});

it('any port will do: one that the system keeps for itself is followed by another', async () => {
  const listen = forbidOnce();
  const { servers, port } = await bind(() => createServer(), ['127.0.0.1'], undefined, 'win32');
  for (const server of servers) server.close();
  expect(servers[0]).toBeInstanceOf(Server);
  expect(port).toBeGreaterThan(0);
  expect(listen).toHaveBeenCalledTimes(2);
});
