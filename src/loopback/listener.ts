import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:net';
import { within } from '../deadline.ts';
import { Failure, messageOf } from '../errors.ts';
import { isLoopbackHost, namedPort } from '../loopback-host.ts';
import type { Runtime } from '../runtime.ts';
import {
  type Expectation,
  judgeForm,
  judgePasted,
  judgeRequest,
  type Refusal,
  type ResponseMode,
  type Verdict,
} from './callback.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { type Outcome, outcomePage, type Page, plainHttpPage, redirectTo, refusalPage, relayPage } from './pages.ts';
import { answerPlainHttp, bind, handshakeTimeout, trackConnections } from './server.ts';

export interface ListenOptions {
  /** The redirect URI as it is registered: without a port any free one is taken, with one exactly that. */
  readonly redirectUri: string;
  /** Only a callback that carries it counts. */
  readonly state: string;
  /** `query` when absent. */
  readonly responseMode?: ResponseMode | undefined;
  /** What the listener speaks https with. One is made for this run where it is absent, its key in memory only. */
  readonly certificate?: Certificate | undefined;
  /** When it is aborted the port is closed, and `callback` rejects with its reason: Ctrl-C, the deadline. */
  readonly signal: AbortSignal;
  /** What the page adds that says that the answer was used already, e.g. how to begin anew. */
  readonly usedHint?: string | undefined;
  /** Is told, once each, what a person in front of a browser may be puzzled by. */
  readonly notice?: ((notice: Notice) => void) | undefined;
}

/** `certificateRefused`: the browser shows its warning page. `plainHttp`: something spoke http to the https listener. */
export type Notice = 'certificateRefused' | 'plainHttp';

export interface Listener {
  /** With the port in use: what the authorization server must be told. */
  readonly redirectUri: string;
  /** Of the certificate; absent for http. */
  readonly fingerprint256: string | undefined;
  /** The whole URL of the first valid callback. Answers that were posted are in its fragment. Rejects with the signal's reason. */
  readonly callback: Promise<URL>;
  /** What was refused so far. */
  readonly refusals: Refusals;
  /** Takes a pasted redirect URL as the callback, or says why it is not. */
  accept(pasted: string): Refusal | undefined;
  /** Shows the waiting browser what became of the sign-in; resolves within a second. */
  finish(outcome: Outcome): Promise<void>;
  /** Closes the port and every connection. May be called twice. */
  close(): Promise<void>;
}

/** How long slow or idle clients may take (docs/security.md, rule 16), in milliseconds. */
const patience = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
};

/**
 * Opens the port that the redirect URI names, on loopback only. It knows no more of OAuth than what a callback looks like.
 *
 * @throws Failure `usage` for a redirect URI or certificate that cannot work, `failed` when the port cannot be opened.
 */
export async function listen(
  options: ListenOptions,
  runtime: Pick<Runtime, 'now' | 'sleep' | 'platform'>,
): Promise<Listener> {
  options.signal.throwIfAborted();
  const wanted = parseRedirectUri(options.redirectUri);
  const certificate = wanted.secure
    ? (options.certificate ?? makeCertificate({ now: runtime.now(), days: 2 }))
    : undefined;
  const connections = trackConnections();
  const answer: RequestListener = (request, response) => {
    // A browser that goes away in the middle is no news.
    reception.answer(request, response).catch(() => response.destroy());
  };
  const notices = new Set<Notice>();
  const noticed = (notice: Notice) => {
    if (!notices.has(notice)) options.notice?.(notice);
    notices.add(notice);
  };
  const createServer = (): Server => {
    const server = certificate
      ? secureServer(certificate, answer, noticed, () => redirectUri)
      : createHttpServer(patience, answer);
    return server.prependListener('connection', connections.add);
  };
  const { servers, port } = await bind(createServer, wanted.addresses, wanted.port, runtime.platform);
  const redirectUri = withPort(wanted, port);
  const { state, responseMode = 'query', usedHint } = options;
  const expected = { redirectUri: new URL(redirectUri), state, responseMode };
  const reception = createReception(expected, usedHint, runtime.sleep);
  const closed = Promise.all(servers.map((server) => once(server, 'close')));
  const close = async () => {
    options.signal.removeEventListener('abort', close);
    for (const server of servers) server.close();
    // This does nothing where the outcome was told already.
    await reception.finish({ kind: 'failure', message: 'The sign-in was cancelled in the terminal.' });
    connections.destroy();
    await closed;
  };
  options.signal.addEventListener('abort', close, { once: true });
  if (options.signal.aborted) {
    await close();
    throw options.signal.reason;
  }
  return {
    redirectUri,
    fingerprint256: certificate?.fingerprint256,
    callback: untilAborted(reception.callback, options.signal),
    get refusals() {
      return reception.refusals;
    },
    accept: reception.accept,
    finish: reception.finish,
    close,
  };
}

