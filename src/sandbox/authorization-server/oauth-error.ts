import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';

/** An OAuth error in PingOne's grammar: `<summary>: <detail> (Correlation ID: <uuid>)` (docs/pingone.md, section 4.6). */
export interface OAuthError {
  readonly status: number;
  readonly error: string;
  /** Without the correlation ID, which belongs to the answer. */
  readonly description: string;
  /** What the log says of it: more than PingOne does, where that tells several mistakes in the same words. */
  readonly notice: string;
}

const invalid = 'The request could not be completed. One or more validation errors were in the request.';

/**
 * Wrong secret, unknown client and wrong style are told in the same words (docs/pingone.md, section 4.6).
 *
 * @param why which of them it is, for the log alone
 */
export function invalidClient(why: string): OAuthError {
  return {
    status: 401,
    error: 'invalid_client',
    description: 'Request denied: Unsupported authentication method',
    notice: `invalid_client: ${why}`,
  };
}

export function invalidRequest(detail: string): OAuthError {
  return refusal('invalid_request', invalid, detail);
}

export function invalidGrant(detail: string): OAuthError {
  return refusal('invalid_grant', invalid, detail);
}

export function invalidScope(detail: string): OAuthError {
  return refusal('invalid_scope', invalid, detail);
}

export function requestFailed(error: string, detail: string): OAuthError {
  return refusal(error, 'Request failed', detail);
}

function refusal(error: string, summary: string, detail: string): OAuthError {
  return { status: 400, error, description: `${summary}: ${detail}`, notice: `${error}: ${detail}` };
}

/**
 * The answers to a device's poll that gets no tokens, in texts that are on record for CIBA
 * (docs/pingone.md, section 4.5).
 */
export const devicePollErrors = {
  pending: unprocessable('authorization_pending', 'The authorization request is still pending.'),
  slowDown: unprocessable(
    'slow_down',
    'The authorization request is still pending. Please slow down the poll requests.',
  ),
  denied: unprocessable('access_denied', 'The authorization request has been denied.'),
  expired: unprocessable('expired_token', 'The authorization request for the provided <device_code> has expired.'),
} as const;

function unprocessable(error: string, detail: string): OAuthError {
  return refusal(error, 'The request could not be completed. There was an issue processing the request.', detail);
}

export function describeError({ description }: OAuthError, correlationId: string): string {
  return `${description} (Correlation ID: ${correlationId})`;
}

export function oauthErrorResponse(error: OAuthError, { correlationId }: SandboxRequest): SandboxResponse {
  const body = { error: error.error, error_description: describeError(error, correlationId) };
  return { ...json(error.status, body), notice: error.notice };
}

export function isOAuthError(value: unknown): value is OAuthError {
  return typeof value === 'object' && value !== null && 'error' in value && 'description' in value;
}
