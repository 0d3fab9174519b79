import { type Environment, enabledApplication } from '../environment.ts';
import { repeatedParameter } from '../request.ts';
import type { Application } from '../seed/applications.ts';
import type { ResponseMode, ResponseType, ReturnAddress, ValidAuthorizationRequest } from '../sign-on/flow.ts';
import { type Advice, adviceFor } from '../sign-on/unregistered-uri.ts';
import { invalidRequest, isOAuthError, type OAuthError, requestFailed } from './oauth-error.ts';
import { readCodeChallenge } from './pkce.ts';
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

  const { redirectUris } = application;
  const given = parameters.get('redirect_uri');
  // Where no browser is sent anywhere, none has to be chosen (docs/pingone.md, section 3).
  const anyOne = redirectUris.length === 1 || parameters.get('response_mode') === 'pi.flow';
  const redirectUri = given ?? (anyOne ? redirectUris[0] : undefined);
  const repeatedTarget = parameters.getAll('redirect_uri').length > 1 || sent.getAll('client_id').length > 1;
  if (repeatedTarget) return { kind: 'unredirectable', message: 'Redirect URI mismatch' };
  if (redirectUri === undefined || !isRegistered(application, redirectUri)) {
    const advice = adviceFor({
      member: 'redirectUris',
      given: redirectUri,
      application: application.name,
      registered: redirectUris,
    });
    return { kind: 'unredirectable', message: 'Redirect URI mismatch', advice };
  }
  const responseType = parameters.get('response_type');
  const responseTypes = responseTypesOf(application, responseType);
  const responseMode = responseModeOf(responseType, parameters.get('response_mode'));
  const returnTo: ReturnAddress = {
    redirectUri,
    responseMode: isOAuthError(responseMode) ? defaultResponseMode(responseType) : responseMode,
    state: parameters.get('state') ?? undefined,
  };
  const refused = (refusal: OAuthError): ReadRequest => ({ kind: 'refused', refusal, returnTo });

  const repeated = repeatedParameter(parameters);
  if (repeated) return refused(invalidRequest(`${repeated} must not be repeated`));
  if (isOAuthError(responseTypes)) return refused(responseTypes);
  if (isOAuthError(responseMode)) return refused(responseMode);
  if (application.parRequirement === 'REQUIRED' && uri === null) {
    return refused(invalidRequest('The application requires a pushed authorization request'));
  }
  const prompts = spaceSeparated(parameters.get('prompt'));
  if (prompts.includes('none') && prompts.length > 1) return refused(invalidRequest('prompt none excludes all others'));
  const maxAge = parameters.get('max_age');
  if (maxAge !== null && !/^\d{1,10}$/.test(maxAge)) return refused(invalidRequest('max_age must be a number'));
  const nonce = parameters.get('nonce') ?? undefined;
  // An ID token that comes through the browser needs a nonce (OIDC Core, sections 3.2.2.1 and 3.3.2.11).
  if (responseTypes.includes('id_token') && !nonce) return refused(invalidRequest('nonce is required'));
  const challenge = responseTypes.includes('code') ? readCodeChallenge(application, parameters) : undefined;
  if (challenge && isOAuthError(challenge)) return refused(challenge);
  const granted = grantScopes(environment, application, spaceSeparated(parameters.get('scope')));
  if (isOAuthError(granted)) return refused(granted);
  if (responseTypes.includes('id_token') && !granted.scopes.includes('openid')) {
    return refused(requestFailed('invalid_scope', 'An ID token needs the scope openid'));
  }
  const acr = signOnPolicyOf(application, parameters.get('acr_values'));
  if (isOAuthError(acr)) return refused(acr);
  const request = {
    ...returnTo,
    application,
    redirectUriGiven: given !== null,
    responseTypes,
    granted,
    nonce,
    prompts,
    maxAgeSeconds: maxAge === null ? undefined : Number(maxAge),
    loginHint: parameters.get('login_hint') ?? undefined,
    acr,
    challenge,
    bytes: text.length,
  };
  return { kind: 'valid', request };
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
  const types = parameter.split(' ');
  const supported = types.every((type) => isEnabled(application, type)) && new Set(types).size === types.length;
  if (!supported) return requestFailed('unsupported_response_type', `Unsupported response type: ${parameter}`);
  return types as ResponseType[];
}

