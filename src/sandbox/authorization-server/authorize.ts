import type { Environment } from '../environment.ts';
import { cookie, json, redirect, type SandboxRequest, type SandboxResponse } from '../exchange.ts';
import { flowResource } from '../sign-on/flow-resource.ts';
import { refusalPage } from '../sign-on/refusal-page.ts';
import { sessionCookie } from '../sign-on/session-cookie.ts';
import type { SignOnSession } from '../sign-on-session.ts';
import { type AuthorizationRequest, readAuthorizationRequest } from './authorization-request.ts';
import { answerRefused } from './authorization-response.ts';
import { failed } from './refusal.ts';

/** `GET` or `POST {A}/authorize`: refuses, goes to the sign-on pages, or straight on where somebody is signed on already. */
export async function authorize(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const parameters = request.method === 'POST' ? request.form() : request.url.searchParams;
  const read = await readAuthorizationRequest(environment, parameters);
  if (read.kind === 'unredirectable') return refusalPage(request, read.message);
  if (read.kind === 'refused') return answerRefused(read.returnTo, read.refusal, request);

  const found = environment.sessions.byCookie(cookie(request, 'ST'));
  const signedOn = found !== undefined && suffices(found, read.request, environment.now());
  if (!signedOn && read.request.prompts.includes('none')) {
    return answerRefused(read.request, failed('login_required', 'The user is not signed on'), request);
  }
  const session =
    found ??
    environment.sessions.open({
      remoteAddress: request.remoteAddress,
      userAgent: request.headers['user-agent'] ?? '',
    });
  const flow = environment.flows.begin({
    purpose: { kind: 'authorization', request: read.request },
    sessionId: session.id,
    status: signedOn ? 'COMPLETED' : 'USERNAME_PASSWORD_REQUIRED',
  });
  const headers = sessionCookie(environment, session);
  if (read.request.responseMode === 'pi.flow') return json(200, flowResource(environment, flow), headers);
  const { origin, issuer, seed } = environment;
  return redirect(
    signedOn ? `${issuer}/resume?flowId=${flow.id}` : `${origin}/${seed.environment.id}/signon/?flowId=${flow.id}`,
    headers,
  );
}

/** Whether the session is all the request wants (OIDC Core, section 3.1.2.1: `prompt`, `max_age`). */
function suffices({ user }: SignOnSession, { prompts, maxAgeSeconds }: AuthorizationRequest, now: number): boolean {
  if (!user || prompts.includes('login') || prompts.includes('select_account')) return false;
  return maxAgeSeconds === undefined || now - user.authenticatedAt < maxAgeSeconds * 1000;
}
