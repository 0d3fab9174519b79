import type { Environment } from '../environment.ts';
import { cookie, redirect, type SandboxRequest, type SandboxResponse } from '../exchange.ts';
import { refusalPage } from '../sign-on/refusal-page.ts';
import { answerBack, answerRefused, authorizationResponse } from './authorization-response.ts';
import { failed } from './refusal.ts';

/** `GET {A}/resume?flowId=…`: the last hop, back to the application. Once, and only in the browser that signed on. */
export async function resume(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const flow = environment.flows.find(request.url.searchParams.get('flowId'));
  const session = environment.sessions.byCookie(cookie(request, 'ST'));
  if (flow?.purpose.kind !== 'authorization' || !session || session.id !== flow.sessionId) {
    return refusalPage(request, 'The sign-on flow is unknown or has expired');
  }
  const asked = flow.purpose.request;
  if (flow.status === 'FAILED') {
    environment.flows.end(flow);
    return answerRefused(asked, failed('access_denied', 'The user cancelled the sign-on'), request);
  }
  if (flow.status !== 'COMPLETED') {
    return redirect(`${environment.origin}/${environment.seed.environment.id}/signon/?flowId=${flow.id}`);
  }
  environment.flows.end(flow);
  return answerBack(asked, await authorizationResponse(environment, asked, session));
}
