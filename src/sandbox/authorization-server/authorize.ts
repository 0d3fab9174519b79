import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, redirect, type SandboxResponse } from '../response.ts';
import { type Flow, resumeUrl, signOnUrl, type ValidAuthorizationRequest } from '../sign-on/flow.ts';
import { flowResource } from '../sign-on/flow-actions.ts';
import { errorPage, notFoundPage } from '../sign-on/page.ts';
import { browserSession, openBrowserSession, sessionCookie } from '../sign-on/session-cookie.ts';
import type { SignOnSession } from '../sign-on-session.ts';
import { readAuthorizationRequest } from './authorization-request.ts';
import { authorizationResponse, isByBrowser, sendBack, sendErrorBack } from './authorization-response.ts';
import { requestFailed } from './oauth-error.ts';

/**
 * Answers `GET` or `POST {A}/authorize`: refuses, goes to the sign-on pages, or straight on where somebody is signed on
 * already.
 */
export async function authorizeEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const read = await readAuthorizationRequest(environment, sentParameters(request));
  if (read.kind === 'notFound') return notFoundPage(request, `no application has the client ID "${read.clientId}"`);
  if (read.kind === 'unredirectable') return errorPage(request, read.message, read.advice, read.target);
  if (read.kind === 'refused') return sendErrorBack(read.returnTo, read.refusal, request);

  const before = browserSession(environment, request);
  const signedOn = before !== undefined && suffices(before, read.request, environment.now());
  if (!signedOn && read.request.prompts.includes('none')) {
    return sendErrorBack(read.request, loginRequired, request);
  }
  const session = before ?? openBrowserSession(environment, request);
  const flow = environment.flows.begin({
    purpose: { kind: 'authorization', request: read.request },
    sessionId: session.id,
    status: signedOn ? 'COMPLETED' : 'USERNAME_PASSWORD_REQUIRED',
    bytes: read.request.bytes,
  });
  const headers = sessionCookie(environment, session);
  if (!isByBrowser(read.request)) {
    const answer = signedOn ? await endInJson(environment, flow, read.request, session) : flowBegun(environment, flow);
    return json(200, answer, headers);
  }
  return redirect(signedOn ? resumeUrl(environment, flow) : signOnUrl(environment, flow), headers);
}

/** Shows a flow as the authorization server does, which knows the page for it and has another order than the flows' own. */
function flowBegun(environment: Environment, flow: Flow): object {
  const { _links, _embedded, id, session, ...rest } = flowResource(environment, flow);
  return {
    _links: { ...(_links as object), signOnPage: { href: signOnUrl(environment, flow) } },
    _embedded,
    id,
    environment: { id: environment.seed.environment.id },
    session,
    ...rest,
  };
}

/** Ping's JavaScript packages know a session that is missing by the last words (docs/pingone.md, section 3). */
const loginRequired = requestFailed('login_required', 'User authentication is required');

/**
 * Reads the parameters. A `POST` may have some or all of them in its query, as those of Ping's JavaScript packages do
 * (docs/pingone.md, section 3); what is in both places is there twice.
 */
function sentParameters({ method, url, form }: SandboxRequest): URLSearchParams {
  return method === 'POST' ? new URLSearchParams([...url.searchParams, ...form()]) : url.searchParams;
}

/** Whether the session is all the request wants (OIDC Core, section 3.1.2.1: `prompt`, `max_age`). */
function suffices(
  { user }: SignOnSession,
  { prompts, maxAgeSeconds }: ValidAuthorizationRequest,
  now: number,
): boolean {
  if (!user || prompts.includes('login') || prompts.includes('select_account')) return false;
  return maxAgeSeconds === undefined || now - user.authenticatedAt < maxAgeSeconds * 1000;
}

/** Answers `GET {A}/resume?flowId=…`: goes back to the application, once, and only in the browser that signed on. */
export async function resumeEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const flow = environment.flows.find(request.url.searchParams.get('flowId'));
  const session = browserSession(environment, request);
  if (flow?.purpose.kind !== 'authorization' || !session || session.id !== flow.sessionId) {
    return errorPage(request, 'The sign-on flow is unknown or has expired');
  }
  const asked = flow.purpose.request;
  if (flow.status === 'FAILED') {
    environment.flows.end(flow);
    return sendErrorBack(asked, requestFailed('access_denied', 'The user cancelled the sign-on'), request);
  }
  if (flow.status !== 'COMPLETED') {
    return redirect(signOnUrl(environment, flow));
  }
  if (!isByBrowser(asked)) {
    return json(200, { ...flowResource(environment, flow), ...(await endInJson(environment, flow, asked, session)) });
  }
  environment.flows.end(flow);
  return sendBack(asked, await authorizationResponse(environment, asked, session));
}

/** Ends the flow with the answer in JSON, for `response_mode=pi.flow` (docs/pingone.md, section 3). */
async function endInJson(
  environment: Environment,
  flow: Flow,
  asked: ValidAuthorizationRequest,
  session: SignOnSession,
): Promise<object> {
  environment.flows.end(flow);
  return {
    session: { id: session.id },
    authorizeResponse: { ...(await authorizationResponse(environment, asked, session)), state: asked.state },
    environment: { id: environment.seed.environment.id },
    status: 'COMPLETED',
  };
}
