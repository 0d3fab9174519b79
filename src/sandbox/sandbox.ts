import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { messageOf } from '../errors.ts';
import { type Certificate, makeCertificate } from '../loopback/certificate.ts';
import type { Directory } from './directory.ts';
import { createEnvironment } from './environment.ts';
import { json, receive, respond, type SandboxRequest, type SandboxResponse } from './exchange.ts';
import { answer } from './router.ts';
import { defaultSeed, type Seed } from './seed.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';

export interface SandboxOptions {
  readonly seed?: Seed;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Milliseconds since the epoch; tests move it. */
  readonly now?: () => number;
  /** Default `127.0.0.1`; also what the origin says. */
  readonly host?: string;
  readonly certificate?: Certificate;
  /** Default: a new key of the sandbox's own. RSA keys take long to make; many short-lived sandboxes may share one. */
  readonly keys?: SigningKeys;
  /** Is told each request when it has been answered. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Stands between each request and its answer: may change, delay or replace it; `undefined` cuts the connection. */
  readonly intercept?: Intercept;
}

export type Intercept = (
  request: SandboxRequest,
  proceed: () => Promise<SandboxResponse>,
) => Promise<SandboxResponse | undefined>;

/** One line of the log. No query, no header, no body: nothing secret. */
export interface RequestEntry {
  readonly method: string;
  readonly path: string;
  /** 0 when the connection was cut. */
  readonly status: number;
}

/** A running environment. */
export interface Sandbox {
  readonly origin: string;
  /** `{origin}/{environmentId}/as` */
  readonly issuer: string;
  /** `{origin}/v1` */
  readonly apiUrl: string;
  readonly environmentId: string;
  /** What a client must trust: the certificate stands for itself, no authority behind it. */
  readonly certificate: Certificate;
  readonly seed: Seed;
  readonly directory: Directory;
  /** The newest ten thousand, oldest first. */
  readonly requests: readonly RequestEntry[];
  /** Signs with a new key from now on; the old one stays published. */
  rotateKeys(): Promise<void>;
  /** Resolves when the port is free; connections are cut. */
  close(): Promise<void>;
}

const longestLog = 10_000;
const certificateDays = 90;

/**
 * Starts a PingOne environment on loopback, over HTTPS. All three hosts of PingOne are one here (pingone-api.md §1).
 *
 * @throws Node's own error when it cannot listen, e.g. `EADDRINUSE`.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { seed = defaultSeed, port = 0, now = Date.now, host = '127.0.0.1', onRequest, intercept } = options;
  // By the real clock, even where tests move the sandbox's: those who check certificates have no other.
  const certificate = options.certificate ?? makeCertificate({ now: Date.now(), days: certificateDays });
  const keys = options.keys ?? (await createSigningKeys());
  const server = createServer({ cert: certificate.cert, key: certificate.key, minVersion: 'TLSv1.2' });
  const sockets = openSockets(server);
  await listen(server, port, host);
  const { port: bound } = server.address() as AddressInfo;
  const origin = `https://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  const environment = createEnvironment({ seed, origin, now, keys });
  const requests: RequestEntry[] = [];

  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await receive(incoming, origin);
    const proceed = () => answerSafely(request);
    const response = intercept ? await intercept(request, proceed) : await proceed();
    const entry = { method: request.method, path: request.url.pathname, status: response?.status ?? 0 };
    if (requests.push(entry) > longestLog) requests.shift();
    onRequest?.(entry);
    // The socket, because a request that has been read to its end destroys nothing with it.
    if (!response) incoming.socket.destroy();
    else respond(outgoing, request.correlationId, response);
  }

  async function answerSafely(request: SandboxRequest): Promise<SandboxResponse> {
    try {
      return await answer(environment, request);
    } catch (error) {
      const message = `The sandbox failed: ${messageOf(error)}`;
      return json(500, { id: request.correlationId, code: 'UNEXPECTED_ERROR', message });
    }
  }

  return {
    origin,
    issuer: environment.issuer,
    apiUrl: environment.apiUrl,
    environmentId: seed.environment.id,
    certificate,
    seed,
    directory: environment.directory,
    requests,
    rotateKeys: () => keys.rotate(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Kept-alive and half-open connections would hold the port, and the process (design.md §8).
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
