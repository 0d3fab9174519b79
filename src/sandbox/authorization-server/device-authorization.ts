import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import { authenticateClient } from './client-authentication.ts';
import { isOAuthError, oauthErrorResponse, requestFailed } from './oauth-error.ts';
import { readCodeChallenge } from './pkce.ts';
import { grantScopes, spaceSeparated } from './scopes.ts';

/** Answers `POST {A}/device_authorization` (RFC 8628, section 3.1; docs/pingone.md, section 4.5). */
export async function deviceAuthorizationEndpoint(
  environment: Environment,
  request: SandboxRequest,
): Promise<SandboxResponse> {
  const application = await authenticateClient(environment, request, { named: true });
  if (isOAuthError(application)) return oauthErrorResponse(application, request);
  if (!application.grantTypes.includes('DEVICE_CODE')) {
    return oauthErrorResponse(
      requestFailed('unauthorized_client', 'Grant type not enabled for the application: device_code'),
      request,
    );
  }
  const form = request.form();
  const scopes = spaceSeparated(form.get('scope') ?? 'openid');
  const granted = grantScopes(environment, application, scopes);
  if (isOAuthError(granted)) return oauthErrorResponse(granted, request);
  // PKCE is not part of RFC 8628; Ping's own client sends it, so it is kept where it is sent.
  const challenge = readCodeChallenge({ pkceEnforcement: 'OPTIONAL' }, form);
  if (challenge && isOAuthError(challenge)) return oauthErrorResponse(challenge, request);
  const device = environment.deviceCodes.issue(application, granted, challenge, request.body.length);
  const { origin, seed } = environment;
  const page =
    application.deviceCustomVerificationUri ??
    `${origin}/${seed.environment.id}/device/${application.devicePathId ?? application.clientId}`;
  return json(200, {
    device_code: device.deviceCode,
    user_code: device.userCode,
    verification_uri: page,
    verification_uri_complete: `${page}${page.includes('?') ? '&' : '?'}user_code=${device.userCode}`,
    expires_in: application.deviceTimeout,
    interval: device.intervalSeconds,
  });
}
