import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Certificate, makeCertificate } from '../loopback/certificate.ts';
import { answerRequest } from './answer-request.ts';
import { authorizeDirectly, type SandboxTokens, type SignInOptions, signInDirectly } from './direct-sign-in.ts';
import type { Directory } from './directory.ts';
import { type Duration, durationMs } from './duration.ts';
import { createEnvironment, environmentAt } from './environment.ts';
import { createActiveFaults } from './faults/active-faults.ts';
import { type FaultName, isFaultName, unknownFault } from './faults.ts';
import { openHttpsServer } from './https-server.ts';
import { type Intercept, interceptNothing, nestIntercepts } from './intercept.ts';
import { misdirected, originNamed, ownOrigins } from './own-names.ts';
import { receive } from './request.ts';
import { createRequestLog, type RequestEntry } from './request-log.ts';
import { respond, type SandboxResponse } from './response.ts';
import type { Application } from './seed/applications.ts';
import type { SeedFile } from './seed/seed-file.ts';
import { createServiceKey, type PrivateJwk, type ServiceKey } from './seed/service-key.ts';
import { defaultSeed, type Seed } from './seed.ts';
import { createSigningKeys, type SigningKeys } from './signing-keys.ts';
import { createTrustingFetch } from './trusting-fetch.ts';

/** How a sandbox is started. */
export interface SandboxOptions {
  /** Of 127.0.0.1 and ::1. Default 0: any that is free at both. */
  readonly port?: number;
  /** What it starts with, and what `reset` goes back to, added to the users and applications that every sandbox has. */
  readonly seed?: SeedFile;
  /** The clock from which `advance` goes on, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** What fails on purpose from the start. */
  readonly faults?: readonly FaultName[];
  /** Is told each request when it has been answered. */
  readonly onRequest?: (entry: RequestEntry) => void;
}

/** What the commands and the tests of this repository give a sandbox besides. */
export interface HostingOptions extends Omit<SandboxOptions, 'seed'> {
  readonly seed?: Seed;
  readonly certificate?: Certificate | undefined;
  /** Who has signed the certificate, PEM; absent where it stands for itself. */
  readonly authority?: string;
  /**
   * By default the sandbox makes a new key of its own. An RSA key takes long to make; many short-lived sandboxes may
   * share one.
   */
  readonly keys?: SigningKeys | undefined;
  /** By default one of its own, made when it is first asked for. */
  readonly serviceKey?: ServiceKey;
  /** Outermost: sees each request before any fault does. */
  readonly intercept?: Intercept;
}

/** A user as the sandbox starts with them. */
export interface SandboxUser {
  /** The `sub` of their tokens. */
  readonly id: string;
  readonly username: string;
  /** Absent where the user has none. */
  readonly password?: string | undefined;
  /** What is special about them, in a line. */
  readonly note: string;
}

/** A fault that is on. */
export interface ActiveFault extends Disposable {
  readonly name: FaultName;
  /** Switches it off, as the end of a `using` block does. Once is enough. */
  off(): void;
}

