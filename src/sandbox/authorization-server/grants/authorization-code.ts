import { createHash } from 'node:crypto';
import type { CodeChallenge } from '../authorization-code.ts';
import { invalidGrant, invalidRequest } from '../refusal.ts';
import type { Grant } from '../token.ts';
import { mayRefresh, userTokens } from '../token-response.ts';

/** Exchanges a code for tokens (RFC 6749, section 4.1.3; RFC 7636, section 4.6). */
export const authorizationCode: Grant = async (environment, application, form) => {
  const value = form.get('code');
  if (!value) return invalidRequest('code is required');
  const redemption = environment.codes.redeem(value);
  if (redemption.kind === 'reused') environment.refreshFamilies.revokeByCode(value);
  if (redemption.kind !== 'redeemed' || redemption.grant.clientId !== application.clientId) {
    return invalidGrant('The authorization code is invalid, has expired or was already used');
  }
  if (redemption.redirectUri !== undefined && form.get('redirect_uri') !== redemption.redirectUri) {
    return invalidGrant('Redirect URI mismatch');
  }
  if (!verifierFits(redemption.challenge, form.get('code_verifier'))) {
    return invalidGrant('The code verifier does not match the code challenge');
  }
  const { grant } = redemption;
  const family = mayRefresh(application, grant.scopes)
    ? environment.refreshFamilies.begin(grant, application, value)
    : undefined;
  return userTokens(environment, application, grant, family);
};

/** A verifier without a challenge is refused too: it means that the challenge was stripped (RFC 9700, section 2.1.1). */
export function verifierFits(challenge: CodeChallenge | undefined, verifier: string | null): boolean {
  if (!challenge) return verifier === null;
  if (verifier === null || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  if (challenge.method === 'plain') return verifier === challenge.value;
  return createHash('sha256').update(verifier).digest('base64url') === challenge.value;
}
