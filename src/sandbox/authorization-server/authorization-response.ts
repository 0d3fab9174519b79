import { createHash, randomBytes } from 'node:crypto';
import type { Environment } from '../environment.ts';
import { platformError } from '../platform-error.ts';
import type { SandboxRequest } from '../request.ts';
import { redirect, type SandboxResponse } from '../response.ts';
import type { ReturnAddress, ValidAuthorizationRequest } from '../sign-on/flow.ts';
import { formPostPage } from '../sign-on/page.ts';
import type { SignOnSession } from '../sign-on-session.ts';
import { idToken, userAccessToken } from './issued-tokens.ts';
import { describeError, type OAuthError } from './oauth-error.ts';
import { signOnGrant } from './sign-on-grant.ts';

/** Gives what a completed sign-on gives: a code, tokens, or both (docs/pingone.md, sections 3 and 4.7). */
export async function authorizationResponse(
  environment: Environment,
  request: ValidAuthorizationRequest,
  session: SignOnSession,
): Promise<ResponseParameters> {
  const grant = signOnGrant(environment, request, session);
  const issuedAt = environment.now();
  const { redirectUri, redirectUriGiven, responseTypes, challenge } = request;
  const code = responseTypes.includes('code')
    ? environment.authorizationCodes.issue(
        { grant, redirectUri: redirectUriGiven ? redirectUri : undefined, challenge },
        request.bytes,
      )
    : undefined;
  const accessToken = responseTypes.includes('token') ? await userAccessToken(environment, grant, issuedAt) : undefined;
  return {
    code,
    access_token: accessToken,
    token_type: accessToken && 'Bearer',
    expires_in: accessToken && String(grant.accessTokenSeconds),
    scope: accessToken && grant.scopes.join(' '),
    id_token: responseTypes.includes('id_token')
      ? await idToken(environment, grant, issuedAt, { accessToken, code })
      : undefined,
    session_state: request.application.opSessionCheckEnabled ? sessionState(request, session) : undefined,
  };
}

/** Says in which state the browser's session is, for this application alone (OpenID Connect Session Management, section 3). */
function sessionState({ application, redirectUri }: ValidAuthorizationRequest, { id }: SignOnSession): string {
  const salt = randomBytes(8).toString('hex');
  const { origin } = new URL(redirectUri);
  const hash = createHash('sha256').update(`${application.clientId} ${origin} ${id} ${salt}`).digest('hex');
  return `${hash}.${salt}`;
}

/** The parameters of an answer by name; those that are `undefined` are not in it. */
type ResponseParameters = Readonly<Record<string, string | undefined>>;

/** Sends an answer back to the application in the way that the request chose, where that is by the browser. */
export function sendBack({ redirectUri, responseMode, state }: ByBrowser, answer: ResponseParameters): SandboxResponse {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...answer, state }))
    if (value !== undefined) parameters.set(name, value);
  switch (responseMode) {
    case 'query':
      return redirect(redirectUri + (redirectUri.includes('?') ? '&' : '?') + parameters);
    case 'fragment':
      return redirect(`${redirectUri}#${parameters}`);
    case 'form_post':
      return formPostPage(redirectUri, parameters);
    default:
      return responseMode satisfies never;
  }
}

type ByBrowser = ReturnAddress & { readonly responseMode: Exclude<ReturnAddress['responseMode'], 'pi.flow'> };

/** Refuses the request; where there is no browser to send on, in the platform's grammar (docs/pingone.md, section 3). */
export function sendErrorBack(returnTo: ReturnAddress, error: OAuthError, request: SandboxRequest): SandboxResponse {
  const description = describeError(error, request.correlationId);
  if (!isByBrowser(returnTo)) {
    return platformError(request, 'requestFailed', [{ code: error.error.toUpperCase(), message: description }]);
  }
  const { notice } = error;
  return { ...sendBack(returnTo, { error: error.error, error_description: description }), notice };
}

export function isByBrowser<T extends ReturnAddress>(returnTo: T): returnTo is T & ByBrowser {
  return returnTo.responseMode !== 'pi.flow';
}
