import { Failure } from '../errors.ts';
import { type AccessTokenSource, withAccessToken } from '../http/access-token.ts';
import type { Fetch } from '../http/connection.ts';
import { retryAfterMs } from '../http/retry-after.ts';
import { neverSent } from '../http/unreachable.ts';
import { wrongAnswer } from '../http/wrong-answer.ts';
import { isJsonObject, type JsonObject, parsedJson } from '../json.ts';
import type { Runtime } from '../runtime.ts';
import { apiFailure, type PingOneError, pingOneErrorIn } from './errors.ts';

interface ClientOptions {
  readonly fetch: Fetch;
  readonly runtime: Pick<Runtime, 'now' | 'sleep' | 'signal'>;
  /** The base of the environment's resources, `…/v1/environments/{environmentId}`. */
  readonly environmentApi: string;
  readonly accessToken: AccessTokenSource;
}

/** What came of one request. */
export type ApiAnswer =
  | { readonly kind: 'accepted'; readonly body: JsonObject }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly error: PingOneError;
      readonly retryAfter: string | null;
    }
  /** An answer that cannot be PingOne's, or a server error: nothing follows from it. */
  | {
      readonly kind: 'unclear';
      readonly status: number;
      readonly failure: Failure;
      readonly retryAfter: string | null;
    }
  | { readonly kind: 'silent'; readonly failure: Failure; readonly sent: 'no' | 'maybe' };

interface ApiRequest {
  readonly method: 'GET' | 'PUT' | 'POST';
  /** Below the environment, e.g. `/users/{id}`. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: JsonObject;
}

/** PingOne's management API as the signed-in user sees it. */
export interface PingOneClient {
  /** Reads a resource, trying again where that can help. @throws Failure */
  read(path: string): Promise<JsonObject>;
  /** Sends a request that changes something: once, and a second time only after a 401 that another access token repairs. */
  send(request: ApiRequest): Promise<ApiAnswer>;
}

export function createClient(options: ClientOptions): PingOneClient {
  const { runtime } = options;
  return {
    read: async (path) => {
      const request = { method: 'GET', path } as const;
      const answer = await withRetry(runtime, () => authorized(options, request), worthRetrying);
      switch (answer.kind) {
        case 'accepted':
          return answer.body;
        case 'refused':
          throw apiFailure(answer.status, answer.error);
        case 'unclear':
        case 'silent':
          throw answer.failure;
        default:
          return answer satisfies never;
      }
    },
    send: (request) => authorized(options, request),
  };
}

/** @throws Failure when there is no access token to be had; nothing was done then. */
function authorized(options: ClientOptions, request: ApiRequest): Promise<ApiAnswer> {
  return withAccessToken(
    options.accessToken,
    (token) => exchange(options, request, token),
    (answer) => answer.kind === 'refused' && answer.status === 401,
  );
}

async function exchange(options: ClientOptions, request: ApiRequest, token: string): Promise<ApiAnswer> {
  const { method, path, contentType, body } = request;
  const url = `${options.environmentApi}${path}`;
  let response: Response;
  try {
    response = await options.fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json, application/hal+json',
        ...(contentType ? { 'content-type': contentType } : {}),
      },
      body: body ? JSON.stringify(body) : null,
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'silent', failure: error, sent: neverSent(error) ? 'no' : 'maybe' };
  }
  return narrowAnswer(response, await response.text(), url);
}

function narrowAnswer(response: Response, text: string, url: string): ApiAnswer {
  const { status, ok, headers } = response;
  const retryAfter = headers.get('retry-after');
  // The content decides, not the media type: HAL answers and proxies' pages name all sorts (docs/pingone.md, section 8).
  const body = parsedJson(text);
  if (ok && isJsonObject(body)) return { kind: 'accepted', body };
  // A redirect is somebody's on the way, whatever stands in it.
  const error = status >= 400 ? pingOneErrorIn(body, headers) : undefined;
  // 408 comes from whoever waited for the answer: it says nothing of what was decided.
  if (error && status < 500 && status !== 408) return { kind: 'refused', status, error, retryAfter };
  // 511 is the network's own (RFC 6585, section 6), whatever its grammar.
  const failure = error && status !== 511 ? apiFailure(status, error) : unusableAnswer(response, text, url);
  return { kind: 'unclear', status, failure, retryAfter };
}

function unusableAnswer(response: Response, text: string, url: string): Failure {
  const { kind, what, code, hint } = wrongAnswer(response, { url, baseFlag: '--api-url' }, text);
  return new Failure(kind, `${new URL(url).host} answered ${what}.`, {
    code,
    hint,
    correlationId: response.headers.get('correlation-id') ?? undefined,
  });
}

function worthRetrying(
  answer: ApiAnswer,
): { readonly status?: number; readonly retryAfter?: string | null } | undefined {
  if (answer.kind === 'accepted') return undefined;
  if (answer.kind !== 'silent') return answer;
  // A wrong name, certificate or proxy stays wrong, and whoever waited for a time-out has waited enough.
  return answer.failure.code === 'network' ? {} : undefined;
}

/** Statuses after which the same idempotent request may succeed (docs/pingone.md, section 8). */
const passing = new Set([408, 429, 500, 502, 503, 504]);

const maxAttempts = 3;
const firstDelayMs = 500;
/** Nobody sits before a terminal longer; a server that asks for more is told to the person instead. */
const maxRetryAfterMs = 15_000;

/** What an attempt came to, as far as trying again goes. */
interface Attempt {
  /** Absent when no answer came. */
  readonly status?: number | undefined;
  readonly retryAfter?: string | null | undefined;
}

/**
 * Milliseconds to wait before the next attempt, or `undefined` to leave it. Exponential with full jitter, so that many
 * clients do not come back at once; `Retry-After` is the least it waits.
 *
 * @param made attempts made so far, from 1
 * @param random from 0 up to 1
 */
export function retryDelayMs(attempt: Attempt, made: number, now: number, random: number): number | undefined {
  if (made >= maxAttempts) return undefined;
  if (attempt.status !== undefined && !passing.has(attempt.status)) return undefined;
  const asked = retryAfterMs(attempt.retryAfter, now) ?? 0;
  if (asked > maxRetryAfterMs) return undefined;
  return Math.max(asked, Math.round(firstDelayMs * 2 ** (made - 1) * (0.5 + random / 2)));
}

/** Runs an idempotent request until it settles; the waiting ends at once when the command is interrupted. */
export async function withRetry<T>(
  { now, sleep, signal }: Pick<Runtime, 'now' | 'sleep' | 'signal'>,
  request: () => Promise<T>,
  outcome: (answer: T) => Attempt | undefined,
  random: () => number = Math.random,
): Promise<T> {
  for (let made = 1; ; made++) {
    const answer = await request();
    const attempt = outcome(answer);
    const delayMs = attempt && retryDelayMs(attempt, made, now(), random());
    if (delayMs === undefined) return answer;
    await sleep(delayMs, signal);
  }
}
