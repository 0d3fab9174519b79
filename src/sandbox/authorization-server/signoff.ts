import { type Environment, enabledApplication, ownIssuers, withoutFaults } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { empty, redirect, type SandboxResponse } from '../response.ts';
import type { Application } from '../seed/applications.ts';
import { errorPage, messagePage } from '../sign-on/page.ts';
import { browserSession, expiredSessionCookie } from '../sign-on/session-cookie.ts';
import { adviceFor, type UnregisteredUri } from '../sign-on/unregistered-uri.ts';

/** Answers `GET {A}/signoff`: ends the browser's session, for all applications (docs/pingone.md, section 10). */
export async function signoffEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const parameters = request.url.searchParams;
  const token = parameters.get('id_token_hint');
  const hint = token === null ? undefined : await readHint(environment, token);
  if (token !== null && !hint) return errorPage(request, 'The id_token_hint is invalid');
  const session = browserSession(environment, request);
  if (hint && session?.user && session.user.userId !== hint.userId) {
    return errorPage(request, 'The id_token_hint is of another user than the one who is signed on');
  }
  const target = parameters.get('post_logout_redirect_uri');
  const state = parameters.get('state');
  // PingOne limits the length of the URI and the state together (docs/pingone.md, section 10).
  if ((target ?? '').length + (state ?? '').length >= 8192) return errorPage(request, 'The request is too long');
  // With a hint the URI must be that application's, without one any application's. URIs are compared to the letter,
  // port included.
  const candidates = hint ? [hint.application] : environment.seed.applications.filter(({ enabled }) => enabled);
  const known = candidates.some(({ postLogoutRedirectUris }) => postLogoutRedirectUris.includes(target ?? ''));
  if (target !== null && !known) {
    return errorPage(
      request,
      'Post logout redirect URI mismatch',
      adviceFor(unregistered(environment, target, hint, candidates)),
    );
  }
  if (session) environment.sessions.end(session);
  const headers = expiredSessionCookie(environment);
  if (target === null) {
    const page = signedOffPage();
    return { ...page, headers: { ...page.headers, ...headers } };
  }
  return redirect(withState(target, state), headers);
}

/**
 * Answers `GET {A}/idpSignoff`: ends an ID token's session without the cookie, where the application allows it
 * (docs/pingone.md, section 10).
 */
export async function idpSignoffEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const parameters = request.url.searchParams;
  const hint = await readHint(environment, parameters.get('id_token_hint') ?? '');
  const clientId = parameters.get('client_id');
  if (!hint || (clientId !== null && clientId !== hint.application.clientId)) {
    return errorPage(request, 'The id_token_hint is invalid');
  }
  if (!hint.application.idpSignoff) return errorPage(request, 'The application does not allow IdP sign-off');
  const target = parameters.get('post_logout_redirect_uri');
  if (target !== null && !hint.application.postLogoutRedirectUris.includes(target)) {
    const advice = adviceFor(unregistered(environment, target, hint, [hint.application]));
    return errorPage(request, 'Post logout redirect URI mismatch', advice);
  }
  const session = environment.sessions.byId(hint.sessionId);
  if (session?.user?.userId === hint.userId) environment.sessions.end(session);
  if (target !== null) return redirect(withState(target, parameters.get('state')));
  return request.headers.accept?.includes('application/json') ? empty(204) : signedOffPage();
}

function unregistered(
  environment: Environment,
  given: string,
  hint: IdTokenHint | undefined,
  candidates: readonly Application[],
): UnregisteredUri {
  const urisOf = (applications: readonly Application[]) => [
    ...new Set(applications.flatMap(({ postLogoutRedirectUris }) => postLogoutRedirectUris)),
  ];
  return {
    member: 'postLogoutRedirectUris',
    given,
    application: hint?.application.name,
    registered: urisOf(candidates),
    hiddenByFault: urisOf(withoutFaults(environment, candidates)).includes(given),
  };
}

/** What an ID token says of the session that it was issued in. */
interface IdTokenHint {
  readonly application: Application;
  readonly userId: string;
  readonly sessionId: string;
}

/** Reads the hint, which may have expired; its application must exist and be enabled (docs/pingone.md, section 10). */
async function readHint(environment: Environment, token: string): Promise<IdTokenHint | undefined> {
  const { keys, now } = environment;
  const claims = await keys.read(token, now());
  const application = typeof claims?.aud === 'string' ? enabledApplication(environment, claims.aud) : undefined;
  const sessionId = claims?.['sid'];
  if (!application || !claims?.sub || typeof sessionId !== 'string') return undefined;
  if (!ownIssuers(environment).includes(claims.iss ?? '')) return undefined;
  return { application, userId: claims.sub, sessionId };
}

function withState(target: string, state: string | null): string {
  if (state === null) return target;
  return `${target}${target.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}`;
}

function signedOffPage(): SandboxResponse {
  return messagePage('You are signed out', 'Your session has ended in all applications. You can close this tab.');
}
