import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../../src/loopback/certificate.ts';

/** A request as the faulty API saw it, body read whole. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Fault = (response: ServerResponse, request: SeenRequest, api: FaultyApi) => void;

/** A management API over TLS that answers as each test says; a password state that tests set; and what it was asked. */
export interface FaultyApi {
  readonly environmentApi: string;
  /** What a client must trust. */
  readonly certificate: string;
  readonly seen: readonly SeenRequest[];
  /** Answers to PUT and, when `reads` is given, to GET, one after the other; the last one again and again. */
  puts: readonly Fault[];
  reads: readonly Fault[];
  state: Record<string, unknown>;
  close(): Promise<void>;
}

export const environmentId = '0fa17000-0000-4000-8000-000000000001';
export const userId = '0fa17000-0000-4000-8000-0000000000aa';

export async function faultyApi(): Promise<FaultyApi> {
  const { cert, key } = makeCertificate({ now: Date.now(), days: 1 });
  const seen: SeenRequest[] = [];
  const server = createServer({ cert, key }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '', headers } = request;
    const known = { method, path: url, headers, body };
    const before = seen.filter((earlier) => earlier.method === method).length;
    seen.push(known);
    const answers = method === 'PUT' ? api.puts : api.reads;
    (answers[Math.min(before, answers.length - 1)] ?? passwordState)(response, known, api);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: FaultyApi = {
    environmentApi: `${origin}/v1/environments/${environmentId}`,
    certificate: cert,
    seen,
    puts: [],
    reads: [],
    state: { status: 'OK', lastChangedAt: '2026-01-01T00:00:00.000Z', user: { id: userId } },
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return api;
}

/** PingOne's honest answer. */
export const passwordState: Fault = (response, _request, { state }) => json(200, state)(response);

/** The change happens, whatever becomes of the answer. */
export function thoughChanged(fault: Fault): Fault {
  return (response, request, api) => {
    api.state = { ...api.state, lastChangedAt: '2026-11-23T20:00:00.000Z' };
    fault(response, request, api);
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/hal+json', ...headers }).end(JSON.stringify(body));
  };
}

export function page(status: number, headers: Record<string, string> = {}): Fault {
  return (response) =>
    void response
      .writeHead(status, { 'content-type': 'text/html', ...headers })
      .end('<!DOCTYPE html><title>Gateway</title><p>No.');
}

export const reset: Fault = (response) => void response.socket?.destroy();

export const truncated: Fault = (response, _request, { state }) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
  response.write(JSON.stringify(state));
  setImmediate(() => response.destroy());
};

/** PingOne's error object (docs/pingone.md, section 8). */
export function platformError(
  status: number,
  code: string,
  message: string,
  detail?: { code?: string; target?: string; message?: string; innerError?: object },
  headers: Record<string, string> = {},
): Fault {
  const body = { id: 'c0ffee00-0000-4000-8000-00000000c0de', code, message, ...(detail ? { details: [detail] } : {}) };
  return json(status, body, headers);
}

export const invalidToken: Fault = platformError(
  401,
  'ACCESS_FAILED',
  'The request could not be completed. You do not have access to this resource.',
  {
    code: 'INVALID_TOKEN',
    target: 'Authentication Credentials',
    message: 'The authorization token is either missing or invalid, or it has expired.',
  },
);
