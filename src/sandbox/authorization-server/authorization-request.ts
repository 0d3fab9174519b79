import { applicationOf, type Environment } from '../environment.ts';
import { repeatedParameter } from '../request.ts';
import type { Application } from '../seed/applications.ts';
import type { AuthorizationRequest, ResponseMode, ResponseType, ReturnAddress } from '../sign-on/flow.ts';
import { readClientJwt } from './client-authentication.ts';
import type { CodeChallenge } from './issued.ts';
import { failed, invalidRequest, isRefusal, type Refusal } from './refusal.ts';
import { grantScopes, scopesIn } from './scopes.ts';

type ReadRequest =
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

/** What each response type needs of the application (docs/pingone.md, section 9). */
const needs = {
  code: { responseType: 'CODE', grantType: 'AUTHORIZATION_CODE' },
  token: { responseType: 'TOKEN', grantType: 'IMPLICIT' },
  id_token: { responseType: 'ID_TOKEN', grantType: 'IMPLICIT' },
} as const;

const modes: readonly string[] = ['query', 'fragment', 'form_post', 'pi.flow'] satisfies readonly ResponseMode[];

/** The parts of `response_type`; their order does not matter (OAuth 2.0 Multiple Response Types, section 3). */
function responseTypesOf(application: Application, parameter: string | null): readonly ResponseType[] | Refusal {
  if (!parameter) return invalidRequest('response_type is required');
  const types = parameter.split(' ');
  const supported = types.every((type) => isEnabled(application, type)) && new Set(types).size === types.length;
  if (!supported) return failed('unsupported_response_type', `Unsupported response type: ${parameter}`);
  return types as ResponseType[];
}

/** Where the answer goes unless the request says so; a refusal too, also of a type that is not enabled (RFC 6749, section 4.2.2.1). */
function defaultResponseMode(responseType: string | null): 'query' | 'fragment' {
  return responseType?.split(' ').some((type) => type === 'token' || type === 'id_token') ? 'fragment' : 'query';
}

/** Tokens never travel in a query (OAuth 2.0 Multiple Response Types, section 5). */
function responseModeOf(responseType: string | null, parameter: string | null): ResponseMode | Refusal {
  const usual = defaultResponseMode(responseType);
  if (parameter === null) return usual;
  if (!modes.includes(parameter)) return invalidRequest(`Unsupported response mode: ${parameter}`);
  if (parameter === 'query' && usual === 'fragment') return invalidRequest('response_mode query cannot carry tokens');
  return parameter as ResponseMode;
}

function isEnabled({ responseTypes, grantTypes }: Application, type: string): boolean {
  if (!Object.hasOwn(needs, type)) return false;
  const { responseType, grantType } = needs[type as ResponseType];
  return responseTypes.includes(responseType) && grantTypes.includes(grantType);
}

/** Reads the PKCE parameters, as the application's `pkceEnforcement` wants them (docs/pingone.md, sections 3 and 9). */
export function codeChallenge(
  { pkceEnforcement }: Pick<Application, 'pkceEnforcement'>,
  responseTypes: readonly ResponseType[],
  parameters: URLSearchParams,
): CodeChallenge | Refusal | undefined {
  if (!responseTypes.includes('code')) return undefined;
  const value = parameters.get('code_challenge');
  // RFC 7636, section 4.3: absent means plain.
  const method = parameters.get('code_challenge_method') ?? 'plain';
  if (value === null) {
    return pkceEnforcement === 'OPTIONAL' ? undefined : invalidRequest('code_challenge is required');
  }
  if (method !== 'S256' && method !== 'plain') {
    return invalidRequest(`Unsupported code_challenge_method: ${method}`);
  }
  if (pkceEnforcement === 'S256_REQUIRED' && method !== 'S256') {
    return invalidRequest('code_challenge_method must be S256');
  }
  // RFC 7636, section 4.2: a SHA-256 in base64url is 43 characters long, a verifier 43 to 128.
  const form = method === 'S256' ? /^[A-Za-z0-9_-]{43}$/ : /^[A-Za-z0-9._~-]{43,128}$/;
  return form.test(value) ? { method, value } : invalidRequest('code_challenge is malformed');
}

/** A loopback redirect URI, its port apart: scheme and host, port, the rest. */
const loopback = /^(https?:\/\/(?:localhost|127\.0\.0\.1))(:\d{1,5})?([/?].*)?$/;

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
