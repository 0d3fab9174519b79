import { type AddressInfo, createServer, Server } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { openHttpsServer } from '../../src/sandbox/https-server.ts';
import { freePort } from '../support/free-port.ts';
import { hasIpv6 } from '../support/ipv6.ts';
import { plainRequest } from '../support/plain-request.ts';

const certificate = makeCertificate({ now: Date.now(), days: 1 });

async function opened(port: number) {
  const server = await openHttpsServer(certificate, port);
  onTestFinished(() => server.close());
  server.onRequest((incoming, outgoing) => outgoing.end(incoming.socket.localAddress));
  return server;
}

/** Takes a port of one address until the test ends. */
async function taken(host: string, port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host, port, exclusive: true }, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Lets listening on ::1 fail so, this often. */
function failing(code: string, times: number): void {
  const listen = Server.prototype.listen;
  let left = times;
  const spy = vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...given: unknown[]) {
    const [options] = given as [{ readonly host?: string }];
    if (options.host !== '::1' || left === 0) return listen.apply(this, given as never);
    left -= 1;
    queueMicrotask(() => this.emit('error', Object.assign(new Error(code), { code })));
    return this;
  });
  onTestFinished(() => spy.mockRestore());
}

describe('the port', () => {
  it.runIf(hasIpv6)('is the same at both addresses of this machine, and free at both once it is closed', async () => {
    const server = await opened(await freePort());
    const answers = ['127.0.0.1', '[::1]', 'localhost'].map(async (name) => {
      return (await plainRequest(certificate.cert, `https://${name}:${server.port}/`)).body;
    });
    const [first, second, either] = await Promise.all(answers);
    expect([first, second]).toEqual(['127.0.0.1', '::1']);
    expect([first, second]).toContain(either);
    await server.close();
    expect([await taken('127.0.0.1', server.port), await taken('::1', server.port)]).toEqual([
      server.port,
      server.port,
    ]);
  });

  it.runIf(hasIpv6).each(['127.0.0.1', '::1'])(
    'that is taken at %s is refused, and left alone at the other',
    async (host) => {
      const port = await taken(host, await freePort());
      await expect(openHttpsServer(certificate, port)).rejects.toMatchObject({ code: 'EADDRINUSE', address: host });
      expect(await taken(host === '::1' ? '127.0.0.1' : '::1', port)).toBe(port);
    },
  );

  it.each(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])('is that of 127.0.0.1 alone where there is no IPv6 (%s)', async (code) => {
    const free = await freePort();
    failing(code, 1);
    const { port, addresses } = await opened(free);
    expect(addresses).toEqual(['127.0.0.1']);
    expect((await plainRequest(certificate.cert, `https://127.0.0.1:${port}/`)).body).toBe('127.0.0.1');
    await expect(plainRequest(certificate.cert, `https://[::1]:${port}/`)).rejects.toThrow('connect');
  });

  it('is another one where a free one turns out to be taken at ::1', async () => {
    failing('EADDRINUSE', 19);
    expect((await opened(0)).port).toBeGreaterThan(0);
  });

  it('is looked for twenty times and no more', async () => {
    failing('EADDRINUSE', 20);
    await expect(openHttpsServer(certificate, 0)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
