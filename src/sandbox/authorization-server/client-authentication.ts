import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { type Environment, ownIssuers } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import type { Application } from '../seed/applications.ts';
import { invalidClient, type OAuthError } from './oauth-error.ts';

/**
 * Finds the application, when it authenticates exactly as it is configured to and in no other way (docs/pingone.md, section 4.1).
 *
 * @param named whether `client_id` is a parameter of the request itself, so that it says nothing of the authentication
 */
export async function authenticateClient(
  environment: Environment,
  request: SandboxRequest,
  { named = false }: { readonly named?: boolean } = {},
): Promise<Application | OAuthError> {
  const form = request.form();
  const basic = basicCredentials(request.headers.authorization);
  const credentials: Credentials = {
    basic,
    clientId: form.get('client_id'),
    secret: form.get('client_secret'),
    assertion: form.get('client_assertion'),
    assertionType: form.get('client_assertion_type'),
  };
  if (request.headers.authorization && !basic) return invalidClient('the Authorization header is not Basic');
  const clientId = basic?.clientId ?? credentials.clientId ?? subjectOf(credentials.assertion);
  if (!clientId) return invalidClient('the request names no client');
  const application = environment.seed.applications.find((one) => one.clientId === clientId);
  if (!application) return invalidClient(`no application has the client ID "${clientId}"`);
  const { name, enabled, tokenEndpointAuthMethod: method } = application;
  if (!enabled) return invalidClient(`"${name}" is disabled`);
  const used = methodsUsed(credentials, named);
  if (used.join() !== usedBy[method]) {
    return invalidClient(
      `"${name}" has the method ${method}; the request has ${used.join(' and ') || 'nothing but client_id'}`,
    );
  }
  const problem = await problemWith(environment, application, credentials);
  return problem === undefined ? application : invalidClient(`"${name}": ${problem}`);
}

/** The credentials that a request has. `client_id` beside Basic counts too: PingOne refuses it there. */
function methodsUsed({ basic, clientId, secret, assertion }: Credentials, named: boolean): readonly string[] {
  const beside = basic && clientId !== null && !(named && clientId === basic.clientId);
  return [
    ...(basic ? ['Basic'] : []),
    ...(beside ? ['client_id in the body'] : []),
    ...(secret ? ['client_secret'] : []),
    ...(assertion ? ['client_assertion'] : []),
  ];
}

/** What the methods send, in the words of `methodsUsed`. */
const usedBy = {
  NONE: '',
  CLIENT_SECRET_BASIC: 'Basic',
  CLIENT_SECRET_POST: 'client_secret',
  CLIENT_SECRET_JWT: 'client_assertion',
  PRIVATE_KEY_JWT: 'client_assertion',
} as const satisfies Record<Application['tokenEndpointAuthMethod'], string>;

/** What is wrong with credentials of the right kind; `undefined` where nothing is. */
async function problemWith(
  environment: Environment,
  application: Application,
  credentials: Credentials,
): Promise<string | undefined> {
  const { tokenEndpointAuthMethod: method, clientSecret } = application;
  if (method === 'NONE') return undefined;
  if (method === 'CLIENT_SECRET_BASIC' || method === 'CLIENT_SECRET_POST') {
    const secrets = credentials.basic?.secrets ?? [credentials.secret];
    return clientSecret !== undefined && secrets.includes(clientSecret) ? undefined : 'the secret is wrong';
  }
  return problemWithAssertion(environment, application, credentials);
}

/** What a request says about who sends it: each field is there only if the request has it. */
interface Credentials {
  readonly basic: BasicCredentials | undefined;
  readonly clientId: string | null;
  readonly secret: string | null;
  readonly assertion: string | null;
  readonly assertionType: string | null;
}

interface BasicCredentials {
  readonly clientId: string;
  /** Either form of the secret: as it stands, and decoded. */
  readonly secrets: readonly (string | undefined)[];
}

