import type { Environment } from '../environment.ts';
import { json, type SandboxResponse } from '../exchange.ts';
import type { Application } from '../seed/application.ts';
import type { RefreshFamily } from './refresh-family.ts';
import { idToken, refreshToken, userAccessToken } from './tokens.ts';
import type { UserGrant } from './user-grant.ts';

/** A token endpoint's answer for a user (docs/pingone.md, section 4.2). */
export async function userTokens(
  environment: Environment,
  application: Application,
  grant: UserGrant,
  family: RefreshFamily | undefined,
): Promise<SandboxResponse> {
  const accessToken = await userAccessToken(environment, grant);
  return json(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: grant.accessTokenSeconds,
    scope: grant.scopes.join(' '),
    ...(family ? { refresh_token: await refreshToken(environment, application, family) } : {}),
    ...(grant.scopes.includes('openid') ? { id_token: await idToken(environment, grant, { accessToken }) } : {}),
  });
}

/**
 * Who gets a refresh token (docs/pingone.md, section 4.3): always, unless `offline_access` is granted and then must be
 * asked for.
 */
export function mayRefresh({ grantTypes, scopes }: Application, granted: readonly string[]): boolean {
  const asked = granted.includes('offline_access');
  if (!grantTypes.includes('REFRESH_TOKEN')) return asked && grantTypes.includes('AUTHORIZATION_CODE');
  return asked || !scopes.openid.includes('offline_access');
}
