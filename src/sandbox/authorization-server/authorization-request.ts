import { type Environment, enabledApplication } from '../environment.ts';
import { repeatedParameter } from '../request.ts';
import type { Application } from '../seed/applications.ts';
import type { ResponseMode, ResponseType, ReturnAddress, ValidAuthorizationRequest } from '../sign-on/flow.ts';
import { type Advice, adviceFor } from '../sign-on/unregistered-uri.ts';
import { invalidRequest, isOAuthError, type OAuthError, requestFailed } from './oauth-error.ts';
import { readCodeChallenge } from './pkce.ts';
import { isRegistered } from './registered-redirect-uri.ts';
import { openRequestObject } from './request-object.ts';
import { grantScopes, spaceSeparated } from './scopes.ts';

/** Checks the parameters of `authorize` and `par` (docs/pingone.md, section 3), and says where a refusal can go. */
export async function readAuthorizationRequest(environment: Environment, sent: URLSearchParams): Promise<ReadRequest> {
  const clientId = sent.get('client_id');
  const application = enabledApplication(environment, clientId);
  if (!application) return unanswerable(environment, clientId);
  const uri = sent.get('request_uri');
  if (application.requireSignedRequestObject && uri === null && !sent.has('request')) {
    return { kind: 'unredirectable', message: requestRequired, target: 'request' };
  }
  // What was pushed (RFC 9126) had its request object opened at that time.
  const opened =
    uri === null
      ? await openRequestObject(environment, application, sent)
      : environment.pushedRequests.take(uri, application.clientId);
  if (!opened) return { kind: 'unredirectable', message: 'The request object or request_uri is invalid or expired' };
  // Read anew from their own text, so that what a flow keeps of them holds no more than that: see `ForgetfulMap`.
  const text = opened.toString();
  const parameters = new URLSearchParams(text);

  // Where an answer would go must be said once, and by one client.
  const isSaidTwice = parameters.getAll('redirect_uri').length > 1 || sent.getAll('client_id').length > 1;
  if (isSaidTwice) return { kind: 'unredirectable', message: 'Redirect URI mismatch' };
  const redirectUri = redirectUriFor(application, parameters);
  if (redirectUri === undefined || !isRegistered(application, redirectUri)) {
    return unregistered(application, redirectUri);
  }
  const returnTo = returnAddress(redirectUri, parameters);
  const wishes = wishesIn(environment, application, parameters);
  if (isOAuthError(wishes)) return { kind: 'refused', refusal: wishes, returnTo };
  if (application.parRequirement === 'REQUIRED' && uri === null) {
    const refusal = invalidRequest('The application requires a pushed authorization request');
    return { kind: 'refused', refusal, returnTo };
  }
  const redirectUriGiven = parameters.has('redirect_uri');
  return { kind: 'valid', request: { ...wishes, ...returnTo, application, redirectUriGiven, bytes: text.length } };
}

/** What is asked for, whoever asks and wherever the answer goes. */
type Wishes = Omit<ValidAuthorizationRequest, keyof ReturnAddress | 'application' | 'redirectUriGiven' | 'bytes'>;

function wishesIn(
  environment: Environment,
  application: Application,
  parameters: URLSearchParams,
): Wishes | OAuthError {
  const repeated = repeatedParameter(parameters);
  if (repeated) return invalidRequest(`${repeated} must not be repeated`);
  const responseTypes = responseTypesOf(application, parameters.get('response_type'));
  if (isOAuthError(responseTypes)) return responseTypes;
  const responseMode = responseModeOf(parameters);
  if (isOAuthError(responseMode)) return responseMode;
  const prompts = spaceSeparated(parameters.get('prompt'));
  if (prompts.includes('none') && prompts.length > 1) return invalidRequest('prompt none excludes all others');
  const maxAge = parameters.get('max_age');
  if (maxAge !== null && !/^\d{1,10}$/.test(maxAge)) return invalidRequest('max_age must be a number');
  const nonce = parameters.get('nonce') ?? undefined;
  // An ID token that comes through the browser needs a nonce (OIDC Core, sections 3.2.2.1 and 3.3.2.11).
  if (responseTypes.includes('id_token') && !nonce) return invalidRequest('nonce is required');
  const challenge = responseTypes.includes('code') ? readCodeChallenge(application, parameters) : undefined;
  if (challenge && isOAuthError(challenge)) return challenge;
  const granted = grantScopes(environment, application, spaceSeparated(parameters.get('scope')));
  if (isOAuthError(granted)) return granted;
  if (responseTypes.includes('id_token') && !granted.scopes.includes('openid')) {
    return requestFailed('invalid_scope', 'An ID token needs the scope openid');
  }
  const acr = signOnPolicyOf(application, parameters.get('acr_values'));
  if (isOAuthError(acr)) return acr;
  const maxAgeSeconds = maxAge === null ? undefined : Number(maxAge);
  const loginHint = parameters.get('login_hint') ?? undefined;
  return { responseTypes, granted, nonce, prompts, maxAgeSeconds, loginHint, acr, challenge };
}

