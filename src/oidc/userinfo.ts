import { ClientError, fetchUserInfo, skipSubjectCheck, type UserInfoResponse } from 'openid-client';
import { Failure } from '../errors.ts';
import { ping14c, wording } from '../wording.ts';
import type { AuthorizationServerClient } from './client.ts';
import { authFailure, inWords } from './failures.ts';

/** What userinfo says of an access token. */
type UserinfoAnswer =
  | { readonly kind: 'claims'; readonly claims: Readonly<UserInfoResponse> }
  /** The access token is not accepted, or no longer. */
  | { readonly kind: 'tokenRefused'; readonly failure: Failure };

/**
 * The user's claims (OpenID Connect Core, section 5.3).
 *
 * @param subject of the verified ID token: an answer about anybody else is refused whole (docs/security.md, rule 5)
 * @throws Failure for every other outcome than these two
 */
export async function userinfo(
  server: AuthorizationServerClient,
  { accessToken, subject }: { readonly accessToken: string; readonly subject: string },
): Promise<UserinfoAnswer> {
  try {
    return { kind: 'claims', claims: await fetchUserInfo(server.configuration, accessToken, subject) };
  } catch (error) {
    if (isAboutSomebodyElse(error)) {
      throw new Failure('failed', 'The userinfo answer is about another user; none of it is shown.', {
        code: 'subject_mismatch',
        hint: wording`Sign in again with ${ping14c('login')}.`,
        cause: error,
      });
    }
    const failure = await authFailure(error, { ...server, step: 'userinfo' });
    if (failure instanceof Failure && failure.kind === 'signInNeeded') return { kind: 'tokenRefused', failure };
    throw failure;
  }
}

/**
 * Tells by userinfo alone whose access token this is, where no ID token came with it. That is good enough to call somebody
 * by name, and not to change anything of theirs (docs/security.md, rule 28).
 */
export async function whoHolds(
  server: AuthorizationServerClient,
  accessToken: string,
): Promise<Readonly<UserInfoResponse>> {
  return inWords(fetchUserInfo(server.configuration, accessToken, skipSubjectCheck), server, 'userinfo');
}

/** Of a userinfo answer the library compares `sub` and nothing else. */
function isAboutSomebodyElse(error: unknown): boolean {
  return error instanceof ClientError && error.code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED';
}
