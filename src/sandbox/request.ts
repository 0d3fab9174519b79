import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** What an endpoint of the sandbox is given: a request, read to its end. */
export interface SandboxRequest {
  readonly method: string;
  /** Absolute, with an origin of the sandbox's own: the one that the Host header named. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** UTF-8. Empty when it was too large to be read. */
  readonly body: string;
  /** A megabyte or more was sent. */
  readonly bodyTooLarge: boolean;
  /** Goes into the `Correlation-Id` header and into error descriptions (docs/pingone.md, section 4.6). */
  readonly correlationId: string;
  readonly remoteAddress: string;
  /** Reads the body as `application/x-www-form-urlencoded`. */
  form(): URLSearchParams;
  /** Reads the body as JSON; `undefined` when it is none. */
  json(): unknown;
}

/** A pushed authorization request must be smaller (docs/pingone.md, section 2); all others are held to it as well. */
const bodyLimitBytes = 1024 * 1024;

/** Reads a request to its end; what is too large is thrown away, but read, so that the refusal arrives. */
export async function receive(incoming: IncomingMessage, origin: string): Promise<SandboxRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size < bodyLimitBytes) chunks.push(chunk);
  }
  const bodyTooLarge = size >= bodyLimitBytes;
  // A decoder leaves out the byte order mark that some write before JSON (RFC 8259, section 8.1).
  const body = bodyTooLarge ? '' : new TextDecoder().decode(Buffer.concat(chunks));
  return {
    method: incoming.method ?? 'GET',
    // The origin is ours: a path such as `//elsewhere` must not name another host.
    url: new URL(origin + (incoming.url?.startsWith('/') ? incoming.url : '/')),
    headers: { ...incoming.headers, 'content-type': contentType(incoming) },
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
 * Ping's Go SDK names the media type of JSON and that of the action, in two lines, and works with PingOne so: the action's
 * counts (docs/pingone.md, section 8). Node keeps the first of two.
 */
function contentType({ headersDistinct }: IncomingMessage): string | undefined {
  const sent = headersDistinct['content-type'] ?? [];
  return sent.find((type) => type.toLowerCase().startsWith('application/vnd.')) ?? sent[0];
}

/** Reads the media type of the body, lower-case and without parameters; empty when there is none. */
export function mediaType(request: SandboxRequest): string {
  return (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Reads the value of a cookie; `undefined` when it was not sent. */
export function cookie(request: SandboxRequest, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key, ...value] = pair.trim().split('=');
    if (key === name) return value.join('=');
  }
  return undefined;
}

/** Finds the name of a parameter that is there more than once, which OAuth forbids (RFC 6749, section 3.1). */
export function repeatedParameter(parameters: URLSearchParams): string | undefined {
  const names = new Set<string>();
  for (const name of parameters.keys()) {
    if (names.has(name)) return name;
    names.add(name);
  }
  return undefined;
}
