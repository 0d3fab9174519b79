import { createHash, randomUUID } from 'node:crypto';
import type { Environment } from '../environment.ts';
import type { Application } from '../seed/applications.ts';
import type { RefreshTokenFamily } from './refresh-tokens.ts';
import type { ScopeGrant, SignOnGrant } from './sign-on-grant.ts';
import { userClaims } from './user-claims.ts';

/**
 * On 2 March 2027 access tokens begin to say `typ: at+jwt`, and refresh tokens are opaque only
 * (docs/pingone.md, section 5).
 */
const tokenChangeDay = Date.UTC(2027, 2, 2);
/** An ID token lives an hour, which PingOne lets nobody change (docs/pingone.md, section 5). */
const idTokenSeconds = 3600;

/** Makes a user's access token. @param issuedAt one time for all tokens of an answer, in milliseconds since the epoch */
export function userAccessToken(environment: Environment, grant: SignOnGrant, issuedAt: number): Promise<string> {
  const { sub, sid, auth_time, acr } = signOnClaims(grant);
  return accessToken(environment, {
    client_id: grant.clientId,
    ...stamps(environment, issuedAt, grant.accessTokenSeconds),
    aud: audienceOf(environment, grant),
    scope: grant.scopes.join(' '),
    sub,
    sid,
    auth_time,
    acr,
    ...tenant(environment),
  });
}

/**
 * Makes an application's own token, which has no `sub` and no `sid`, a worker's no `scope` either (docs/pingone.md,
 * sections 4.4 and 5).
 */
export function clientAccessToken(
  environment: Environment,
  { clientId }: Application,
  grant: ScopeGrant,
): Promise<string> {
  const stamped = stamps(environment, environment.now(), grant.accessTokenSeconds);
  return accessToken(environment, {
    client_id: clientId,
    ...stamped,
    aud: audienceOf(environment, grant),
    scope: grant.scopes.length > 0 ? grant.scopes.join(' ') : undefined,
    ...tenant(environment),
    'p1.rid': stamped.jti,
  });
}

/**
 * Makes an ID token.
 *
 * @param hashed what travels with it, and is bound to it by a hash (OIDC Core, sections 3.1.3.6 and 3.3.2.11)
 */
export function idToken(
  environment: Environment,
  grant: SignOnGrant,
  issuedAt: number,
  hashed: { readonly accessToken?: string | undefined; readonly code?: string | undefined },
): Promise<string> {
  const { iss, iat, exp } = stamps(environment, issuedAt, idTokenSeconds);
  const { sub, sid, auth_time, acr } = signOnClaims(grant);
  return environment.keys.sign({
    iss,
    sub,
    aud: grant.clientId,
    iat,
    exp,
    acr,
    amr: [...grant.amr],
    auth_time,
    at_hash: hashed.accessToken && leftHalfOfHash(hashed.accessToken),
    c_hash: hashed.code && leftHalfOfHash(hashed.code),
    sid,
    nonce: grant.nonce,
    ...userClaims(environment, grant.userId, grant.scopes),
    ...tenant(environment),
    'p1.region': environment.seed.environment.region,
  });
}

/**
 * Makes a refresh token, which is opaque, unless the application has the older type: a JWT under `kid` "default"
 * (docs/pingone.md, section 4.3).
 */
export async function refreshToken(
  environment: Environment,
  application: Application,
  family: RefreshTokenFamily,
): Promise<string> {
  const { refreshTokens } = environment;
  if (application.refreshTokenType === 'OPAQUE_TOKEN' || environment.now() >= tokenChangeDay) {
    return refreshTokens.add(family, application);
  }
  const { sub, sid, auth_time, acr } = signOnClaims(family.grant);
  const exp = Math.floor(refreshTokens.expiresAt(family, application) / 1000);
  const scope = family.grant.scopes.join(' ');
  const claims = { sub, jti: randomUUID(), exp, sid, scope, auth_time, acr, amr: [...family.grant.amr] };
  const jwt = await environment.keys.sign({ ...claims, iss: environment.issuer }, { kid: 'default' });
  return refreshTokens.add(family, application, jwt);
}

function accessToken(environment: Environment, claims: Record<string, unknown>): Promise<string> {
  return environment.keys.sign(claims, environment.now() >= tokenChangeDay ? { typ: 'at+jwt' } : {});
}

/** The PingOne API is called as it was in the request that gets the token, wherever the sign-on began. */
function audienceOf({ origins, apiAudience }: Environment, { audience }: Pick<ScopeGrant, 'audience'>): string[] {
  return audience.map((one) => (origins.includes(one) ? apiAudience : one));
}

function stamps({ issuer }: Environment, issuedAt: number, seconds: number) {
  const iat = Math.floor(issuedAt / 1000);
  return { iss: issuer, jti: randomUUID(), iat, exp: iat + seconds };
}

function signOnClaims({ userId, sessionId, authenticatedAt, acr }: SignOnGrant) {
  return { sub: userId, sid: sessionId, auth_time: Math.floor(authenticatedAt / 1000), acr };
}

function tenant({ seed }: Environment) {
  return { env: seed.environment.id, org: seed.environment.organizationId };
}

function leftHalfOfHash(value: string): string {
  return createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');
}
