import { applicationOf, type Environment } from '../environment.ts';
import type { Application } from '../seed/application.ts';
import type { CodeChallenge } from './authorization-code.ts';
import { readClientJwt } from './client-jwt.ts';
import { codeChallenge } from './code-challenge.ts';
import { repeatedParameter } from './parameters.ts';
import { redirectUriMatches } from './redirect-uri.ts';
import { failed, invalidRequest, isRefusal, type Refusal } from './refusal.ts';
import {
  defaultResponseMode,
  type ResponseMode,
  type ResponseType,
  responseModeOf,
  responseTypesOf,
} from './response-type.ts';
import { grantScopes, type ScopeGrant, scopesIn } from './scopes.ts';

/** Where the answer to an authorize request goes. */
export interface ReturnAddress {
  readonly redirectUri: string;
  readonly responseMode: ResponseMode;
  readonly state: string | undefined;
}

/** An authorize request that nothing is wrong with (docs/pingone.md, section 3). */
export interface AuthorizationRequest extends ReturnAddress {
  readonly application: Application;
  /** Whether the request had a `redirect_uri`, which the token request must then repeat. */
  readonly redirectUriGiven: boolean;
  readonly responseTypes: readonly ResponseType[];
  readonly granted: ScopeGrant;
  readonly nonce: string | undefined;
  readonly prompts: readonly string[];
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
  /** Of the sign-on policy that will be met. */
  readonly acr: string;
  readonly challenge: CodeChallenge | undefined;
}

export type ReadRequest =
  | { readonly kind: 'valid'; readonly request: AuthorizationRequest }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly returnTo: ReturnAddress }
  /** Nothing says where it could safely be answered: the person is told on a page. */
  | { readonly kind: 'unredirectable'; readonly message: string };

const policies = ['Single_Factor', 'Multi_Factor'];

export async function readAuthorizationRequest(environment: Environment, sent: URLSearchParams): Promise<ReadRequest> {
  const clientId = sent.get('client_id');
  const application = applicationOf(environment, clientId);
  if (!application) return { kind: 'unredirectable', message: 'The application is unknown or disabled' };
  const parameters = await assembled(environment, application, sent);
  if (!parameters)
    return { kind: 'unredirectable', message: 'The request object or request_uri is invalid or expired' };

  const { redirectUris } = application;
  const given = parameters.get('redirect_uri');
  const redirectUri = given ?? (redirectUris.length === 1 ? redirectUris[0] : undefined);
  const repeatedTarget = parameters.getAll('redirect_uri').length > 1 || sent.getAll('client_id').length > 1;
  if (redirectUri === undefined || repeatedTarget || !redirectUriMatches(redirectUris, redirectUri)) {
    return { kind: 'unredirectable', message: 'Redirect URI mismatch' };
  }
  const responseType = parameters.get('response_type');
  const responseTypes = responseTypesOf(application, responseType);
  const responseMode = responseModeOf(responseType, parameters.get('response_mode'));
  const returnTo: ReturnAddress = {
    redirectUri,
    responseMode: isRefusal(responseMode) ? defaultResponseMode(responseType) : responseMode,
    state: parameters.get('state') ?? undefined,
  };
  const refused = (refusal: Refusal): ReadRequest => ({ kind: 'refused', refusal, returnTo });

  const repeated = repeatedParameter(parameters);
  if (repeated) return refused(invalidRequest(`${repeated} must not be repeated`));
  if (isRefusal(responseTypes)) return refused(responseTypes);
  if (isRefusal(responseMode)) return refused(responseMode);
  if (application.parRequirement === 'REQUIRED' && !sent.has('request_uri')) {
    return refused(invalidRequest('The application requires a pushed authorization request'));
  }
  const prompts = scopesIn(parameters.get('prompt'));
  if (prompts.includes('none') && prompts.length > 1) return refused(invalidRequest('prompt none excludes all others'));
  const maxAge = parameters.get('max_age');
  if (maxAge !== null && !/^\d{1,10}$/.test(maxAge)) return refused(invalidRequest('max_age must be a number'));
  const nonce = parameters.get('nonce') ?? undefined;
  // OIDC Core, sections 3.2.2.1 and 3.3.2.11: an ID token that comes through the browser needs one.
  if (responseTypes.includes('id_token') && !nonce) return refused(invalidRequest('nonce is required'));
  const challenge = codeChallenge(application, responseTypes, parameters);
  if (challenge && isRefusal(challenge)) return refused(challenge);
  const granted = grantScopes(environment, application, scopesIn(parameters.get('scope')));
  if (isRefusal(granted)) return refused(granted);
  if (responseTypes.includes('id_token') && !granted.scopes.includes('openid')) {
    return refused(failed('invalid_scope', 'An ID token needs the scope openid'));
  }
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
    acr: scopesIn(parameters.get('acr_values')).find((name) => policies.includes(name)) ?? 'Single_Factor',
    challenge,
  };
  return { kind: 'valid', request };
}

/** The parameters themselves, or those that were pushed (RFC 9126) or signed (OIDC Core, section 6.1) in their place. */
async function assembled(environment: Environment, application: Application, sent: URLSearchParams) {
  const uri = sent.get('request_uri');
  if (uri !== null) return environment.pushedRequests.take(uri, application.clientId);
  const object = sent.get('request');
  if (object === null) return sent;
  const claims = await readClientJwt(application, object, environment.now());
  if (!claims || (claims['client_id'] ?? application.clientId) !== application.clientId) return undefined;
  const parameters = new URLSearchParams(sent);
  for (const [name, value] of Object.entries(claims)) parameters.set(name, String(value));
  return parameters;
}
