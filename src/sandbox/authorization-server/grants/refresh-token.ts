import { invalidGrant, invalidRequest, invalidScope } from '../refusal.ts';
import { scopesIn } from '../scopes.ts';
import type { Grant } from '../token.ts';
import { userTokens } from '../token-response.ts';

const dead = 'The refresh token is invalid, has expired or was revoked';

/** Rotates at every use, and dies with the sign-on session (pingone-api.md §4.3). */
export const refreshToken: Grant = async (environment, application, form) => {
  const value = form.get('refresh_token');
  if (!value) return invalidRequest('refresh_token is required');
  const before = environment.refreshFamilies.find(value);
  const asked = scopesIn(form.get('scope'));
  // Refused before the token is used up: nothing is lost by asking for too much.
  if (before && asked.some((scope) => !before.family.grant.scopes.includes(scope))) {
    return invalidScope('May not request scopes beyond those originally granted');
  }
  const family = environment.refreshFamilies.rotate(value, application);
  const session = family && environment.sessions.byId(family.grant.sessionId);
  if (!family || !session) return invalidGrant(dead);
  if (!environment.directory.find(family.grant.userId)?.enabled) return invalidGrant(dead);
  session.activeAt = environment.now();
  const { nonce: _sentOnce, ...grant } = family.grant;
  const scopes = asked.length > 0 ? asked : grant.scopes;
  return userTokens(environment, application, { ...grant, scopes, nonce: undefined }, family);
};