/** @throws Failure `usage` when the certificate and key cannot be used together. */
function secureServer(
  { cert, key }: Certificate,
  answer: RequestListener,
  noticed: (notice: Notice) => void,
  redirectUri: () => string,
): Server {
  const server = orRefused(() =>
    createSecureServer({ ...patience, handshakeTimeout, cert, key, minVersion: 'TLSv1.2' }, answer),
  );
  server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
    // Chromium and Firefox send these alerts when they show their warning page.
    if (/CERTIFICATE_UNKNOWN|BAD_CERTIFICATE|UNKNOWN_CA/.test(error.code ?? '')) noticed('certificateRefused');
  });
  answerPlainHttp(server, () => {
    noticed('plainHttp');
    return plainHttpPage(redirectUri());
  });
  return server;
}

function orRefused<T>(create: () => T): T {
  try {
    return create();
  } catch (error) {
    throw new Failure('usage', `The certificate and its key cannot be used: ${messageOf(error)}`, {
      code: 'invalid_certificate',
      hint: 'Use a PEM certificate and its private key, without a passphrase.',
      cause: error,
    });
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const settled = Promise.race([promise, aborted]);
  // Nobody may be listening when the sign-in has ended otherwise, and an unhandled rejection would end the process.
  settled.catch(() => {});
  return settled;
}

/** What came and was not the callback. */
interface Refusals {
  readonly total: number;
  readonly reasons: ReadonlyMap<Refusal, number>;
}

interface Reception {
  /** The whole URL of the one callback. Pending for ever when none comes. */
  readonly callback: Promise<URL>;
  readonly refusals: Refusals;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes what a person pasted as the callback, or says why it is not. */
  accept(pasted: string): Refusal | undefined;
  /** Tells the waiting browser, once, and resolves when it has its page or was given time enough to fetch it. */
  finish(outcome: Outcome): Promise<void>;
}

/** An ID token with many groups and an access token are some ten kilobytes. */
const maxFormBytes = 64 * 1024;

/** How long the browser that brought the callback may take to fetch its page once the outcome is known. */
const deliveryMs = 700;

/**
 * Answers requests until one is the callback (docs/security.md, rules 11 to 13). From then on
 * 1. the browser is sent on to a result address, so that the code leaves the address bar;
 * 2. its request there waits for the outcome, so that the page says what is true;
 * 3. whatever else comes is told that the answer was used.
 */
function createReception(expected: Expectation, usedHint: string | undefined, sleep: Runtime['sleep']): Reception {
  // The page names the person, so nobody may guess its address.
  const resultPath = `/result/${randomBytes(16).toString('base64url')}`;
  const reasons = new Map<Refusal, number>();
  const callback = deferred<URL>();
  const outcome = deferred<Outcome>();
  const delivered = deferred<void>();
  let used = false;
  let broughtByBrowser = false;
  let finished: Promise<void> | undefined;

  /** Of five callbacks at the same time one wins, since nothing is awaited between the look at `used` and its mark. */
  function claim(verdict: Verdict): Verdict {
    if (verdict.kind !== 'callback') return verdict;
    if (used) return { kind: 'refused', reason: 'already used' };
    used = true;
    callback.resolve(verdict.url);
    return verdict;
  }

  function refuse(response: ServerResponse, reason: Refusal): void {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    // Nothing more is read on this connection, so an unread body costs nothing.
    if (reason === 'another method') response.setHeader('allow', 'GET');
    response.setHeader('connection', 'close');
    send(response, refusalPage(reason, usedHint));
  }

  async function deliver(response: ServerResponse): Promise<void> {
    const page = outcomePage(await outcome.promise);
    const { socket } = response;
    response.setHeader('connection', 'close');
    send(response, page);
    // The process may end only when the page is written out and the connection closed.
    if (socket && !socket.destroyed) await once(socket, 'close');
    delivered.resolve();
  }

  return {
    callback: callback.promise,
    get refusals() {
      return { total: [...reasons.values()].reduce((sum, count) => sum + count, 0), reasons };
    },
    async answer(request, response) {
      const head = { method: request.method ?? '', target: request.url ?? '', headers: request.headers };
      if (head.target === resultPath && head.method === 'GET' && head.headers.host === expected.redirectUri.host) {
        await deliver(response);
        return;
      }
      const judged = judgeRequest(head, expected);
      const verdict = claim(judged.kind === 'form' ? await judgeBody(request, expected) : judged);
      switch (verdict.kind) {
        case 'callback':
          broughtByBrowser = true;
          send(response, redirectTo(resultPath));
          return;
        case 'relay':
          send(response, relayPage());
          return;
        case 'refused':
          refuse(response, verdict.reason);
          return;
        default:
          verdict satisfies { readonly kind: 'form' };
      }
    },
    accept(pasted) {
      const verdict = claim(judgePasted(pasted, expected));
      return verdict.kind === 'refused' ? verdict.reason : undefined;
    },
    finish(result) {
      outcome.resolve(result);
      finished ??= broughtByBrowser ? within(deliveryMs, delivered.promise, () => {}, { sleep }) : Promise.resolve();
      return finished;
    },
  };
}

async function judgeBody(request: IncomingMessage, expected: Expectation): Promise<Verdict> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxFormBytes) return { kind: 'refused', reason: 'too large' };
    chunks.push(chunk);
  }
  return judgeForm(Buffer.concat(chunks).toString('utf8'), expected);
}

