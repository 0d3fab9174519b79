import type { ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { SandboxRequest } from './request.ts';

/** What an endpoint answers. The server adds the headers that all answers have. */
export interface SandboxResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** PingOne's gateway answers itself: none of the headers that the servers behind it put on theirs. */
  readonly from?: 'gateway';
  /** What the log says beside the request, for a person: where a mail's code went, what would have matched. Never on the wire. */
  readonly notice?: string | undefined;
}

export type ResponseHeaders = NonNullable<SandboxResponse['headers']>;

export function json(status: number, value: unknown, headers: ResponseHeaders = {}): SandboxResponse {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(value),
  };
}

export function html(status: number, page: string, headers: ResponseHeaders = {}): SandboxResponse {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers }, body: page };
}

/** A header has no letters outside of ASCII: they are sent as a browser would ask for them (RFC 3987, section 3.1). */
export function redirect(location: string, headers: ResponseHeaders = {}): SandboxResponse {
  return { status: 302, headers: { location: location.replace(/[^!-~]+/gu, encodeURIComponent), ...headers } };
}

export function empty(status: number, headers: ResponseHeaders = {}): SandboxResponse {
  return { status, headers };
}

export function respond(
  outgoing: ServerResponse,
  request: Pick<SandboxRequest, 'correlationId' | 'headers'>,
  answer: SandboxResponse,
): void {
  const { correlationId } = request;
  const headers = {
    via: '1.1 sandbox',
    // Behind the gateway its own ID is the correlation ID (docs/pingone.md, section 8).
    'x-amzn-requestid': correlationId,
    ...(answer.from === 'gateway'
      ? {}
      : { ...commonHeaders, ...strictTransportSecurity(request), 'correlation-id': correlationId }),
    ...answer.headers,
  };
  for (const [name, value] of Object.entries(headers)) {
    outgoing.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  outgoing.statusCode = answer.status;
  outgoing.end(answer.body ?? '');
}

/**
 * Browsers pass this header over where the host is an IP address (RFC 6797, section 8.1.1). A name such as `localhost` belongs
 * to other servers of the person as well, plain http ones among them: there no age is given to it, so that it never outlives
 * the sandbox.
 */
function strictTransportSecurity({ headers }: Pick<SandboxRequest, 'headers'>): ResponseHeaders {
  const host = (headers.host ?? '').replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  return { 'strict-transport-security': isIP(host) ? 'max-age=31536000; includeSubDomains' : 'max-age=0' };
}

/** PingOne puts these headers on all answers (docs/pingone.md, section 8). */
const commonHeaders: ResponseHeaders = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-xss-protection': '1; mode=block',
  'referrer-policy': 'no-referrer',
};
