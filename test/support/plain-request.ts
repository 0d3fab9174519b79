import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';

export interface PlainAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body read as JSON; throws when it is none. */
  json(): Record<string, unknown>;
}

export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `application/x-www-form-urlencoded`; the method is then POST. */
  readonly form?: Readonly<Record<string, string>> | URLSearchParams;
  readonly body?: string;
  /** Whose certificate is expected, where the header Host names another. */
  readonly servername?: string;
}

/** One request over TLS and its answer, as they are: nothing followed, nothing repeated, none of the client's code. */
export function plainRequest(trust: string, url: string, asked: PlainRequest = {}): Promise<PlainAnswer> {
  const form = asked.form === undefined ? undefined : new URLSearchParams(asked.form as Record<string, string>);
  const headers = {
    ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    ...asked.headers,
  };
  const method = asked.method ?? (form ? 'POST' : 'GET');
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers, ca: trust, agent: false, ...(asked.servername && { servername: asked.servername }) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString('utf8');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body,
            json: () => JSON.parse(body) as Record<string, unknown>,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(form?.toString() ?? asked.body);
  });
}
