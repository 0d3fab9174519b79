import type { Environment } from '../environment.ts';
import { cookie, type SandboxRequest } from '../exchange.ts';
import type { Turn } from './steps.ts';

/** The flow that a request is about, if it is alive and was begun in the same browser. */
export function turnOf(environment: Environment, request: SandboxRequest, flowId: string | null): Turn | undefined {
  const flow = environment.flows.find(flowId);
  const session = environment.sessions.byCookie(cookie(request, 'ST'));
  return flow && session && flow.sessionId === session.id ? { environment, flow, session } : undefined;
}
