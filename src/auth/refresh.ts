import { refreshTokenGrant } from 'openid-client';
import { Failure } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { AuthorizationServerClient } from './client.ts';
import { authFailure } from './failures.ts';
import { prepareKeys, verifyIdToken } from './id-token.ts';
import { tokenSetOf } from './token-answer.ts';
import type { TokenSet } from './token-set.ts';

/**
 * Fresh tokens for the user who is signed in, and for nobody else (RFC 6749, section 6; OpenID Connect Core, section 12.2).
 *
 * @returns what the server gave: an absent refresh or ID token means that the old one stays
 * @throws Failure `signInNeeded` when the refresh token is dead or the answer names another user, `unreachable` when
 *   nothing is known.
 */
export async function refresh(
  client: AuthorizationServerClient,
  { refreshToken, subject }: { readonly refreshToken: string; readonly subject: string },
  runtime: Runtime,
): Promise<TokenSet> {
  // The keys come first: if they could not be had once the refresh token is spent, the session would be lost.
  await prepareKeys(client);
  try {
    const answer = await refreshTokenGrant(client.configuration, refreshToken);
    if (answer.id_token) await verifyIdToken(client, answer.id_token, { subject }, runtime);
    return tokenSetOf(answer, runtime.now());
  } catch (error) {
    const failure = await authFailure(error, { ...client, step: 'refresh' });
    throw failure instanceof Failure && failure.code === 'id_token_not_valid' ? changedUser(failure) : failure;
  }
}

/** A session never changes its user or issuer silently: it ends (docs/security.md, rule 5). */
function changedUser(cause: Failure): Failure {
  return new Failure('signInNeeded', `The refreshed session cannot be trusted and is not used. ${cause.message}`, {
    code: cause.code,
    hint: 'Run "ping14c login".',
    cause,
  });
}
