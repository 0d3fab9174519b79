import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from '../loopback/certificate.ts';

interface HttpsServer {
  /** Requests come as its `request` events. */
  readonly server: Server;
  readonly port: number;
  /** Resolves when the port is free; connections are cut. */
  close(): Promise<void>;
}

/** Listens on this host alone. @throws Node's own error when it cannot, e.g. `EADDRINUSE`. */
export async function openHttpsServer({ cert, key }: Certificate, port: number, host: string): Promise<HttpsServer> {
  const server = createServer({ cert, key, minVersion: 'TLSv1.2' });
  const sockets = openSockets(server);
  await listen(server, port, host);
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // `server.close()` waits for connections: kept-alive and half-open ones would hold the port, and the process.
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