function send(response: ServerResponse, { status, headers, html }: Page): void {
  response.writeHead(status, { ...headers });
  response.end(html);
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A redirect URI on this machine, taken apart. */
interface LoopbackRedirectUri {
  /** The redirect URI as the person wrote and registered it. */
  readonly text: string;
  readonly secure: boolean;
  /** Where to listen: both families for `localhost`, which browsers may resolve to either. */
  readonly addresses: readonly string[];
  /** The port where one was written, `:443` included; otherwise any free one will do (RFC 8252, section 7.3). */
  readonly port: number | undefined;
}

const authority = /^(https?:\/\/)([^/?#@]+)/i;

/** @throws Failure `usage` when nobody but another machine could answer at this address. */
export function parseRedirectUri(text: string): LoopbackRedirectUri {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const [, , hostAndPort = ''] = authority.exec(text) ?? [];
  const addresses = url ? loopbackAddresses(url.hostname) : [];
  if (!url || addresses.length === 0 || !hostAndPort || url.search || url.hash || url.username || url.password) {
    throw new Failure('usage', `The redirect URI ${text} is not an http or https address of this machine.`, {
      code: 'invalid_redirect_uri',
      hint: 'Use one such as https://127.0.0.1/callback, without query, fragment or user name.',
    });
  }
  return { text, secure: url.protocol === 'https:', addresses, port: namedPort(text) };
}

/** The redirect URI with the port that was found; not a character of the rest changes, since servers compare exactly. */
export function withPort({ text, port }: LoopbackRedirectUri, found: number): string {
  return port === undefined ? text.replace(authority, `$1$2:${found}`) : text;
}

function loopbackAddresses(hostname: string): readonly string[] {
  if (hostname === 'localhost') return ['127.0.0.1', '::1'];
  if (hostname === '[::1]') return ['::1'];
  return isLoopbackHost(hostname) ? [hostname] : [];
}
