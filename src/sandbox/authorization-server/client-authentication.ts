import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { type Environment, enabledApplication, ownIssuers } from '../environment.ts';
import type { SandboxRequest } from '../request.ts';
import type { Application } from '../seed/applications.ts';

/**
 * Finds the application, when it authenticates exactly as it is configured to and in no other way (docs/pingone.md, section 4.1).
 *
 * @param named whether `client_id` is a parameter of the request itself, so that it says nothing of the authentication
 */
export async function authenticateClient(
  environment: Environment,
  request: SandboxRequest,
  { named = false }: { readonly named?: boolean } = {},
): Promise<Application | undefined> {
  const form = request.form();
  const credentials: Credentials = {
    basic: basicCredentials(request.headers.authorization),
    clientId: form.get('client_id'),
    secret: form.get('client_secret'),
    assertion: form.get('client_assertion'),
    assertionType: form.get('client_assertion_type'),
  };
  if (request.headers.authorization && !credentials.basic) return undefined;
  const { basic, clientId, secret, assertion } = credentials;
  const application = enabledApplication(environment, basic?.clientId ?? clientId ?? subjectOf(assertion));
  if (!application) return undefined;
  switch (application.tokenEndpointAuthMethod) {
    case 'NONE':
      return !basic && !secret && !assertion ? application : undefined;
    case 'CLIENT_SECRET_BASIC':
      if (clientId && !(named && clientId === basic?.clientId)) return undefined;
      return !secret && !assertion && basic?.secrets.includes(application.clientSecret) ? application : undefined;
    case 'CLIENT_SECRET_POST':
      return !basic && !assertion && secret === application.clientSecret ? application : undefined;
    case 'CLIENT_SECRET_JWT':
    case 'PRIVATE_KEY_JWT':
      return !basic && !secret && (await assertionHolds(environment, application, credentials))
        ? application
        : undefined;
    default:
      return application.tokenEndpointAuthMethod satisfies never;
  }
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
 * Whether the client assertion is good (RFC 7523, section 3). Its audience is the issuer or the token endpoint
 * (docs/pingone.md, section 14).
 */
async function assertionHolds(
  environment: Environment,
  application: Application,
  { assertion, assertionType, clientId }: Credentials,
): Promise<boolean> {
  if (assertionType !== jwtBearer || !assertion) return false;
  if (clientId !== null && clientId !== application.clientId) return false;
  const claims = await readClientJwt(application, assertion, environment.now());
  // Whoever signs may give it any type; only a text is found again (RFC 7519, section 4.1.7).
  if (typeof claims?.jti !== 'string' || claims.jti === '' || claims.exp === undefined) return false;
  if (environment.usedAssertions.get(claims.jti)) return false;
  const audiences = [claims.aud ?? []].flat();
  const audienceFits = ownIssuers(environment).some(
    (issuer) => audiences.includes(issuer) || audiences.includes(`${issuer}/token`),
  );
  if (claims.iss !== application.clientId || claims.sub !== application.clientId || !audienceFits) return false;
  environment.usedAssertions.set(claims.jti, { expiresAt: claims.exp * 1000 + toleratedMs });
  return true;
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
