import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** What an endpoint of the sandbox is given: a request, read to its end. */
export interface SandboxRequest {
  readonly method: string;
  /** Absolute, with the sandbox's own origin, whatever `Host` said. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** UTF-8. Empty when it was too large to be read. */
  readonly body: string;
  /** More than 64 KiB were sent. */
  readonly bodyTooLarge: boolean;
  /** Goes into the `Correlation-Id` header and into error descriptions (docs/pingone.md, section 4.6). */
  readonly correlationId: string;
  readonly remoteAddress: string;
  /** The body read as `application/x-www-form-urlencoded`. */
  form(): URLSearchParams;
  /** The body read as JSON; `undefined` when it is none. */
  json(): unknown;
}

/** What an endpoint answers. The server adds the headers that all answers have. */
export interface SandboxResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

type Headers = NonNullable<SandboxResponse['headers']>;

export function json(status: number, value: unknown, headers: Headers = {}): SandboxResponse {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function html(status: number, page: string, headers: Headers = {}): SandboxResponse {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body: page };
}

export function redirect(location: string, headers: Headers = {}): SandboxResponse {
  return { status: 302, headers: { location, ...headers } };
}

export function empty(status: number, headers: Headers = {}): SandboxResponse {
  return { status, headers };
}

/** The media type of the body, lower-case and without parameters; empty when there is none. */
export function mediaType(request: SandboxRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The value of a cookie; `undefined` when it was not sent. */
export function cookie(request: SandboxRequest, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

const maxBodyBytes = 64 * 1024;

/** Reads a request to its end; what is too large is thrown away, but read, so that the refusal arrives. */
export async function receive(incoming: IncomingMessage, origin: string): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  const bodyTooLarge = size > maxBodyBytes;
  // A decoder leaves out the byte order mark that some write before JSON (RFC 8259, section 8.1).
  const body = bodyTooLarge ? '' : new TextDecoder().decode(Buffer.concat(chunks));
  return {
    method: incoming.method ?? 'GET',
    // The origin is ours: a path such as `//elsewhere` must not name another host.
    url: new URL(origin + (incoming.url?.startsWith('/') ? incoming.url : '/')),
    headers: incoming.headers,
    body,
    bodyTooLarge,
    correlationId: randomUUID(),
    remoteAddress: incoming.socket.remoteAddress ?? '',
    form: () => new URLSearchParams(body),
    json: () => {
      try {
        return JSON.parse(body) as unknown;
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * Headers that PingOne puts on all answers (docs/pingone.md, section 8). No HSTS: it would outlive the sandbox on
 * `localhost`.
 */
const commonHeaders: Headers = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};

export function respond(outgoing: ServerResponse, correlationId: string, answer: SandboxResponse): void {
  const headers = { ...commonHeaders, 'correlation-id': correlationId, ...answer.headers };
  for (const [name, value] of Object.entries(headers)) {
    outgoing.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  outgoing.statusCode = answer.status;
  outgoing.end(answer.body ?? '');
}

/** Stands between a request and its answer: may change, delay or replace it; `undefined` cuts the connection. */
export type Intercept = (
  request: SandboxRequest,
  proceed: () => Promise<SandboxResponse>,
) => Promise<SandboxResponse | undefined>;

export const passOn: Intercept = (_request, proceed) => proceed();

/** One within the other. A connection that the inner one cuts stays cut, whatever the outer one makes of it. */
export function nested(outer: Intercept, inner: Intercept): Intercept {
  return async (request, proceed) => {
    let cut = false;
    const response = await outer(request, async () => {
      const passed = await inner(request, proceed);
      cut ||= passed === undefined;
      return passed ?? { status: 502 };
    });
    return cut ? undefined : response;
  };
}

/** The name of a parameter that is there more than once, which OAuth forbids (RFC 6749, section 3.1). */
export function repeatedParameter(parameters: URLSearchParams): string | undefined {
  return [...parameters.keys()].find((name) => parameters.getAll(name).length > 1);
}
