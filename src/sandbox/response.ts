import type { ServerResponse } from 'node:http';

/** What an endpoint answers. The server adds the headers that all answers have. */
export interface SandboxResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
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

export function redirect(location: string, headers: ResponseHeaders = {}): SandboxResponse {
  return { status: 302, headers: { location, ...headers } };
}

export function empty(status: number, headers: ResponseHeaders = {}): SandboxResponse {
  return { status, headers };
}

export function respond(outgoing: ServerResponse, correlationId: string, answer: SandboxResponse): void {
  const headers = { ...commonHeaders, 'correlation-id': correlationId, ...answer.headers };
  for (const [name, value] of Object.entries(headers)) {
    outgoing.setHeader(name, typeof value === 'string' ? value : [...value]);
  }
  outgoing.statusCode = answer.status;
  outgoing.end(answer.body ?? '');
}

/**
 * PingOne puts these headers on all answers (docs/pingone.md, section 8). No HSTS: it would outlive the sandbox on
 * `localhost`.
 */
const commonHeaders: ResponseHeaders = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};
