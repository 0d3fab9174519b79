import { buildEndSessionUrl, customFetch, randomState, tokenRevocation } from 'openid-client';
import { startDeadline } from '../deadline.ts';
import { messageOf } from '../errors.ts';
import type { Fetch } from '../http/connection.ts';
import type { Certificate } from '../loopback/certificate.ts';
import { type Listener, listen } from '../loopback/listener.ts';
import { isLoopbackHost, namedPort } from '../loopback-host.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { duration } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import { presentParameters } from './authorization-request.ts';
import type { AuthorizationServerClient } from './client.ts';
import { inWords } from './failures.ts';
import type { TokenSet } from './token-set.ts';

/** What became of one thing at the server. */
export type Ending =
  | { readonly kind: 'done' }
  /** There was nothing to end. */
  | { readonly kind: 'none' }
  /** Still valid there, and why. */
  | { readonly kind: 'left'; readonly reason: string };

interface EndedSession {
  readonly refreshToken: Ending;
  readonly pingOneSession: Ending;
}

/** Ends at the server what can be ended there (RFC 7009; docs/pingone.md, section 10). A failure is an outcome, not thrown. */
export async function endSession(server: AuthorizationServerClient, tokens: TokenSet): Promise<EndedSession> {
  const { idToken } = tokens;
  return {
    // One after the other: the ID token's session may take its refresh token with it.
    refreshToken: await revokeRefreshToken(server, tokens),
    pingOneSession: idToken
      ? await endingOf(signedOff(server, idToken))
      : { kind: 'left', reason: 'there is no ID token' },
  };
}

/**
 * Revokes the refresh token alone, where there is one (RFC 7009). A failure is an outcome, not thrown.
 *
 * @param way from now on the client's way to the server; where it is left out, the one that it has
 */
export async function revokeRefreshToken(
  server: AuthorizationServerClient,
  { refreshToken }: TokenSet,
  way?: Fetch,
): Promise<Ending> {
  if (way) server.configuration[customFetch] = (url, options) => way(url, options as RequestInit);
  return refreshToken ? endingOf(revoked(server, refreshToken)) : { kind: 'none' };
}

function endingOf(work: Promise<Ending>): Promise<Ending> {
  return work.catch((error: unknown): Ending => {
    // An interruption is no answer: it ends the command.
    if (!(error instanceof Error)) throw error;
    return { kind: 'left', reason: messageOf(error) };
  });
}

/**
 * Revokes a refresh token (RFC 7009). PingOne revokes no access token for its own API (docs/pingone.md, section 10).
 *
 * @throws Failure when the server refused or could not be reached.
 */
async function revoked(server: AuthorizationServerClient, refreshToken: string): Promise<Ending> {
  if (!server.configuration.serverMetadata().revocation_endpoint) {
    return { kind: 'left', reason: 'the server cannot revoke tokens' };
  }
  const request = tokenRevocation(server.configuration, refreshToken, { token_type_hint: 'refresh_token' });
  await inWords(request, server, 'revocation');
  return { kind: 'done' };
}

/**
 * Ends the user's PingOne session without a browser, where the application may: idpSignoff (docs/pingone.md, section 10).
 *
 * @throws Failure `unreachable` when the server could not be asked.
 */
async function signedOff(server: AuthorizationServerClient, idToken: string): Promise<Ending> {
  const left: Ending = { kind: 'left', reason: 'the application is not allowed to end it from here' };
  const endpoint = server.configuration.serverMetadata()['ping_end_idp_session_endpoint'];
  if (typeof endpoint !== 'string') return left;
  const url = new URL(endpoint);
  url.searchParams.set('id_token_hint', idToken);
  url.searchParams.set('client_id', server.settings.clientId);
  const { status } = await server.fetch(url.href, { headers: { accept: 'application/json' } });
  return status === 204 ? { kind: 'done' } : left;
}

/** The page that signs the browser off (OpenID Connect RP-Initiated Logout, section 2); absent where the server has none. */
export function signOffUrl(
  server: AuthorizationServerClient,
  idToken: string | undefined,
  after: { readonly postLogoutRedirectUri?: string | undefined; readonly state?: string | undefined } = {},
): string | undefined {
  const { end_session_endpoint: endpoint } = server.configuration.serverMetadata();
  if (!endpoint) return undefined;
  const parameters = presentParameters({
    id_token_hint: idToken,
    post_logout_redirect_uri: after.postLogoutRedirectUri,
    state: after.state,
  });
  return buildEndSessionUrl(server.configuration, parameters).href;
}

interface SignOffVisit {
  readonly server: AuthorizationServerClient;
  readonly idToken: string | undefined;
  /** Where the page leads afterwards. A loopback address with a port is listened at. */
  readonly postLogoutRedirectUri: string | undefined;
  /** One that browsers are expected to accept; one is made where it is absent. */
  readonly certificate: Certificate | undefined;
  readonly opensBrowser: boolean;
  readonly timeoutMs: number;
}

/** `returned`: the browser came back, so the session is over. `shown`: nobody is told whether it is. */
export type SignOffOutcome = 'returned' | 'notReturned' | 'shown' | 'noPage';

/**
 * Sends the browser to the page that signs it off (OpenID Connect RP-Initiated Logout, section 2) and, where it leads back
 * to this machine, waits for that. The address that is shown has no ID token in it: the browser's cookie says enough.
 *
 * @throws Failure when the port cannot be opened.
 */
export async function visitSignOffPage(visit: SignOffVisit, runtime: Runtime, output: Output): Promise<SignOffOutcome> {
  const { server, idToken, postLogoutRedirectUri: target, opensBrowser, timeoutMs, certificate } = visit;
  const state = randomState();
  const url = signOffUrl(server, idToken, target === undefined ? {} : { postLogoutRedirectUri: target, state });
  if (!url) return 'noPage';
  const shown = new URL(url);
  shown.searchParams.delete('id_token_hint');
  const deadline = startDeadline(timeoutMs, runtime);
  const signal = AbortSignal.any([runtime.signal, deadline.signal]);
  let listener: Listener | undefined;
  try {
    if (target !== undefined && leadsBack(target)) {
      listener = await listen({ redirectUri: target, state, responseMode: 'signoff', signal, certificate }, runtime);
    }
    if (listener) sayListening(listener, certificate !== undefined, timeoutMs, output);
    output.note(`To end the session in the browser, open:\n${safeText(shown.href)}`);
    const launch = opensBrowser ? await runtime.openBrowser(url) : undefined;
    if (launch?.kind === 'failed') output.warn(`The browser could not be started: ${launch.reason}`);
    if (!listener) return 'shown';
    await listener.callback;
    await listener.finish({ kind: 'signedOff' });
    return 'returned';
  } catch (error) {
    if (deadline.signal.aborted) return 'notReturned';
    throw error;
  } finally {
    deadline.end();
    await listener?.close();
  }
}

/** PingOne compares the port of this URI too (docs/pingone.md, section 9), so it must name one for ping14c to listen at. */
function leadsBack(target: string): boolean {
  return isLoopbackHost(new URL(target).hostname) && namedPort(target) !== undefined;
}

function sayListening(listener: Listener, isTrusted: boolean, timeoutMs: number, output: Output): void {
  output.note(`Waiting for the browser at ${safeText(listener.redirectUri)} for ${duration(timeoutMs)}.`);
  if (!listener.fingerprint256 || isTrusted) return;
  output.note(
    `It will warn of the certificate there, which was made a moment ago. Proceed where its SHA-256 fingerprint is ${listener.fingerprint256}`,
  );
}
