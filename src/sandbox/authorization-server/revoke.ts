import { liveAccessToken } from '../access-token.ts';
import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { empty, type SandboxResponse } from '../response.ts';
import { authenticateClient } from './client-authentication.ts';
import { invalidRequest, isOAuthError, oauthErrorResponse } from './oauth-error.ts';

/**
 * Answers `POST {A}/revoke` (RFC 7009): revokes refresh tokens, and a user's access tokens for custom resources. Those for
 * the PingOne API stay valid, as do an application's own; the answer is 200 all the same (docs/pingone.md, section 10).
 */
export async function revokeEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const application = await authenticateClient(environment, request);
  if (isOAuthError(application)) return oauthErrorResponse(application, request);
  const token = request.form().get('token');
  if (!token) return oauthErrorResponse(invalidRequest('token is required'), request);
  const { family } = environment.refreshTokens.find(token) ?? {};
  if (family?.grant.clientId === application.clientId) family.revoked = true;
  const access = await liveAccessToken(environment, token);
  const custom = [access?.aud ?? []].flat().some((audience) => !environment.origins.includes(audience));
  if (access?.['client_id'] === application.clientId && access['sid'] && custom && access.jti) {
    environment.revokedTokens.set(access.jti, { expiresAt: (access.exp ?? 0) * 1000 });
  }
  return empty(200);
}
