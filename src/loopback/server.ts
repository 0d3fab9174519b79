import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { codeOf, Failure, messageOf } from '../errors.ts';
import { ping14c, wording } from '../wording.ts';
import type { Page } from './pages.ts';

interface Bound<S extends Server> {
  readonly servers: readonly S[];
  readonly port: number;
}

/** How often a free port of one family may turn out to be taken in the other. */
const maxPortAttempts = 20;

/**
 * Listens on one port of every address given, and nowhere else; a machine without one of the families does with the other.
 *
 * @param port the only one that will do; any free one when absent
 * @throws Failure `failed` naming the port when it is taken or forbidden.
 */
export async function bind<S extends Server>(
  createServer: () => S,
  addresses: readonly string[],
  port: number | undefined,
  platform: NodeJS.Platform,
): Promise<Bound<S>> {
  for (let attempt = 1; ; attempt++) {
    const servers: S[] = [];
    try {
      let found = port ?? 0;
      for (const address of addresses) {
        const server = await listening(createServer(), address, found);
        if (!server) continue;
        servers.push(server);
        found = (server.address() as AddressInfo).port;
      }
      if (servers.length === 0) throw new Error(`no network interface has ${addresses.join(' or ')}`);
      return { servers, port: found };
    } catch (error) {
      for (const server of servers) server.close();
      if (error instanceof Failure) throw error;
      const another =
        port === undefined && ['EADDRINUSE', 'EACCES'].includes(codeOf(error)) && attempt < maxPortAttempts;
      if (!another) throw listenFailure(error, addresses[0] ?? '', port, platform);
    }
  }
}

/** @returns `undefined` when this machine does not have the address. */
async function listening<S extends Server>(server: S, host: string, port: number): Promise<S | undefined> {
  server.listen({ host, port, exclusive: true, ipv6Only: host.includes(':') });
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** Windows keeps whole ranges for Hyper-V and containers, other ones after each start. */
function forbidden(platform: NodeJS.Platform): string {
  return platform === 'win32'
    ? 'Use a port outside the ranges that "netsh interface ipv4 show excludedportrange protocol=tcp" lists'
    : 'Use a port from 1024 up';
}

function listenFailure(error: unknown, address: string, port: number | undefined, platform: NodeJS.Platform): Failure {
  const otherwise = 'or leave the port out of the redirect URI: PingOne accepts any port of a loopback address';
  if (port !== undefined && codeOf(error) === 'EADDRINUSE') {
    return new Failure('failed', `Port ${port} of ${address} is in use by another program.`, {
      code: 'port_in_use',
      hint: `Find it with "${whoHas(port, platform)}" and stop it, ${otherwise}.`,
      cause: error,
    });
  }
  if (port !== undefined && codeOf(error) === 'EACCES') {
    return new Failure('failed', `This system does not let you listen on port ${port}.`, {
      code: 'port_forbidden',
      hint: `${forbidden(platform)}, ${otherwise}.`,
      cause: error,
    });
  }
  return new Failure('failed', `No port can be opened on ${address}: ${messageOf(error)}`, {
    code: 'listen_failed',
    hint: wording`Use ${ping14c('login --device')}, which needs no port.`,
    cause: error,
  });
}

function whoHas(port: number, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `netstat -ano | findstr :${port}`;
  return platform === 'linux' ? `ss -ltnp sport = :${port}` : `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
}

/** First byte of a TLS record that carries a handshake (RFC 8446, section 5.1). */
const handshakeRecord = 0x16;

/** Milliseconds that a connection may say nothing, or not finish its handshake. Browsers open some in advance. */
export const handshakeTimeout = 20_000;

/** All connections of some servers, so that none outlives the listener: `server.close()` waits for idle ones. */
interface Connections {
  add(socket: Socket): void;
  /** Ends them all, idle, half-read and un-handshaken ones included. */
  destroy(): void;
}

export function trackConnections(): Connections {
  const open = new Set<Socket>();
  return {
    add(socket) {
      open.add(socket);
      // A reset is the other side's affair; unheard, it would end the process.
      socket.on('error', () => socket.destroy());
      socket.once('close', () => open.delete(socket));
    },
    destroy() {
      for (const socket of open) socket.destroy();
    },
  };
}

/**
 * Looks at the first byte of each connection of a TLS server, and answers those that speak plain HTTP in words, where
 * Node would only hang up (docs/security.md, rule 15).
 */
export function answerPlainHttp(server: Server, answer: () => Page): void {
  const handshakes = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    socket.setTimeout(handshakeTimeout, () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      if (first[0] !== handshakeRecord) {
        socket.end(rawResponse(answer()));
        // What is still being sent is read and dropped, or the answer would be lost in a reset.
        socket.resume();
        return;
      }
      socket.setTimeout(0);
      socket.pause();
      socket.unshift(first);
      for (const handshake of handshakes) handshake.call(server, socket);
    });
  });
}

function rawResponse({ status, headers, html }: Page): string {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} Bad Request`, ...lines, '', html].join('\r\n');
}
