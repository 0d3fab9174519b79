import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:net';
import { Failure, messageOf } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { bind } from './bind.ts';
import type { Refusal, ResponseMode } from './callback-request.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { answerPlainHttp, handshakeTimeout, trackConnections } from './connections.ts';
import { type Outcome, plainHttpPage } from './pages.ts';
import { createReception, type Refusals } from './reception.ts';
import { parseRedirectUri, withPort } from './redirect-uri.ts';

export interface ListenOptions {
  /** As registered: without a port any free one is taken, with one exactly that. */
  readonly redirectUri: string;
  /** Only a callback that carries it counts. */
  readonly state: string;
  /** `query` when absent. */
  readonly responseMode?: ResponseMode;
  /** For https; made for this run when absent, its key in memory only. */
  readonly certificate?: Certificate;
  /** When it is aborted the port is closed, and `callback` rejects with its reason: Ctrl-C, the deadline. */
  readonly signal: AbortSignal;
  /** Is told, once each, what a person in front of a browser may be puzzled by. */
  readonly notice?: (notice: Notice) => void;
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
  /** So far. */
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
  const { state, responseMode = 'query' } = options;
  const reception = createReception({ redirectUri: new URL(redirectUri), state, responseMode }, runtime.sleep);
  const closed = Promise.all(servers.map((server) => once(server, 'close')));
  const close = async () => {
    options.signal.removeEventListener('abort', close);
    for (const server of servers) server.close();
    // Does nothing when the outcome was told already.
    await reception.finish({ kind: 'failure', message: 'The sign-in was ended in the terminal.' });
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
      hint: 'Give a PEM certificate with the private key that belongs to it, without a passphrase.',
      cause: error,
    });
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const settled = Promise.race([promise, aborted]);
  // Heard here, so that it is nobody's unhandled rejection when the sign-in ended otherwise.
  settled.catch(() => {});
  return settled;
}
