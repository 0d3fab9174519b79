import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { Failure, messageOf } from '../errors.ts';

export interface Bound<S extends Server> {
  readonly servers: readonly S[];
  readonly port: number;
}

/** How often a free port of one family may turn out to be taken in the other. */
const maxAttempts = 20;

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
      const another = port === undefined && codeOf(error) === 'EADDRINUSE' && attempt < maxAttempts;
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

function listenFailure(error: unknown, address: string, port: number | undefined, platform: NodeJS.Platform): Failure {
  const otherwise = 'or leave the port out of the redirect URI: PingOne accepts any port of a loopback address';
  if (port !== undefined && codeOf(error) === 'EADDRINUSE') {
    return new Failure('failed', `Port ${port} of ${address} is taken by another program.`, {
      code: 'port_in_use',
      hint: `See which with "${whoHas(port, platform)}" and end it, ${otherwise}.`,
      cause: error,
    });
  }
  if (port !== undefined && codeOf(error) === 'EACCES') {
    return new Failure('failed', `This system does not let you listen on port ${port}.`, {
      code: 'port_forbidden',
      hint: `Use a port from 1024 up, ${otherwise}.`,
      cause: error,
    });
  }
  return new Failure('failed', `No port can be opened on ${address}: ${messageOf(error)}`, {
    code: 'listen_failed',
    hint: 'Use "ping14c login --device", which needs none.',
    cause: error,
  });
}

function whoHas(port: number, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `netstat -ano | findstr :${port}`;
  return platform === 'linux' ? `ss -ltnp sport = :${port}` : `lsof -nP -iTCP:${port} -sTCP:LISTEN`;
}

function codeOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? '') : '';
}
