import { createServer, Server } from 'node:http';
import { Server as AnyServer } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bind } from '../../src/loopback/server.ts';

afterEach(() => void vi.restoreAllMocks());

function refusing(code: string) {
  return function (this: AnyServer) {
    queueMicrotask(() => this.emit('error', Object.assign(new Error(`listen ${code}`), { code })));
    return this;
  };
}

/** As Windows does with a port of a range that it keeps for itself. */
function forbidOnce() {
  return vi.spyOn(AnyServer.prototype, 'listen').mockImplementationOnce(refusing('EACCES'));
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

describe.each(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])('a machine without one of the families (%s)', (code) => {
  it('does with the other', async () => {
    vi.spyOn(AnyServer.prototype, 'listen').mockImplementationOnce(refusing(code));
    const { servers, port } = await bind(() => createServer(), ['::1', '127.0.0.1'], undefined, 'linux');
    const addresses = servers.map((server) => server.address());
    for (const server of servers) server.close();
    expect(addresses).toEqual([{ address: '127.0.0.1', family: 'IPv4', port }]);
  });

  it('and without the other is told so, with what needs neither', async () => {
    vi.spyOn(AnyServer.prototype, 'listen').mockImplementation(refusing(code));
    await expect(bind(() => createServer(), ['127.0.0.1', '::1'], undefined, 'linux')).rejects.toMatchObject({
      code: 'listen_failed',
      message: expect.stringContaining('no network interface has 127.0.0.1 or ::1'),
    });
  });
});

it.each(['EADDRINUSE', 'EACCES'])('looks for a free port twenty times, and then says why (%s)', async (code) => {
  let tries = 0;
  const listen = vi.spyOn(AnyServer.prototype, 'listen').mockImplementation(function (this: AnyServer) {
    tries += 1;
    // Whoever tries without end would never come back to this test.
    return refusing(tries > 25 ? 'EIO' : code).call(this);
  });
  await expect(bind(() => createServer(), ['127.0.0.1'], undefined, 'linux')).rejects.toMatchObject({
    code: 'listen_failed',
    message: expect.stringContaining(code),
  });
  expect(listen).toHaveBeenCalledTimes(20);
});

it('tries a port once where no other will do', async () => {
  const listen = vi.spyOn(AnyServer.prototype, 'listen').mockImplementation(refusing('EADDRINUSE'));
  await expect(bind(() => createServer(), ['127.0.0.1'], 50_000, 'linux')).rejects.toMatchObject({
    code: 'port_in_use',
  });
  expect(listen).toHaveBeenCalledTimes(1);
});
