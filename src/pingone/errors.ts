import { Failure, type FailureDetail, type FailureKind } from '../errors.ts';
import { isJsonObject, type JsonObject, objectIn, textIn } from './json-object.ts';

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