/** A running environment of PingOne. Once it is closed, all that can be called throws or rejects, but for `close` and `requests`. */
export interface Sandbox extends AsyncDisposable {
  /** `https://127.0.0.1:{port}`: it stands for the three hosts of PingOne, auth, api and apps. `localhost` and `[::1]` do, too. */
  readonly origin: string;
  /** `{origin}/{environmentId}/as` */
  readonly issuer: string;
  /** `{issuer}/.well-known/openid-configuration` */
  readonly discoveryUrl: string;
  /** `{origin}/v1`: the management API. */
  readonly apiUrl: string;
  readonly environmentId: string;
  /** What a client must trust, PEM: pass it as `ca` to `node:https`, or in a file as `NODE_EXTRA_CA_CERTS`. */
  readonly ca: string;
  /** A `fetch` that trusts this sandbox, and no other server. */
  readonly fetch: typeof fetch;
  /** Those that it started with, whatever has become of them since. */
  readonly users: readonly SandboxUser[];
  /** With their client IDs, secrets and redirect URIs. */
  readonly applications: readonly Application[];
  /**
   * The private key of the applications that authenticate by `PRIVATE_KEY_JWT` and bring no `jwks` of their own, as a JWK: jose's
   * `importJWK` and `createPrivateKey` of `node:crypto` take it. It is made when it is first asked for, and outlives `reset`.
   */
  privateJwk(): Promise<PrivateJwk>;
  /**
   * Signs a user in without a browser, as if they had typed the right password: with a session, and with tokens that can be
   * refreshed, introspected and revoked. Nothing is requested for it, so `requests` does not tell of it.
   *
   * @param user a user name, or one of `users`
   * @throws Error when the user, the application or its scopes are not there, or the user cannot sign in as they are
   */
  signIn(user: string | Pick<SandboxUser, 'username'>, options?: SignInOptions): Promise<SandboxTokens>;
  /**
   * Does what a browser would: signs the user in at the address that a client sends it to, and says which one it would come
   * back to, with the code or with a refusal. Nothing is sent there.
   *
   * @throws Error when the user cannot sign in as they are, or the browser would not come back, e.g. redirect URI mismatch
   */
  authorize(url: string | URL, user: string | Pick<SandboxUser, 'username'>): Promise<URL>;
  /**
   * Moves the sandbox's clock ahead: passwords age, tokens expire.
   *
   * @throws RangeError when that is no duration, or leads out of the calendar
   */
  advance(duration: Duration): void;
  /**
   * Lets something fail on purpose until it is switched off. `ping14c sandbox --list-faults` tells what each does.
   *
   * @throws RangeError naming one that is near, or all, when there is none of that name
   */
  fault(name: FaultName): ActiveFault;
  /** What was requested, oldest first: the newest ten thousand, fewer where their paths are very long. */
  requests(): readonly RequestEntry[];
  /**
   * Users, sessions, refresh tokens, clock, faults and log are as at the start again. Address, certificate and keys stay, and with
   * them access tokens, which are good for what they say, as PingOne's are.
   */
  reset(): void;
  /** Signs with a new key from now on; the old one stays published. */
  rotateKeys(): Promise<void>;
  /** Cuts all connections; resolves when the port is free. */
  close(): Promise<void>;
}

/** What the commands and the tests of this repository see of it besides. */
export interface HostedSandbox extends Sandbox {
  readonly certificate: Certificate;
  /** As given: faults change what the environment runs on, not what its people believe. */
  readonly seed: Seed;
  /** What fails on purpose now. */
  readonly faults: readonly FaultName[];
  readonly directory: Directory;
}

/** What is good for a while from now on has to end at a date, too. */
const endOfTime = Date.UTC(9999, 0);
const certificateDays = 90;
/** Characters; what names the registered redirect URIs is as long as that. */
const longestNotice = 5_000;

/**
 * Starts a PingOne environment on loopback, over HTTPS. All three hosts of PingOne are one here (docs/pingone.md, section 1),
 * which calls itself localhost, 127.0.0.1 or [::1], as each request does.
 *
 * @throws Node's own error when it cannot listen, e.g. `EADDRINUSE`; RangeError when there is no such fault.
 */
