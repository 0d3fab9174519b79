import { calculatePKCECodeChallenge } from 'openid-client';
import { startDeadline } from '../deadline.ts';
import { Failure, type FailureDetail, messageOf } from '../errors.ts';
import { namedPort } from '../loopback-host.ts';
import type { Output } from '../output/output.ts';
import { type ConsolePlace, consolePlaces, scopesByPlace } from '../pingone/console-places.ts';
import type { Runtime } from '../runtime.ts';
import { freshSecrets } from './authorization-request.ts';
import type { AuthorizationServerClient } from './client.ts';
import { readPreciseError, refusalFailure } from './failures.ts';
import { judgeAnswer, type PreflightQuestion, type PreflightVerdict } from './preflight-verdict.ts';
import { scopesOf } from './token-set.ts';

/** The person waits for it, so it is given up soon, in milliseconds. */
const preflightMs = 4000;

/**
 * Tries the authorization request before a browser is sent there, so that "Redirect URI mismatch" and its like are told
 * in the terminal instead of on an error page.
 *
 * @param request.url what the browser would be sent to
 * @param request.registered the redirect URI as the settings have it, which is what the console should hold
 * @throws Failure `refused` with the value to register and the place in the console.
 */
export async function preflight(
  server: AuthorizationServerClient,
  { url, registered }: { readonly url: string; readonly registered: string },
  runtime: Pick<Runtime, 'sleep' | 'signal'>,
  output: Pick<Output, 'debug'>,
): Promise<void> {
  const verdict = await answerTo(server, url, runtime);
  if (verdict.kind === 'passedOver') output.debug(`preflight passed over: ${verdict.reason}`);
  if (verdict.kind !== 'refused') return;
  const { searchParams } = new URL(url);
  throw refusedRequest(verdict, server, {
    redirectUri: registered,
    scope: scopesOf(searchParams.get('scope') ?? undefined),
    responseType: searchParams.get('response_type') ?? '',
  });
}

/**
 * What a rehearsal of the request says of it; trouble of any sort is `passedOver`. The rehearsal has state, nonce and code
 * challenge of its own, so that whatever comes back is an answer to nobody's sign-in. It carries no cookie and follows no
 * redirect.
 *
 * @param url what the browser would be sent to
 */
async function answerTo(
  server: Pick<AuthorizationServerClient, 'fetch' | 'settings'>,
  url: string,
  runtime: Pick<Runtime, 'sleep' | 'signal'>,
): Promise<PreflightVerdict> {
  const wanted = new URL(url);
  // A pushed request can be used once, and a signed one is not ours to change (RFC 9126, section 4; RFC 9101).
  if (wanted.searchParams.has('request_uri') || wanted.searchParams.has('request')) {
    return { kind: 'passedOver', reason: 'its parameters are not in the address' };
  }
  const { address, question } = await rehearsal(wanted, server.settings.issuer);
  const deadline = startDeadline(preflightMs, runtime, new Error('no answer in time'));
  try {
    // This asks as a browser does, and for JSON besides, which is easier to understand.
    const headers = { accept: 'text/html,application/xhtml+xml,application/json;q=0.9' };
    const response = await server.fetch(address, { headers, signal: deadline.signal });
    return judgeAnswer(
      {
        status: response.status,
        location: response.headers.get('location') ?? undefined,
        error: await readPreciseError(response),
        page: await response.text(),
        correlationId: response.headers.get('correlation-id') ?? undefined,
      },
      question,
    );
  } catch (error) {
    // Ctrl-C comes from the person and ends the command; trouble of the network is passed over.
    runtime.signal.throwIfAborted();
    return { kind: 'passedOver', reason: messageOf(error) };
  } finally {
    deadline.end();
  }
}

