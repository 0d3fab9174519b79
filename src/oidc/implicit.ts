import { Failure } from '../errors.ts';
import { oauthError } from '../pingone/errors.ts';
import type { Runtime } from '../runtime.ts';
import { presentParameters } from './authorization-request.ts';
import type { BrowserFlow } from './browser-flow.ts';
import type { AuthorizationServerClient } from './client.ts';
import type { ImplicitResponseType } from './client-settings.ts';
import { refusalFailure } from './failures.ts';
import { verifyIdToken } from './id-token.ts';
import type { AuthorizationRequest } from './protocol-events.ts';
import { accessTokenIn, endOf, type TokenSet } from './token-set.ts';
import type { UserGrant } from './user-grant.ts';
import { whoHolds } from './userinfo.ts';

/**
 * The implicit grant (RFC 6749, section 4.2; OpenID Connect Core, section 3.2), kept for applications that have nothing
 * else: tokens pass through the browser (RFC 9700, section 2.1.2). There is no refresh token.
 *
 * @param post whether the server is to post its answer; else it comes in the fragment, which can also be pasted
 */
export function implicit(responseType: ImplicitResponseType, post: boolean): BrowserFlow {
  return {
    parameters: presentParameters({ response_type: responseType, response_mode: post ? 'form_post' : undefined }),
    responseMode: post ? 'form_post' : 'fragment',
    redeem: (server, callback, request, runtime) =>
      accepted(server, answerIn(callback), { responseType, request }, runtime),
  };
}

/** Whether the server's metadata offers to post the answer. */
export function postsAnswers({ configuration }: AuthorizationServerClient): boolean {
  return configuration.serverMetadata().response_modes_supported?.includes('form_post') ?? false;
}

/** In the fragment, where the listener also puts what was posted; an error may come in the query. */
function answerIn({ hash, search }: URL): URLSearchParams {
  return new URLSearchParams(hash === '' ? search : hash.slice(1));
}

/**
 * Checks, in this order, that the answer is to our request, that it holds what was asked for, that the ID token is valid,
 * and that the access token belongs to it. openid-client ignores the access token, and takes no answer without an ID token.
 */
async function accepted(
  server: AuthorizationServerClient,
  answer: URLSearchParams,
  { responseType, request }: { readonly responseType: ImplicitResponseType; readonly request: AuthorizationRequest },
  runtime: Runtime,
): Promise<UserGrant> {
  refuseOtherAnswers(server, answer, request.state);
  if (responseType === 'token') {
    const tokens = bearerTokenIn(answer, runtime.now());
    return { tokens, claims: await whoHolds(server, tokens.accessToken) };
  }
  const idToken = requiredIn(answer, 'id_token');
  const token = responseType === 'id_token' ? undefined : bearerTokenIn(answer, runtime.now());
  const { nonce, maxAge } = request;
  const expected = { nonce, maxAge, accessToken: token?.accessToken, throughBrowser: true } as const;
  const claims = await verifyIdToken(server, idToken, expected, runtime);
  // Without an access token nothing can be asked for in the person's name; the session ends with its ID token.
  const tokens = token ?? { accessToken: '', expiresAt: endOf(claims.exp, runtime.now()) };
  return { tokens: { ...tokens, idToken }, claims };
}

/** State, `iss` where it is given (RFC 9207, section 2.4), and the server's own refusal (RFC 6749, section 4.2.2.1). */
function refuseOtherAnswers(server: AuthorizationServerClient, answer: URLSearchParams, state: string): void {
  if (answer.get('state') !== state) throw answerNotValid('it is for another sign-in (state)');
  if ((answer.get('iss') ?? server.settings.issuer) !== server.settings.issuer) {
    throw answerNotValid('it comes from another authorization server (iss)');
  }
  const code = answer.get('error');
  if (code === null) return;
  const error = oauthError(code, answer.get('error_description') ?? undefined);
  throw refusalFailure(error, { ...server, step: 'sign-in' });
}

function bearerTokenIn(answer: URLSearchParams, now: number): TokenSet {
  const accessToken = requiredIn(answer, 'access_token');
  const tokens = accessTokenIn(
    {
      access_token: accessToken,
      expires_in: answer.get('expires_in'),
      scope: answer.get('scope') ?? undefined,
    },
    now,
  );
  if (requiredIn(answer, 'token_type').toLowerCase() !== 'bearer')
    throw answerNotValid('it is of another kind (token_type)');
  return tokens;
}

function requiredIn(answer: URLSearchParams, name: string): string {
  const value = answer.get(name);
  if (value) return value;
  throw answerNotValid(`it lacks what was asked for (${name})`);
}

function answerNotValid(reason: string): Failure {
  return new Failure('failed', `The answer that the browser brought is not valid: ${reason}.`, {
    code: 'answer_not_valid',
    hint: 'Nothing was kept. If it happens again, tell your administrator.',
  });
}
