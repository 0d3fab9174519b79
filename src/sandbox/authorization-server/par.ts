import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import { readAuthorizationRequest } from './authorization-request.ts';
import { authenticateClient } from './client-authentication.ts';
import { invalidClient, invalidRequest, oauthErrorResponse } from './oauth-error.ts';

const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** Answers `POST {A}/par` (RFC 9126): takes only a request that authorize would take. */
export async function parEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const application = await authenticateClient(environment, request, { named: true });
  if (!application) return oauthErrorResponse(invalidClient, request);
  const parameters = request.form();
  for (const name of credentials) parameters.delete(name);
  parameters.set('client_id', application.clientId);
  if (parameters.has('request_uri')) return oauthErrorResponse(invalidRequest('request_uri cannot be pushed'), request);
  const { pushedRequests } = environment;
  const push = () => pushedRequests.push(application.clientId, parameters, application.parTimeout);
  const trial = new URLSearchParams({ client_id: application.clientId, request_uri: push() });
  const read = await readAuthorizationRequest(environment, trial);
  if (read.kind === 'unredirectable') return oauthErrorResponse(invalidRequest(read.message), request);
  if (read.kind === 'refused') return oauthErrorResponse(read.refusal, request);
  return json(201, { request_uri: push(), expires_in: application.parTimeout });
}