function isEnabled({ responseTypes, grantTypes }: Application, type: string): boolean {
  if (!Object.hasOwn(settingsNeeded, type)) return false;
  const { responseType, grantType } = settingsNeeded[type as ResponseType];
  return responseTypes.includes(responseType) && grantTypes.includes(grantType);
}

/** The settings of the application that each response type needs (docs/pingone.md, section 9). */
const settingsNeeded = {
  code: { responseType: 'CODE', grantType: 'AUTHORIZATION_CODE' },
  token: { responseType: 'TOKEN', grantType: 'IMPLICIT' },
  id_token: { responseType: 'ID_TOKEN', grantType: 'IMPLICIT' },
} as const;

/** Says where the answer goes; tokens never travel in a query (OAuth 2.0 Multiple Response Types, section 5). */
function responseModeOf(responseType: string | null, parameter: string | null): ResponseMode | OAuthError {
  const usual = defaultResponseMode(responseType);
  if (parameter === null) return usual;
  if (!responseModes.includes(parameter)) return invalidRequest(`Unsupported response mode: ${parameter}`);
  if (parameter === 'query' && usual === 'fragment') return invalidRequest('response_mode query cannot carry tokens');
  return parameter as ResponseMode;
}

const responseModes: readonly string[] = [
  'query',
  'fragment',
  'form_post',
  'pi.flow',
] satisfies readonly ResponseMode[];

/**
 * Where an answer goes unless the request says so, a refusal of a type that is not enabled too (RFC 6749, section
 * 4.2.2.1).
 */
function defaultResponseMode(responseType: string | null): 'query' | 'fragment' {
  return responseType?.split(' ').some((type) => type === 'token' || type === 'id_token') ? 'fragment' : 'query';
}

function isRegistered({ redirectUris, allowWildcardInRedirectUris }: Application, given: string): boolean {
  if (redirectUriMatches(redirectUris, given)) return true;
  return allowWildcardInRedirectUris && redirectUris.some((uri) => wildcardMatches(uri, given));
}

/**
 * Whether a redirect URI is one that a registered one stands for by its `*`, which is one at most, and in the path or the query
 * alone (docs/pingone.md, section 9). The host is therefore compared to the letter, its port too.
 */
export function wildcardMatches(registered: string, given: string): boolean {
  const [, start, end] = wildcard.exec(registered) ?? [];
  // Only what can stand in a header; without a fragment (RFC 6749, section 3.1.2).
  if (start === undefined || end === undefined || !/^[!"$-~]+$/.test(given) || !URL.canParse(given)) return false;
  return given.length >= start.length + end.length && given.startsWith(start) && given.endsWith(end);
}
const wildcard = /^([a-z][a-z\d+.-]*:\/\/[^/?#*]+[/?][^#*]*)\*([^#*]*)$/;

/**
 * Whether a redirect URI is registered: to the letter, but `localhost` and `127.0.0.1` match on any port, also where the
 * registered one names a port (docs/pingone.md, sections 9 and 14).
 */
export function redirectUriMatches(registered: readonly string[], given: string): boolean {
  if (given.includes('#') || !URL.canParse(given)) return false;
  return registered.some((uri) => uri === given || withoutLoopbackPort(uri) === withoutLoopbackPort(given));
}

function withoutLoopbackPort(uri: string): string {
  const [, host, , rest = ''] = loopback.exec(uri) ?? [];
  return host === undefined ? uri : host + rest;
}
/** Takes a loopback redirect URI apart: scheme and host, port, the rest. */
const loopback = /^(https?:\/\/(?:localhost|127\.0\.0\.1))(:\d{1,5})?([/?].*)?$/;
