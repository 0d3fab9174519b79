import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../errors.ts';
import { type Certificate, makeCertificate } from '../loopback/certificate.ts';
import type { Directory } from './directory.ts';
import { createEnvironment } from './environment.ts';
import { json, receive, respond, type SandboxRequest, type SandboxResponse } from './exchange.ts';
import { faultsMet, interceptOf, withFaults } from './fault.ts';
import { type FaultName, faults } from './faults.ts';
import { openServer } from './https-server.ts';
import { type Intercept, nested, passOn } from './intercept.ts';
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
  /** What fails on purpose. */
  readonly faults?: readonly FaultName[];
  /** Is told each request when it has been answered. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Outermost: sees each request before any fault does. */
  readonly intercept?: Intercept;
}

/** One line of the log. No query, no header, no body: nothing secret. */
export interface RequestEntry {
  readonly method: string;
  readonly path: string;
  /** 0 when the connection was cut, by either side. */
  readonly status: number;
  /** What failed on purpose here; absent where nothing did. */
  readonly faults?: readonly FaultName[];
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
  /** As given: faults change what the environment runs on, not what its people believe. */
  readonly seed: Seed;
  /** What fails on purpose. */
  readonly faults: readonly FaultName[];
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
 * Starts a PingOne environment on loopback, over HTTPS. All three hosts of PingOne are one here (docs/pingone.md, section 1).
 *
 * @throws Node's own error when it cannot listen, e.g. `EADDRINUSE`.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { seed = defaultSeed, port = 0, host = '127.0.0.1', faults: failing = [], onRequest } = options;
  const chosen = failing.map((name) => faults[name]);
  // By the real clock, even where tests move the sandbox's: those who check certificates have no other.
  const certificate = options.certificate ?? makeCertificate({ now: Date.now(), days: certificateDays });
  const keys = options.keys ?? (await createSigningKeys());
  const foundations = withFaults(chosen, { seed, now: options.now ?? Date.now, keys });
  const intercept = nested(options.intercept ?? passOn, interceptOf(chosen));
  const { server, port: bound, close } = await openServer(certificate, port, host);
  const origin = `https://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  const environment = createEnvironment({ ...foundations, origin });
  const requests: RequestEntry[] = [];

  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await receive(incoming, origin);
    const answered = intercept(request, () => answerSafely(request));
    const response = await Promise.race([answered, departure(outgoing)]);
    const met = faultsMet(faults, failing, request);
    const entry = {
      method: request.method,
      path: request.url.pathname,
      status: response?.status ?? 0,
      ...(met.length > 0 ? { faults: met } : {}),
    };
    if (requests.push(entry) > longestLog) requests.shift();
    onRequest?.(entry);
    // The socket, because a request that has been read to its end destroys nothing with it.
    if (!response) incoming.socket.destroy();
    else respond(outgoing, request.correlationId, dated(response));
  }

  /** `Date` tells the environment's clock (RFC 9110, section 6.6.1), not this machine's. */
  function dated({ headers, ...rest }: SandboxResponse): SandboxResponse {
    return { ...rest, headers: { date: new Date(environment.now()).toUTCString(), ...headers } };
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
    faults: failing,
    directory: environment.directory,
    requests,
    rotateKeys: () => keys.rotate(),
    close,
  };
}

/** Resolves without an answer when the client goes away before it has one. */
function departure(outgoing: ServerResponse): Promise<undefined> {
  return new Promise((resolve) => outgoing.once('close', () => resolve(undefined)));
}
