import { AuthorizationResponseError } from 'openid-client';
import type { AuthorizationServerClient } from '../auth/client.ts';
import { authFailure } from '../auth/failures.ts';
import { type ConsolePlace, consolePlaces } from '../config/console-places.ts';
import { Failure, type FailureDetail } from '../errors.ts';
import type { Verdict } from './verdict.ts';

type Refused = Extract<Verdict, { readonly kind: 'refused' }>;

/** The request in the words of the settings: what the console must hold. */
export interface SentRequest {
  /** As written in the settings: without a port any will do. */
  readonly redirectUri: string;
  readonly scope: readonly string[];
  readonly responseType: string;
}

/**
 * What the server said no to, with the exact value that the console must hold, and where. A refusal that goes to the redirect
 * URI is told in the words that it would have, had the browser brought it.
 */
export async function refusedRequest(
  { fault, refusal }: Refused,
  client: AuthorizationServerClient,
  sent: SentRequest,
): Promise<Failure> {
  const { clientId, issuer } = client.settings;
  const said = { code: refusal.code, correlationId: refusal.correlationId };
  switch (fault) {
    case 'redirectUri':
      return new Failure('refused', `PingOne does not know this redirect URI (it said: ${refusal.description}).`, {
        ...said,
        details: [{ target: 'to register', message: sent.redirectUri }, ...where('redirectUris')],
        hint: `Add it there to the letter and save, or name one that is there with --redirect-uri.${portWords(sent.redirectUri)}`,
      });
    case 'client':
      return new Failure(
        'refused',
        `PingOne does not let this application sign anybody in (it said: ${refusal.description}).`,
        {
          ...said,
          details: [
            { target: 'client ID', message: clientId },
            { target: 'issuer', message: issuer },
            ...where('clientId'),
          ],
          hint: 'Compare the client ID and the environment, and see that the application is switched on (the toggle at its top right).',
        },
      );
    case 'request':
      return withDetails(await asAnswered(refusal, client), requestDetails(refusal.code, sent));
    default:
      return fault satisfies never;
  }
}

async function asAnswered({ code, description, correlationId }: Refused['refusal'], client: AuthorizationServerClient) {
  const cause = new URLSearchParams({
    error: code,
    error_description: correlationId ? `${description} (Correlation ID: ${correlationId})` : description,
  });
  const failure = await authFailure(new AuthorizationResponseError('refused', { cause }), {
    ...client,
    step: 'sign-in',
  });
  if (failure instanceof Failure) return failure;
  throw failure;
}

/** The values that the refused part of the request had, each where the console has it. */
function requestDetails(code: string, { scope, responseType }: SentRequest): readonly FailureDetail[] {
  const named = (names: readonly string[]) => names.join(' ') || '(none)';
  const details: Readonly<Record<string, readonly FailureDetail[]>> = {
    unsupported_response_type: [{ target: 'to allow', message: responseType }, ...where('responseType', 'grantType')],
    unauthorized_client: [{ target: 'to allow', message: responseType }, ...where('responseType', 'grantType')],
    invalid_scope: [
      { target: 'asked for', message: named(scope) },
      { target: 'where', message: `${placeOf('openidScopes')}: ${named(scope.filter((name) => !name.includes(':')))}` },
      { target: 'where', message: `${placeOf('apiScopes')}: ${named(scope.filter((name) => name.startsWith('p1:')))}` },
    ],
  };
  return details[code] ?? [];
}

function withDetails(failure: Failure, details: readonly FailureDetail[]): Failure {
  const { kind, message, code, hint, correlationId, cause } = failure;
  return new Failure(kind, message, { code, hint, correlationId, cause, details: [...failure.details, ...details] });
}

function where(...places: readonly ConsolePlace[]): readonly FailureDetail[] {
  return places.map((place) => ({ target: 'where', message: placeOf(place) }));
}

function placeOf(place: ConsolePlace): string {
  return `${consolePlaces.application} → ${consolePlaces[place]}`;
}

/** The listener's port changes from run to run, so it must not be registered (docs/pingone.md, section 9). */
function portWords(redirectUri: string): string {
  return new URL(redirectUri).port ? '' : ' PingOne then accepts any port of it, so leave the port out.';
}
