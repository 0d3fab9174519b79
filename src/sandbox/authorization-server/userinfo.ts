import { verifyAccessToken } from '../access-token.ts';
import type { Environment } from '../environment.ts';
import { permissionRefused, tokenRefused } from '../platform-error.ts';
import type { SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import { userClaims } from './user-claims.ts';

/**
 * Answers `GET` or `POST {A}/userinfo`: takes a user's token with `openid`, and refuses in the platform's grammar
 * (docs/pingone.md, section 5).
 */
export async function userinfoEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const access = await verifyAccessToken(environment, request.headers.authorization);
  if (access.kind === 'refused') return tokenRefused(request, access.why);
  const { sub, scopes } = access.grant;
  if (!sub || !scopes.includes('openid')) return permissionRefused(request, 'it takes a user’s token with openid');
  const user = environment.directory.find(sub);
  if (!user?.enabled) return tokenRefused(request, 'its user is disabled');
  const { id, organizationId, region } = environment.seed.environment;
  return json(200, {
    sub: user.id,
    ...userClaims(environment, user.id, scopes),
    env: id,
    org: organizationId,
    'p1.region': region,
  });
}
