import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import { readAuthorizationRequest, requestRequired } from './authorization-request.ts';
import { authenticateClient } from './client-authentication.ts';
import { invalidClient, invalidRequest, isOAuthError, oauthErrorResponse, requestFailed } from './oauth-error.ts';
import { openRequestObject } from './request-object.ts';

const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** Answers `POST {A}/par` (RFC 9126): takes only a request that authorize would take. */
export async function parEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const application = await authenticateClient(environment, request, { named: true });
  if (isOAuthError(application)) return oauthErrorResponse(application, request);
  const form = request.form();
  for (const name of credentials) form.delete(name);
  form.set('client_id', application.clientId);
  if (form.has('request_uri')) return oauthErrorResponse(invalidRequest('request_uri cannot be pushed'), request);
  if (application.requireSignedRequestObject && !form.has('request')) {
    return oauthErrorResponse(invalidRequest(requestRequired), request);
  }
  const parameters = await openRequestObject(environment, application, form);
  if (!parameters) return oauthErrorResponse(requestObjectRefused, request);
  const { pushedRequests } = environment;
  const push = () => pushedRequests.push(application.clientId, parameters, application.parTimeout);
  const trial = new URLSearchParams({ client_id: application.clientId, request_uri: push() });
  const read = await readAuthorizationRequest(environment, trial);
  if (read.kind === 'notFound')
    return oauthErrorResponse(invalidClient(`no application has the client ID "${read.clientId}"`), request);
  if (read.kind === 'unredirectable') {
    return { ...oauthErrorResponse(invalidRequest(read.message), request), notice: read.advice?.notice };
  }
  if (read.kind === 'refused') return oauthErrorResponse(read.refusal, request);
  return json(201, { request_uri: push(), expires_in: application.parTimeout });
}

/** RFC 9101, section 7, has a code of its own for it. */
const requestObjectRefused = requestFailed('invalid_request_object', 'The request object is invalid or expired');
