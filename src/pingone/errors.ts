import { Failure, type FailureDetail, type FailureKind } from '../errors.ts';
import { askedWaitMs, tryAgain } from '../http/retry-after.ts';
import { isJsonObject, isText, type JsonObject, objectIn, textIn } from '../json.ts';
import { ping14c, type Wording, wording } from '../wording.ts';

/**
 * An error as PingOne answers with it, whichever of its two grammars it is written in: the platform's error object
 * (docs/pingone.md, section 8) or the pair of OAuth, which has no details (docs/pingone.md, section 4.6).
 */
export interface PingOneError {
  readonly code: string;
  /** PingOne's own words without the correlation ID; empty where it has none. */
  readonly message: string;
  readonly correlationId?: string | undefined;
  readonly details: readonly PingOneErrorDetail[];
  /** How long the answer asks to wait before the next request, in milliseconds. */
  readonly waitMs?: number | undefined;
}

export interface PingOneErrorDetail {
  readonly code?: string | undefined;
  readonly target?: string | undefined;
  readonly message?: string | undefined;
  /** An open map: real answers carry keys that the published description does not have. */
  readonly innerError: JsonObject;
}

/** The error in an answer, which stays to be read; `undefined` where there is none. */
export async function readPingOneError(answer: Response): Promise<PingOneError | undefined> {
  if (answer.bodyUsed) return undefined;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  return pingOneErrorIn(body, answer.headers);
}

/**
 * The error in the JSON of an answer; `undefined` where it is in neither grammar: then somebody else has answered.
 *
 * @param headers name the correlation ID where the body does not, and how long to wait
 */
export function pingOneErrorIn(body: unknown, headers?: Headers): PingOneError | undefined {
  if (!isJsonObject(body)) return undefined;
  const oauthCode = textIn(body, 'error');
  if (oauthCode) return oauthError(oauthCode, textIn(body, 'error_description'), headers);
  const code = textIn(body, 'code');
  if (!code) return undefined;
  return {
    code,
    message: textIn(body, 'message') ?? '',
    correlationId: textIn(body, 'id') ?? correlationIdIn(headers),
    details: Array.isArray(body['details']) ? body['details'].filter(isJsonObject).map(narrowDetail) : [],
    waitMs: askedWaitMs(headers),
  };
}

/** Nobody reads more of a description, and the pattern may take the square of its length in time. */
const longestDescription = 4096;

/**
 * An OAuth error of which code and description are known. PingOne's descriptions end in ` (Correlation ID: …)`.
 *
 * @param description as the answer has it: one that is no text says nothing
 */
export function oauthError(code: string, description: unknown, headers?: Headers): PingOneError {
  const whole = shortened(isText(description) ? description : '').trim();
  const embedded = /\(Correlation ID:\s*([^)\s]+)\s*\)$/i.exec(whole);
  return {
    code,
    message: embedded ? whole.slice(0, embedded.index).trimEnd() : whole,
    correlationId: embedded?.[1] ?? correlationIdIn(headers),
    details: [],
    waitMs: askedWaitMs(headers),
  };
}

/** Cut between two words: of a secret, which has no blanks, the redactor would not know the beginning alone. */
function shortened(text: string): string {
  if (text.length <= longestDescription) return text;
  const read = text.slice(0, longestDescription);
  return `${read.slice(0, Math.max(0, read.search(/\s\S*$/)))}…`;
}

function correlationIdIn(headers: Headers | undefined): string | undefined {
  return headers?.get('correlation-id') ?? undefined;
}

function narrowDetail(detail: JsonObject): PingOneErrorDetail {
  return {
    code: textIn(detail, 'code'),
    target: textIn(detail, 'target'),
    message: textIn(detail, 'message'),
    innerError: objectIn(detail, 'innerError'),
  };
}

/** What the person reads when the management API says no: PingOne's own words, and what they can do by the status. */
export function apiFailure(status: number, error: PingOneError, hint?: Wording): Failure {
  const [kind, usual] = meaningOf(status, error.waitMs);
  return new Failure(kind, error.message || error.code, {
    code: error.code,
    details: failureDetails(error),
    correlationId: error.correlationId,
    hint: hint ?? usual,
  });
}

/** What a status means. The status is what lasts: codes of one class may change over time (docs/pingone.md, section 8). */
function meaningOf(status: number, waitMs: number | undefined): readonly [FailureKind, Wording | undefined] {
  if (status === 401) return ['signInNeeded', wording`Sign in again with ${ping14c('login')}.`];
  if (status === 403)
    return ['refused', wording`Check that the application grants the scope: ${ping14c('whoami')} lists them.`];
  // To be asked to wait is no answer to the question, here as at the authorization server.
  if (status === 429) return ['failed', tryAgain(waitMs)];
  if (status >= 500) return ['failed', `${tryAgain(waitMs)} PingOne's support can use the correlation ID.`];
  return ['refused', undefined];
}

/** The details that say something, as lines below a failure. */
export function failureDetails({ details }: PingOneError): readonly FailureDetail[] {
  return details.flatMap(({ code, target, message }) => {
    const text = message ?? code;
    return text ? [{ message: text, target, code }] : [];
  });
}
