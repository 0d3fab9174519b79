import type { Environment } from '../environment.ts';
import { mediaType, type SandboxRequest, type SandboxResponse } from '../exchange.ts';
import type { Application, GrantType } from '../seed/application.ts';
import { authenticateClient } from './client-authentication.ts';
import { authorizationCode } from './grants/authorization-code.ts';
import { clientCredentials } from './grants/client-credentials.ts';
import { deviceCode } from './grants/device-code.ts';
import { refreshToken } from './grants/refresh-token.ts';
import { repeatedParameter } from './parameters.ts';
import { badClientAuthentication, failed, invalidRequest, isRefusal, type Refusal, refuse } from './refusal.ts';

/** One way to tokens. The client is authenticated and may use it. */
export type Grant = (
  environment: Environment,
  application: Application,
  form: URLSearchParams,
) => Promise<SandboxResponse | Refusal>;

/**
 * `allowedTo`: the application needs one of these. `offline_access` alone may give a refresh token (docs/pingone.md,
 * section 4.3).
 */
const grants: Readonly<Record<string, { readonly allowedTo: readonly GrantType[]; readonly grant: Grant }>> = {
  authorization_code: { allowedTo: ['AUTHORIZATION_CODE'], grant: authorizationCode },
  refresh_token: { allowedTo: ['REFRESH_TOKEN', 'AUTHORIZATION_CODE'], grant: refreshToken },
  client_credentials: { allowedTo: ['CLIENT_CREDENTIALS'], grant: clientCredentials },
  'urn:ietf:params:oauth:grant-type:device_code': { allowedTo: ['DEVICE_CODE'], grant: deviceCode },
};

/** `POST {A}/token` (docs/pingone.md, section 4). */
export async function token(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const answer = await exchange(environment, request);
  return isRefusal(answer) ? refuse(answer, request) : answer;
}

async function exchange(environment: Environment, request: SandboxRequest): Promise<SandboxResponse | Refusal> {
  const form = request.form();
  const repeated = repeatedParameter(form);
  if (mediaType(request) !== 'application/x-www-form-urlencoded') {
    return invalidRequest('The content type must be application/x-www-form-urlencoded');
  }
  if (repeated) return invalidRequest(`${repeated} must not be repeated`);
  const grantType = form.get('grant_type');
  if (!grantType) return invalidRequest('grant_type is required');
  const entry = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined;
  if (!entry) return failed('unsupported_grant_type', `Unsupported grant type: ${grantType}`);
  const application = await authenticateClient(environment, request);
  if (!application) return badClientAuthentication;
  const anonymous = application.tokenEndpointAuthMethod === 'NONE' && grantType === 'client_credentials';
  if (anonymous || !entry.allowedTo.some((type) => application.grantTypes.includes(type))) {
    return failed('unauthorized_client', `Grant type not enabled for the application: ${grantType}`);
  }
  return entry.grant(environment, application, form);
}
