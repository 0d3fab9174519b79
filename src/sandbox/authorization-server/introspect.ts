import { liveAccessToken } from '../access-token.ts';
import { type Environment, ownIssuers } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import type { Application } from '../seed/applications.ts';
import { authenticateClient } from './client-authentication.ts';
import { invalidClient, invalidRequest, oauthErrorResponse } from './oauth-error.ts';

/**
 * Answers `POST {A}/introspect` (RFC 7662). An application learns of its own tokens only (docs/pingone.md, sections 10
 * and 14).
 */
export async function introspectEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const application = await authenticateClient(environment, request);
  if (!application) return oauthErrorResponse(invalidClient, request);
  const token = request.form().get('token');
  if (!token) return oauthErrorResponse(invalidRequest('token is required'), request);
  const found = refreshState(environment, application, token) ?? (await jwtState(environment, application, token));
  return json(200, found ?? { active: false });
}

type State = Readonly<Record<string, unknown>>;

function refreshState(
  { refreshTokens, sessions, issuer }: Environment,
  { clientId }: Application,
  token: string,
): State | undefined {
  const found = refreshTokens.find(token);
  if (!found?.live || found.family.grant.clientId !== clientId) return undefined;
  const { userId, sessionId, scopes } = found.family.grant;
  if (!sessions.byId(sessionId)) return undefined;
  const exp = Math.floor(found.expiresAt / 1000);
  return { active: true, scope: scopes.join(' '), client_id: clientId, exp, sub: userId, iss: issuer, sid: sessionId };
}

/**
 * Reads access and ID tokens. A refresh token that is a JWT has our signature too, but only its family says whether it
 * is good.
 */
async function jwtState(
  environment: Environment,
  { clientId }: Application,
  token: string,
): Promise<State | undefined> {
  const access = await liveAccessToken(environment, token);
  if (access) {
    if (access['client_id'] !== clientId) return undefined;
    const { scope, exp, iat, sub, aud, iss, sid } = access;
    return { active: true, scope, client_id: clientId, token_type: 'Bearer', exp, iat, sub, aud, iss, sid };
  }
  const claims = await environment.keys.read(token, environment.now());
  const expired = (claims?.exp ?? 0) * 1000 <= environment.now();
  if (!claims || expired || claims.aud !== clientId) return undefined;
  if (!ownIssuers(environment).includes(claims.iss ?? '')) return undefined;
  const { exp, iat, sub, aud, iss, sid } = claims;
  return { active: true, client_id: clientId, exp, iat, sub, aud, iss, sid };
}
