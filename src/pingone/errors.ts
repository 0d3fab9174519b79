import { Failure, type FailureDetail, type FailureKind } from '../errors.ts';
import { isJsonObject, type JsonObject, objectIn, textIn } from '../json.ts';

/** PingOne's general error object (docs/pingone.md, section 8), or an OAuth pair brought into its shape. */
export interface PlatformError {
  readonly code: string;
  readonly message: string;
  readonly correlationId?: string | undefined;
  readonly details: readonly PlatformErrorDetail[];
}

export interface PlatformErrorDetail {
  readonly code?: string | undefined;
  readonly target?: string | undefined;
  readonly message?: string | undefined;
  /** An open map: real answers carry keys that the published description does not have. */
  readonly innerError: JsonObject;
}

/** `undefined` where the body is neither of PingOne's two forms: then somebody else has answered. */
export function narrowPlatformError(body: unknown): PlatformError | undefined {
  if (!isJsonObject(body)) return undefined;
  const code = textIn(body, 'code');
  const oauthCode = textIn(body, 'error');
  if (code) {
    return {
      code,
      message: textIn(body, 'message') ?? code,
      correlationId: textIn(body, 'id'),
      details: Array.isArray(body['details']) ? body['details'].filter(isJsonObject).map(narrowDetail) : [],
    };
  }
  if (!oauthCode) return undefined;
  const description = textIn(body, 'error_description') ?? oauthCode;
  const embedded = / \(Correlation ID: ([^)\s]+)\)$/.exec(description);
  return {
    code: oauthCode,
    message: embedded ? description.slice(0, embedded.index) : description,
    correlationId: embedded?.[1],
    details: [],
  };
}

/** What the person reads when PingOne said no: its own words, and what they can do by the class of the status. */
export function refusal(status: number, error: PlatformError, hint?: string): Failure {
  const [kind, usual] = meaningOf(status);
  return new Failure(kind, error.message, {
    code: error.code,
    details: error.details.flatMap(toDetail),
    correlationId: error.correlationId,
    hint: hint ?? usual,
  });
}

/** What a status means. The status is what lasts: codes of one class may change over time (docs/pingone.md, section 8). */
function meaningOf(status: number): readonly [FailureKind, string | undefined] {
  if (status === 401) return ['signInNeeded', 'Sign in again with "ping14c login".'];
  if (status === 403) return ['refused', 'Check that the application grants the scope: "ping14c whoami" lists them.'];
  if (status === 429) return ['refused', 'Too many requests: try again in a minute.'];
  if (status >= 500) return ['failed', "Try again later; PingOne's support can use the correlation ID."];
  return ['refused', undefined];
}

function narrowDetail(detail: JsonObject): PlatformErrorDetail {
  return {
    code: textIn(detail, 'code'),
    target: textIn(detail, 'target'),
    message: textIn(detail, 'message'),
    innerError: objectIn(detail, 'innerError'),
  };
}

function toDetail({ code, target, message }: PlatformErrorDetail): FailureDetail[] {
  const text = message ?? code;
  if (!text) return [];
  return [{ message: text, ...(target ? { target } : {}), ...(code ? { code } : {}) }];
}

/** An OAuth error, or PingOne's platform error, as read from an answer. */
export interface Refusal {
  readonly code: string;
  readonly description: string;
  readonly correlationId?: string | undefined;
}

/** Nobody reads more, and a pattern may take the square of the length in time. */
const longestDescription = 4096;

/** Parts a description from its correlation ID: PingOne's end in ` (Correlation ID: …)` (docs/pingone.md, section 4.6). */
export function described(text: string | undefined, response?: Response): Omit<Refusal, 'code'> {
  const whole = (text ?? '').slice(0, longestDescription).trim();
  const embedded = /\(Correlation ID:\s*([^)\s]+)\s*\)$/i.exec(whole);
  return {
    description: embedded ? whole.slice(0, embedded.index).trimEnd() : whole,
    correlationId: embedded?.[1] ?? response?.headers.get('correlation-id') ?? undefined,
  };
}

/**
 * Reads either of PingOne's two grammars: the OAuth pair or the platform's error object
 * (docs/pingone.md, sections 4.6 and 8).
 */
export async function refusalIn(response: Response): Promise<Refusal | undefined> {
  if (response.bodyUsed) return undefined;
  const json: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  if (typeof json !== 'object' || json === null) return undefined;
  const { error, error_description, id, code, message, details } = json as Record<string, unknown>;
  if (typeof error === 'string') return { code: error, ...described(textOf(error_description), response) };
  if (typeof code !== 'string') return undefined;
  const [detail] = Array.isArray(details) ? (details as readonly Record<string, unknown>[]) : [];
  const precise = textOf(detail?.['code']) ?? code;
  return {
    code: precise === 'INVALID_TOKEN' ? 'invalid_token' : precise,
    description: textOf(detail?.['message']) ?? textOf(message) ?? '',
    correlationId: response.headers.get('correlation-id') ?? textOf(id),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