export async function createSandbox(options: HostingOptions = {}): Promise<HostedSandbox> {
  const { seed = defaultSeed, port = 0, faults: failingAtStart = [], onRequest } = options;
  for (const name of failingAtStart) if (!isFaultName(name)) throw unknownFault(name);
  // The certificate's dates follow the real clock, even where tests move the sandbox's: who checks them has no other.
  const certificate = options.certificate ?? makeCertificate({ now: Date.now(), days: certificateDays });
  const ca = options.authority ?? certificate.cert;
  const keys = options.keys ?? createSigningKeys();
  const serviceKey = options.serviceKey ?? createServiceKey();
  const server = await openHttpsServer(certificate, port);
  const origins = ownOrigins(server.port, server.addresses);
  const [origin] = origins;
  const trusting = createTrustingFetch(ca);
  let life = begin();
  let closing: Promise<unknown> | undefined;

  server.onRequest((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => incoming.socket.destroy());
  });

  /** All that a reset does away with. */
  function begin() {
    const faults = createActiveFaults();
    const clock = { aheadMs: 0 };
    const now = () => (options.now ?? Date.now)() + clock.aheadMs + faults.aheadMs();
    const environment = createEnvironment({ seed, keys, serviceKey, now, origins });
    for (const name of failingAtStart) faults.switchOn(name, environment.directory);
    const requests = createRequestLog();
    return { clock, faults, environment, requests, failing: () => ({ ...environment, ...faults.over(environment) }) };
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const named = originNamed(incoming.headers.host, server.port);
    const request = await receive(incoming, named ?? origin);
    const { faults, failing, requests } = life;
    const intercept = nestIntercepts(options.intercept ?? interceptNothing, faults.intercept);
    const environment = environmentAt(failing(), request.url);
    const answering = named
      ? intercept(request, () => answerRequest(environment, request))
      : misdirected(request, origins);
    const response = await Promise.race([answering, clientGone(outgoing)]);
    const harming = faults.metBy(request);
    const entry = {
      method: request.method,
      path: request.url.pathname,
      status: response?.status ?? 0,
      faults: harming.length > 0 ? harming : undefined,
      notice: response?.notice && shortened(response.notice),
    };
    requests.add(entry, request.url.href.length + (response?.notice?.length ?? 0));
    onRequest?.(entry);
    // The socket is destroyed, because a request that has been read to its end destroys nothing with it.
    if (!response) incoming.socket.destroy();
    else respond(outgoing, request, withDate(response, environment.now()));
  }

  function current() {
    if (closing) throw new Error(`The sandbox at ${origin} is closed.`);
    return life;
  }

  function end(): Promise<unknown> {
    closing ??= Promise.all([trusting.close(), server.close()]);
    return closing;
  }

  const { issuer, apiUrl } = life.environment;
  return {
    ...{ origin, issuer, apiUrl, certificate, ca, seed },
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    environmentId: seed.environment.id,
    users: seed.users.map(({ id, username, password, note }) => ({ id, username, password: password?.value, note })),
    // What a test in JavaScript writes into them stays with it: every sandbox begins with the same seed.
    applications: structuredClone(seed.applications),
    get faults() {
      return life.faults.names();
    },
    get directory() {
      return life.environment.directory;
    },
    fetch: async (input, init) => {
      current();
      return trusting.fetch(input, init);
    },
    privateJwk: async () => {
      current();
      return serviceKey.privateJwk();
    },
    signIn: async (user, wishes = {}) => signInDirectly(current().failing(), usernameOf(user), wishes),
    authorize: async (url, user) =>
      authorizeDirectly(current().failing(), new URL(url), usernameOf(user), trusting.fetch),
    advance: (duration) => {
      const { clock, environment } = current();
      const ms = durationMs(duration);
      if (environment.now() + ms >= endOfTime) throw new RangeError('The clock goes no further than to the year 9998.');
      clock.aheadMs += ms;
    },
    fault: (name) => {
      const { faults, environment } = current();
      if (!isFaultName(name)) throw unknownFault(name);
      const off = faults.switchOn(name, environment.directory);
      return { name, off, [Symbol.dispose]: off };
    },
    requests: () => life.requests.entries(),
    reset: () => {
      current();
      life = begin();
    },
    rotateKeys: async () => {
      current();
      await keys.rotate();
    },
    close: async () => void (await end()),
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}

function usernameOf(user: string | Pick<SandboxUser, 'username'>): string {
  return typeof user === 'string' ? user : user.username;
}

/** Some say what a client has sent, which may be a megabyte. */
function shortened(notice: string): string {
  return notice.length > longestNotice ? `${notice.slice(0, longestNotice)}…` : notice;
}

/** Resolves without an answer when the client goes away before it has one. */
function clientGone(outgoing: ServerResponse): Promise<undefined> {
  return new Promise((resolve) => outgoing.once('close', () => resolve(undefined)));
}

/** `Date` tells the environment's clock (RFC 9110, section 6.6.1), not this machine's. */
function withDate({ headers, ...rest }: SandboxResponse, now: number): SandboxResponse {
  return { ...rest, headers: { date: new Date(now).toUTCString(), ...headers } };
}
