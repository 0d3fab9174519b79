import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { type Listener, type ListenOptions, listen } from '../../src/loopback/listener.ts';

/** One for all tests of a file: making it is not what they are about. */
export const certificate = makeCertificate({ now: Date.now(), days: 1 });

export const state = 'state-of-this-sign-in';

/** What the listener needs of a runtime. A browser may take as long as it likes to fetch its page. */
export const machine: Parameters<typeof listen>[1] = {
  now: () => Date.now(),
  sleep: () => new Promise(() => {}),
  platform: process.platform,
};

export type Given = Partial<ListenOptions>;

/** Waits for no browser to fetch its page. */
export const impatient: typeof machine = { ...machine, sleep: async () => {} };

/** A listener with this file's state and certificate. */
export function listening(given: Given = {}, runtime = machine): Promise<Listener> {
  const signal = new AbortController().signal;
  return listen({ redirectUri: 'https://127.0.0.1/callback', state, certificate, signal, ...given }, runtime);
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asked {
  readonly method?: string;
  /** Path and query, exactly as sent. */
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request on a connection of its own; follows nothing. */
export function ask(url: string, { method = 'GET', target, headers = {}, body }: Asked = {}): Promise<Answer> {
  const { protocol, pathname, search } = new URL(url);
  const request = protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        path: target ?? `${pathname}${search}`,
        headers,
        agent: false,
        ca: certificate.cert,
        servername: 'localhost',
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The browser's part after the callback: goes where it is sent, and waits there for its page. */
export function follow(url: string, { headers }: Answer): Promise<Answer> {
  return ask(new URL(headers.location ?? '', url).href);
}
