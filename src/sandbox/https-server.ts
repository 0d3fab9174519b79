import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { codeOf } from '../errors.ts';
import type { Certificate } from '../loopback/certificate.ts';

interface HttpsServer {
  readonly port: number;
  /** Where it is, as a URL names it; `localhost` leads to one of them. */
  readonly addresses: readonly string[];
  /** To be called at once: who comes before it waits in vain. */
  onRequest(listener: RequestListener): void;
  /** Resolves when the port is free; connections are cut. */
  close(): Promise<void>;
}

/** What `localhost` may lead to: a browser tries the one or the other first. */
const addresses = ['127.0.0.1', '::1'] as const;

/** How often a free port of the first address may turn out to be taken at the second. */
const mostPorts = 20;

/**
 * Listens on one port of both loopback addresses, and nowhere else; where the machine has no IPv6, on 127.0.0.1 alone.
 *
 * @param port 0: any that is free at both
 * @throws Node's own error when it cannot, e.g. `EADDRINUSE`, with the `address`.
 */
export async function openHttpsServer({ cert, key }: Certificate, port: number): Promise<HttpsServer> {
  const sockets = new Set<Socket>();
  const create = () => {
    const server = createServer({ cert, key, minVersion: 'TLSv1.2' });
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    return server;
  };
  const servers = await boundServers(create, port);
  return {
    port: portOf(servers[0]),
    addresses: servers.length === 1 ? ['127.0.0.1'] : ['127.0.0.1', '[::1]'],
    onRequest: (listener) => {
      for (const server of servers) server.on('request', listener);
    },
    close: async () => {
      const closed = servers.map(closing);
      // `server.close()` waits for connections: kept-alive and half-open ones would hold the port, and the process.
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

async function boundServers(create: () => Server, port: number): Promise<readonly [Server, ...Server[]]> {
  const [first, second] = addresses;
  for (let attempt = 1; ; attempt += 1) {
    const server = await listening(create(), first, port);
    try {
      return [server, await listening(create(), second, portOf(server))];
    } catch (error) {
      // The machine has no IPv6.
      if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error))) return [server];
      await closing(server);
      if (port !== 0 || attempt === mostPorts) throw error;
    }
  }
}

async function listening(server: Server, host: string, port: number): Promise<Server> {
  server.listen({ port, host, exclusive: true, ipv6Only: host.includes(':') });
  await once(server, 'listening');
  return server;
}

function closing(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
