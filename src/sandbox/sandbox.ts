import type { IncomingMessage, ServerResponse } from 'node:http';
import { messageOf } from '../errors.ts';
import { type Certificate, makeCertificate } from '../loopback/certificate.ts';
import { answerAuthorizationServer } from './authorization-server.ts';
import { acrossOrigins } from './cross-origin.ts';
import type { Directory } from './directory.ts';
import { createEnvironment, type Environment } from './environment.ts';
import { type FaultsMet, interceptOf, withFaults } from './faults/fault.ts';
import { type FaultName, faults } from './faults.ts';
import { openHttpsServer } from './https-server.ts';
import { type Intercept, interceptNothing, nestIntercepts } from './intercept.ts';
import { answerManagementApi } from './management-api.ts';
import { gatewayRefusal, notInSandbox, platformError } from './platform-error.ts';
import { receive, type SandboxRequest } from './request.ts';
import { json, respond, type SandboxResponse } from './response.ts';
import { defaultSeed, type Seed } from './seed.ts';
import { flowAction } from './sign-on/flow-actions.ts';
import { notFoundPage } from './sign-on/page.ts';
import { devicePage, signOnUi } from './sign-on/sign-on-ui.ts';
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
  /** Who has signed the certificate, PEM; absent where it stands for itself. */
  readonly authority?: string;
  /**
   * By default the sandbox makes a new key of its own. An RSA key takes long to make; many short-lived sandboxes may
   * share one.
   */
  readonly keys?: SigningKeys;
  /** What fails on purpose. */
  readonly faults?: readonly FaultName[];
  /** Is told each request when it has been answered. */
  readonly onRequest?: (entry: RequestEntry) => void;
  /** Outermost: sees each request before any fault does. */
  readonly intercept?: Intercept;
}

/** One line of the log. No query, no header, no body: nothing secret but what a notice is there to tell. */
export interface RequestEntry {
  readonly method: string;
  readonly path: string;
  /** 0 when the connection was cut, by either side. */
  readonly status: number;
  /** What failed on purpose here; absent where nothing did. */
  readonly faults?: readonly FaultName[] | undefined;
  /** What is to be said besides, on one line. */
  readonly notice?: string | undefined;
}

/** A running environment. */
export interface Sandbox {
  readonly origin: string;
  /** `{origin}/{environmentId}/as` */
  readonly issuer: string;
  /** `{origin}/v1` */
  readonly apiUrl: string;
  readonly environmentId: string;
  readonly certificate: Certificate;
  /** What a client must trust, PEM: the certificate itself, unless there is an authority behind it. */
  readonly authority: string;
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
  // The certificate's dates follow the real clock, even where tests move the sandbox's: who checks them has no other.
  const certificate = options.certificate ?? makeCertificate({ now: Date.now(), days: certificateDays });
  const keys = options.keys ?? createSigningKeys();
  const foundations = withFaults(chosen, { seed, now: options.now ?? Date.now, keys });
  const met: FaultsMet = new WeakMap();
  const intercept = nestIntercepts(options.intercept ?? interceptNothing, interceptOf(chosen, met));
  const { server, port: bound, close } = await openHttpsServer(certificate, port, host);
  const origin = `https://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  const environment = createEnvironment({ ...foundations, origin });
  const requests: RequestEntry[] = [];

  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await receive(incoming, origin);
    const answering = intercept(request, () => answerOrSayWhyNot(environment, request));
    const response = await Promise.race([answering, clientGone(outgoing)]);
    const harming = failing.filter((name) => met.get(request)?.has(faults[name]));
    const entry = {
      method: request.method,
      path: request.url.pathname,
      status: response?.status ?? 0,
      faults: harming.length > 0 ? harming : undefined,
      notice: response?.notice,
    };
    if (requests.push(entry) > longestLog) requests.shift();
    onRequest?.(entry);
    // The socket is destroyed, because a request that has been read to its end destroys nothing with it.
    if (!response) incoming.socket.destroy();
    else respond(outgoing, request, withDate(response, environment.now()));
  }

  return {
    origin,
    issuer: environment.issuer,
    apiUrl: environment.apiUrl,
    environmentId: seed.environment.id,
    certificate,
    authority: options.authority ?? certificate.cert,
    seed,
    faults: failing,
    directory: environment.directory,
    requests,
    rotateKeys: () => keys.rotate(),
    close,
  };
}

/** Resolves without an answer when the client goes away before it has one. */
function clientGone(outgoing: ServerResponse): Promise<undefined> {
  return new Promise((resolve) => outgoing.once('close', () => resolve(undefined)));
}

/** `Date` tells the environment's clock (RFC 9110, section 6.6.1), not this machine's. */
function withDate({ headers, ...rest }: SandboxResponse, now: number): SandboxResponse {
  return { ...rest, headers: { date: new Date(now).toUTCString(), ...headers } };
}

async function answerOrSayWhyNot(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  try {
    return await answerRequest(environment, request);
  } catch (error) {
    const message = `The sandbox failed: ${messageOf(error)}`;
    return json(500, { id: request.correlationId, code: 'UNEXPECTED_ERROR', message });
  }
}

function answerRequest(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  // RFC 9110, section 9.3.2: HEAD is answered as GET is, without the content, which the server leaves out.
  const asGet = request.method === 'HEAD' ? { ...request, method: 'GET' } : request;
  return acrossOrigins(environment, asGet, () => answerPath(environment, asGet));
}

/**
 * Finds who answers a path (docs/pingone.md, section 1); everything but the management API lies under the environment's
 * ID.
 */
async function answerPath(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  if (request.bodyTooLarge) return { ...platformError(request, 'invalidRequest'), status: 413 };
  const [, first, second = '', ...rest] = request.url.pathname.split('/');
  if (first === 'v1') return answerManagementApi(request, environment);
  if (!placesOfEnvironment.includes(second)) return gatewayRefusal(request);
  if (first !== environment.seed.environment.id) return notFoundPage(request);
  switch (second) {
    case 'as':
      return answerAuthorizationServer(environment, request, rest.join('/'));
    case 'signon':
      return signOnUi(environment, request);
    case 'flows':
      return flowAction(environment, request, rest.join('/'));
    case 'device':
      return devicePage(environment, request);
    default:
      return notInSandbox(request);
  }
}

/** What lies under an environment's ID: the four that are answered, and those that PingOne has besides (docs/pingone.md, sections 1 and 13). */
const placesOfEnvironment = ['as', 'signon', 'flows', 'device', 'saml20', 'davinci', 'deviceAuthentications'];