/** The address that was sent; where none was, the only one. */
function redirectUriFor({ redirectUris }: Application, parameters: URLSearchParams): string | undefined {
  // Where no browser is sent anywhere, none has to be chosen (docs/pingone.md, section 3).
  const anyOne = redirectUris.length === 1 || parameters.get('response_mode') === 'pi.flow';
  return parameters.get('redirect_uri') ?? (anyOne ? redirectUris[0] : undefined);
}

function unregistered({ name, redirectUris }: Application, given: string | undefined): Unanswerable {
  const advice = adviceFor({ member: 'redirectUris', given, application: name, registered: redirectUris });
  return { kind: 'unredirectable', message: 'Redirect URI mismatch', advice };
}

/** Where the answer goes; a mode that cannot be is no reason not to be told so. */
function returnAddress(redirectUri: string, parameters: URLSearchParams): ReturnAddress {
  const mode = responseModeOf(parameters);
  const responseMode = isOAuthError(mode) ? defaultResponseMode(parameters) : mode;
  return { redirectUri, responseMode, state: parameters.get('state') ?? undefined };
}

/** PingOne's words where a signed request object is missing (docs/pingone.md, section 2). */
export const requestRequired = 'The "request" must be supplied when requireSignedRequestObject is on.';

type ReadRequest =
  | { readonly kind: 'valid'; readonly request: ValidAuthorizationRequest }
  | { readonly kind: 'refused'; readonly refusal: OAuthError; readonly returnTo: ReturnAddress }
  /** Nothing says where an answer could safely go: the person is told on a page. */
  | Unanswerable;

type Unanswerable =
  | {
      readonly kind: 'unredirectable';
      readonly message: string;
      readonly advice?: Advice;
      /** The parameter at fault, where PingOne names it. */
      readonly target?: string;
    }
  /** PingOne has no application of that client ID. */
  | { readonly kind: 'notFound'; readonly clientId: string };

/** Says why there is nobody to be told (docs/pingone.md, sections 3 and 14). */
function unanswerable({ seed }: Environment, clientId: string | null): Unanswerable {
  if (!clientId) return { kind: 'unredirectable', message: 'client_id is required' };
  const isDisabled = seed.applications.some((application) => application.clientId === clientId);
  return isDisabled
    ? { kind: 'unredirectable', message: 'The application is disabled' }
    : { kind: 'notFound', clientId };
}

/**
 * Finds the sign-on policy to be met, whose name `acr` will say: the first of those asked for that the application has
 * (docs/pingone.md, sections 3 and 5).
 */
function signOnPolicyOf({ signOnPolicies }: Application, acrValues: string | null): string | OAuthError {
  const asked = spaceSeparated(acrValues);
  const [policy] =
    asked.length > 0 ? asked.flatMap((name) => signOnPolicies.filter((own) => own === name)) : signOnPolicies;
  return policy ?? invalidRequest('Invalid sign-on policy provided in acr_values parameter');
}

/** Reads the parts of `response_type`; their order does not matter (OAuth 2.0 Multiple Response Types, section 3). */
function responseTypesOf(application: Application, parameter: string | null): readonly ResponseType[] | OAuthError {
  if (!parameter) return invalidRequest('response_type is required');
  const asked = parameter.split(' ');
  const types = asked.filter(isResponseType).filter((type) => isEnabled(application, type));
  if (types.length === asked.length && new Set(types).size === types.length) return types;
  return requestFailed('unsupported_response_type', `Unsupported response type: ${parameter}`);
}

function isResponseType(type: string): type is ResponseType {
  return Object.hasOwn(settingsNeeded, type);
}

function isEnabled({ responseTypes, grantTypes }: Application, type: ResponseType): boolean {
  const { responseType, grantType } = settingsNeeded[type];
  return responseTypes.includes(responseType) && grantTypes.includes(grantType);
}

/** The settings of the application that each response type needs (docs/pingone.md, section 9). */
const settingsNeeded = {
  code: { responseType: 'CODE', grantType: 'AUTHORIZATION_CODE' },
  token: { responseType: 'TOKEN', grantType: 'IMPLICIT' },
  id_token: { responseType: 'ID_TOKEN', grantType: 'IMPLICIT' },
} as const;

/** Says where the answer goes; tokens never travel in a query (OAuth 2.0 Multiple Response Types, section 5). */
function responseModeOf(parameters: URLSearchParams): ResponseMode | OAuthError {
  const usual = defaultResponseMode(parameters);
  const parameter = parameters.get('response_mode');
  if (parameter === null) return usual;
  const mode = responseModes.find((one) => one === parameter);
  if (!mode) return invalidRequest(`Unsupported response mode: ${parameter}`);
  return mode === 'query' && usual === 'fragment' ? invalidRequest('response_mode query cannot carry tokens') : mode;
}

const responseModes: readonly ResponseMode[] = ['query', 'fragment', 'form_post', 'pi.flow'];

/**
 * Where an answer goes unless the request says so, a refusal of a type that is not enabled too (RFC 6749, section
 * 4.2.2.1).
 */
function defaultResponseMode(parameters: URLSearchParams): 'query' | 'fragment' {
  const types = spaceSeparated(parameters.get('response_type'));
  return types.some((type) => type === 'token' || type === 'id_token') ? 'fragment' : 'query';
}
