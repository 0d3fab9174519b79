import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';

/** An OAuth error in PingOne's grammar: `<summary>: <detail> (Correlation ID: <uuid>)` (docs/pingone.md, section 4.6). */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  /** Without the correlation ID, which belongs to the answer. */
  readonly description: string;
}

const invalid = 'The request could not be completed. One or more validation errors were in the request.';
const unprocessable = 'The request could not be completed. There was an issue processing the request.';

/** Wrong secret, unknown client and wrong style are told in the same words (docs/pingone.md, section 4.6). */
export const badClientAuthentication: Refusal = {
  status: 401,
  error: 'invalid_client',
  description: 'Request denied: Unsupported authentication method',
};

export function invalidRequest(detail: string): Refusal {
  return { status: 400, error: 'invalid_request', description: `${invalid}: ${detail}` };
}

export function invalidGrant(detail: string): Refusal {
  return { status: 400, error: 'invalid_grant', description: `${invalid}: ${detail}` };
}

export function invalidScope(detail: string): Refusal {
  return { status: 400, error: 'invalid_scope', description: `${invalid}: ${detail}` };
}

export function failed(error: string, detail: string): Refusal {
  return { status: 400, error, description: `Request failed: ${detail}` };
}

/** The device grant's answers to polls share the texts of CIBA (docs/pingone.md, section 4.5). */
export function notYet(error: string, detail: string): Refusal {
  return { status: 400, error, description: `${unprocessable}: ${detail}` };
}

export function describe({ description }: Refusal, correlationId: string): string {
  return `${description} (Correlation ID: ${correlationId})`;
}

export function refuse(refusal: Refusal, { correlationId }: SandboxRequest): SandboxResponse {
  return json(refusal.status, { error: refusal.error, error_description: describe(refusal, correlationId) });
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'error' in value && 'description' in value;
}
