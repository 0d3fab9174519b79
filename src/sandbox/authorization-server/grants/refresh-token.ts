import { invalidGrant, invalidRequest, invalidScope } from '../refusal.ts';
import { scopesIn } from '../scopes.ts';
import type { Grant } from '../token.ts';
import { userTokens } from '../token-response.ts';

const dead = 'The refresh token is invalid, has expired or was revoked';

/** A refresh token rotates at every use, and dies with the sign-on session (docs/pingone.md, section 4.3). */
export const refreshToken: Grant = async (environment, application, form) => {
  const value = form.get('refresh_token');
  if (!value) return invalidRequest('refresh_token is required');
  const asked = scopesIn(form.get('scope'));
  const before = environment.refreshFamilies.find(value)?.family.grant.scopes;
  // As at authorize: many clients repeat what they once asked for. Refused before the token is used up.
  if (before && asked.length > 0 && !before.some((scope) => asked.includes(scope))) {
    return invalidScope('At least one scope must be granted');
  }
  const family = environment.refreshFamilies.rotate(value, application);
  const session = family && environment.sessions.byId(family.grant.sessionId);
  if (!family || !session) return invalidGrant(dead);
  if (!environment.directory.find(family.grant.userId)?.enabled) return invalidGrant(dead);
  session.activeAt = environment.now();
  const { nonce: _sentOnce, ...grant } = family.grant;
  const scopes = asked.length > 0 ? grant.scopes.filter((scope) => asked.includes(scope)) : grant.scopes;
  return userTokens(environment, application, { ...grant, scopes, nonce: undefined }, family);
};
