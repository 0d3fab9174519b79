import type { Environment } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import { json, redirect, type SandboxResponse } from '../response.ts';
import type { AuthorizationRequest, ReturnAddress } from '../sign-on/flow.ts';
import { formPostPage } from '../sign-on/page.ts';
import type { SignOnSession } from '../sign-on-session.ts';
import type { UserGrant } from './issued.ts';
import { describe, type Refusal } from './refusal.ts';
import { scopesForExternalUser } from './scopes.ts';
import { idToken, userAccessToken } from './tokens.ts';

/** Gives what a completed sign-on gives: a code, tokens, or both (docs/pingone.md, sections 3 and 4.7). */
export async function authorizationResponse(
  environment: Environment,
  request: AuthorizationRequest,
  session: SignOnSession,
): Promise<Readonly<Record<string, string>>> {
  const grant = userGrant(environment, request, session);
  const { redirectUri, redirectUriGiven, responseTypes, challenge } = request;
  const code = responseTypes.includes('code')
    ? environment.codes.issue({ grant, redirectUri: redirectUriGiven ? redirectUri : undefined, challenge })
    : undefined;
  const accessToken = responseTypes.includes('token') ? await userAccessToken(environment, grant) : undefined;
  const hashed = { ...(accessToken ? { accessToken } : {}), ...(code ? { code } : {}) };
  return {
    ...(code ? { code } : {}),
    ...(accessToken
      ? {
          access_token: accessToken,
          token_type: 'Bearer',
          expires_in: String(grant.accessTokenSeconds),
          scope: grant.scopes.join(' '),
        }
      : {}),
    ...(responseTypes.includes('id_token') ? { id_token: await idToken(environment, grant, hashed) } : {}),
  };
}

/** Brings an answer back to the application in the way that the request chose. */
export function answerBack(
  { redirectUri, responseMode, state }: ReturnAddress,
  answer: Readonly<Record<string, string>>,
): SandboxResponse {
  const parameters = new URLSearchParams({ ...answer, ...(state === undefined ? {} : { state }) });
  switch (responseMode) {
    case 'query':
      return redirect(redirectUri + (redirectUri.includes('?') ? '&' : '?') + parameters);
    case 'fragment':
      return redirect(`${redirectUri}#${parameters}`);
    case 'form_post':
      return formPostPage(redirectUri, parameters);
    case 'pi.flow':
      return json(parameters.has('error') ? 400 : 200, Object.fromEntries(parameters));
    default:
      return responseMode satisfies never;
  }
}

export function answerRefused(
  returnTo: ReturnAddress,
  refusal: Refusal,
  { correlationId }: SandboxRequest,
): SandboxResponse {
  return answerBack(returnTo, { error: refusal.error, error_description: describe(refusal, correlationId) });
}

/** The grant of the user who is signed on in the session. */
export function userGrant(
  environment: Environment,
  request: Pick<AuthorizationRequest, 'application' | 'granted' | 'nonce'>,
  session: SignOnSession,
): UserGrant {
  const { user } = session;
  if (!user) throw new Error(`Nobody is signed on in the sandbox's session ${session.id}.`);
  const { granted, application, nonce } = request;
  const external = environment.directory.find(user.userId)?.identityProvider !== undefined;
  return {
    clientId: application.clientId,
    userId: user.userId,
    sessionId: session.id,
    ...granted,
    scopes: external ? scopesForExternalUser(granted.scopes) : granted.scopes,
    authenticatedAt: user.authenticatedAt,
    acr: user.acr,
    amr: user.amr,
    nonce,
  };
}