/** The same request with secrets of its own, of which none is kept. */
async function rehearsal(
  wanted: URL,
  issuer: string,
): Promise<{ readonly address: string; readonly question: PreflightQuestion }> {
  const address = new URL(wanted);
  const { state, nonce, codeVerifier } = freshSecrets();
  const fresh = { nonce, code_challenge: await calculatePKCECodeChallenge(codeVerifier) };
  for (const [name, value] of Object.entries(fresh)) {
    if (address.searchParams.has(name)) address.searchParams.set(name, value);
  }
  address.searchParams.set('state', state);
  // Without a cookie nobody is signed in, which `none` would be an error for; and a form would be posted by nobody.
  if (address.searchParams.get('prompt') === 'none') address.searchParams.delete('prompt');
  address.searchParams.delete('response_mode');
  const redirectUri = address.searchParams.get('redirect_uri') ?? '';
  return { address: address.href, question: { redirectUri, state, issuer } };
}

type RefusedVerdict = Extract<PreflightVerdict, { readonly kind: 'refused' }>;

/** The request in the words of the settings: what the console must hold. */
interface SentRequest {
  /** It is written here as in the settings: without a port any will do. */
  readonly redirectUri: string;
  readonly scope: readonly string[];
  readonly responseType: string;
}

/**
 * What the server said no to, with the exact value that the console must hold, and where. A refusal that goes to the redirect
 * URI is told in the words that it would have, had the browser brought it.
 */
function refusedRequest(
  { fault, error }: RefusedVerdict,
  server: AuthorizationServerClient,
  sent: SentRequest,
): Failure {
  const { clientId, issuer } = server.settings;
  const { code, message, correlationId } = error;
  switch (fault) {
    case 'redirectUri':
      return new Failure('refused', `PingOne does not know this redirect URI (it said: ${message}).`, {
        code,
        correlationId,
        details: [{ target: 'to register', message: sent.redirectUri }, ...where('redirectUris')],
        hint: `Add it there exactly as it is and save, or pass one that is there with --redirect-uri.${portWords(sent.redirectUri)} An address under "Sign-on URL" does not count: move it.`,
      });
    case 'client':
      return new Failure('refused', `PingOne does not let this application sign anybody in (it said: ${message}).`, {
        code,
        correlationId,
        details: [
          { target: 'client ID', message: clientId },
          { target: 'issuer', message: issuer },
          ...where('clientId'),
          { target: 'where', message: consolePlaces.environment },
        ],
        hint: 'Check both IDs, and that the application is switched on (the toggle at its top right). If all is well there, the region is wrong: compare --region with the end of the console’s host name.',
      });
    case 'request':
      return withDetails(refusalFailure(error, { ...server, step: 'sign-in' }), requestDetails(code, sent));
    default:
      return fault satisfies never;
  }
}

/** The values that the refused part of the request had, each where the console has it. */
function requestDetails(code: string, { scope, responseType }: SentRequest): readonly FailureDetail[] {
  const named = (names: readonly string[]) => names.join(' ') || '(none)';
  const toAllow = [{ target: 'to allow', message: responseType }, ...where('responseType', 'grantType')];
  const details: Readonly<Record<string, readonly FailureDetail[]>> = {
    unsupported_response_type: toAllow,
    unauthorized_client: toAllow,
    invalid_scope: [
      { target: 'asked for', message: named(scope) },
      ...scopesByPlace(scope).map(({ place, names }) => ({
        target: 'where',
        message: `${consolePlaces.application} → ${place}: ${named(names)}`,
      })),
    ],
  };
  return details[code] ?? [];
}

function withDetails(failure: Failure, details: readonly FailureDetail[]): Failure {
  const { kind, message, code, hint, correlationId, cause } = failure;
  return new Failure(kind, message, { code, hint, correlationId, cause, details: [...failure.details, ...details] });
}

function where(...places: readonly ConsolePlace[]): readonly FailureDetail[] {
  return places.map((place) => ({ target: 'where', message: consolePlace(place) }));
}

function consolePlace(place: ConsolePlace): string {
  return `${consolePlaces.application} → ${consolePlaces[place]}`;
}

/** The listener's port changes from run to run, so it must not be registered (docs/pingone.md, section 9). */
function portWords(redirectUri: string): string {
  return namedPort(redirectUri) === undefined ? ' PingOne then accepts any port of it, so leave the port out.' : '';
}
