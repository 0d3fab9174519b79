import type { JWTPayload } from 'jose';
import { liveAccessToken } from '../access-token.ts';
import { type Environment, ownIssuers } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import type { Application } from '../seed/applications.ts';
import type { CustomResource } from '../seed.ts';
import { authenticateClient, basicCredentials } from './client-authentication.ts';
import { invalidRequest, isOAuthError, oauthErrorResponse } from './oauth-error.ts';

/**
 * Answers `POST {A}/introspect` (RFC 7662). An application learns of its own tokens only, and an API of the customer of the
 * access tokens that are for it (docs/pingone.md, sections 10 and 14).
 */
export async function introspectEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const asker = authenticatedResource(environment, request) ?? (await authenticateClient(environment, request));
  if (isOAuthError(asker)) return oauthErrorResponse(asker, request);
  const token = request.form().get('token');
  if (!token) return oauthErrorResponse(invalidRequest('token is required'), request);
  const found =
    'audience' in asker
      ? await stateForResource(environment, asker, token)
      : await stateForApplication(environment, asker, token);
  return json(200, found ?? { active: false });
}

/** Finds the API whose ID and secret these are, by Basic or in the body. */
function authenticatedResource({ seed }: Environment, request: SandboxRequest): CustomResource | undefined {
  const form = request.form();
  const { clientId, secrets } = basicCredentials(request.headers.authorization) ?? {
    clientId: form.get('client_id'),
    secrets: [form.get('client_secret')],
  };
  return seed.customResources.find(({ id, secret }) => secret && id === clientId && secrets.includes(secret));
}

async function stateForResource(
  environment: Environment,
  { audience }: CustomResource,
  token: string,
): Promise<State | undefined> {
  const access = await liveAccessToken(environment, token);
  return access && [access.aud ?? []].flat().includes(audience) ? accessState(access) : undefined;
}

async function stateForApplication(environment: Environment, application: Application, token: string) {
  return refreshState(environment, application, token) ?? (await jwtState(environment, application, token));
}

function accessState({ client_id, scope, exp, iat, sub, aud, iss, sid }: JWTPayload): State {
  return { active: true, scope, client_id, token_type: 'Bearer', exp, iat, sub, aud, iss, sid };
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
  if (access) return access['client_id'] === clientId ? accessState(access) : undefined;
  const claims = await environment.keys.read(token, environment.now());
  const expired = (claims?.exp ?? 0) * 1000 <= environment.now();
  if (!claims || expired || claims.aud !== clientId) return undefined;
  if (!ownIssuers(environment).includes(claims.iss ?? '')) return undefined;
  const { exp, iat, sub, aud, iss, sid } = claims;
  return { active: true, client_id: clientId, exp, iat, sub, aud, iss, sid };
}