/**
 * Reads Basic in either form: RFC 6749, section 2.3.1, has both halves form-encoded before they are joined; PingOne documents
 * them as they are (docs/pingone.md, section 4.1), and curl and most libraries send them so.
 */
export function basicCredentials(authorization: string | undefined): BasicCredentials | undefined {
  const [, encoded] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '') ?? [];
  if (!encoded) return undefined;
  const [clientId = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const secret = rest.join(':');
  return { clientId: formDecoded(clientId) ?? clientId, secrets: [secret, formDecoded(secret) ?? secret] };
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

/** Reads whom an unverified assertion claims to come from, only to know whose key must have signed it. */
function subjectOf(assertion: string | null): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion?.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const subject = typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : undefined;
    return typeof subject === 'string' ? subject : undefined;
  } catch {
    return undefined;
  }
}

/** By so much a client's clock may differ. */
const toleratedMs = 60_000;

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * What is wrong with the client assertion (RFC 7523, section 3); `undefined` where nothing is. Its audience is the issuer or the
 * token endpoint (docs/pingone.md, section 14).
 */
async function problemWithAssertion(
  environment: Environment,
  application: Application,
  { assertion, assertionType, clientId }: Credentials,
): Promise<string | undefined> {
  if (assertionType !== jwtBearer) return `client_assertion_type must be ${jwtBearer}`;
  if (clientId !== null && clientId !== application.clientId) return 'client_id is not that of the assertion';
  const claims = await readClientJwt(application, assertion ?? '', environment.now());
  if (!claims) return 'the assertion is not signed with the key of this application, or has expired';
  // Whoever signs may give it any type; only a text is found again (RFC 7519, section 4.1.7).
  if (typeof claims.jti !== 'string' || claims.jti === '') return 'the assertion must have a jti';
  if (claims.exp === undefined) return 'the assertion must have an exp';
  if (environment.usedAssertions.get(claims.jti)) return 'the jti of the assertion was used before';
  if (claims.iss !== application.clientId || claims.sub !== application.clientId) {
    return 'iss and sub of the assertion must be the client ID';
  }
  const audiences = [claims.aud ?? []].flat();
  const audienceFits = ownIssuers(environment).some(
    (issuer) => audiences.includes(issuer) || audiences.includes(`${issuer}/token`),
  );
  if (!audienceFits) return 'aud of the assertion must be the issuer or the token endpoint';
  environment.usedAssertions.set(claims.jti, { expiresAt: claims.exp * 1000 + toleratedMs });
  return undefined;
}

/**
 * Reads the claims of a JWT that the application signed with its secret (HS) or its private key (RS): a client assertion or
 * a request object. Gives `undefined` for any other, unsigned ones included.
 */
export async function readClientJwt(
  { tokenEndpointAuthMethod, clientSecret, jwks }: Application,
  jwt: string,
  now: number,
): Promise<JWTPayload | undefined> {
  const options = clientJwtTimes(now);
  if (tokenEndpointAuthMethod === 'PRIVATE_KEY_JWT') {
    if (!jwks) return undefined;
    const keys = createLocalJWKSet(jwks as unknown as JSONWebKeySet);
    return claimsOf(jwtVerify(jwt, keys, { ...options, algorithms: ['RS256', 'RS384', 'RS512'] }));
  }
  if (!clientSecret) return undefined;
  const secret = new TextEncoder().encode(clientSecret);
  return claimsOf(jwtVerify(jwt, secret, { ...options, algorithms: ['HS256', 'HS384', 'HS512'] }));
}

function claimsOf(verified: Promise<{ readonly payload: JWTPayload }>): Promise<JWTPayload | undefined> {
  return verified.then(
    ({ payload }) => payload,
    () => undefined,
  );
}

/** What jose holds the times of a client's JWT against: the client's clock and ours may differ by a minute. */
export function clientJwtTimes(now: number) {
  return { currentDate: new Date(now), clockTolerance: toleratedMs / 1000 };
}
