import { createHash, randomUUID } from 'node:crypto';
import type { Environment } from '../environment.ts';
import type { Application } from '../seed/applications.ts';
import type { RefreshFamily, ScopeGrant, UserGrant } from './issued.ts';

/** From this day access tokens say `typ: at+jwt` and refresh tokens are opaque only (docs/pingone.md, section 5). */
const cutOver = Date.UTC(2027, 2, 2);
/** PingOne lets nobody configure this (docs/pingone.md, section 5). */
const idTokenSeconds = 3600;

export function userAccessToken(environment: Environment, grant: UserGrant): Promise<string> {
  const { sub, sid, auth_time, acr } = signOnClaims(grant);
  return accessToken(environment, {
    client_id: grant.clientId,
    ...stamps(environment, grant.accessTokenSeconds),
    aud: [grant.audience],
    scope: grant.scopes.join(' '),
    sub,
    sid,
    auth_time,
    acr,
    ...tenant(environment),
  });
}

/** An application's own token has no `sub` and no `sid`, a worker's no `scope` either (docs/pingone.md, sections 4.4 and 5). */
export function clientAccessToken(
  environment: Environment,
  { clientId }: Application,
  grant: ScopeGrant,
): Promise<string> {
  const stamped = stamps(environment, grant.accessTokenSeconds);
  return accessToken(environment, {
    client_id: clientId,
    ...stamped,
    aud: [grant.audience],
    ...(grant.scopes.length > 0 ? { scope: grant.scopes.join(' ') } : {}),
    ...tenant(environment),
    'p1.rid': stamped.jti,
  });
}

/** `hashed` are the values that travel with it: their hashes bind them to it (OIDC Core, sections 3.1.3.6 and 3.3.2.11). */
export function idToken(
  environment: Environment,
  grant: UserGrant,
  hashed: { readonly accessToken?: string; readonly code?: string },
): Promise<string> {
  const { iss, iat, exp } = stamps(environment, idTokenSeconds);
  const { sub, ...signOn } = signOnClaims(grant);
  return environment.keys.sign({
    iss,
    sub,
    aud: grant.clientId,
    iat,
    exp,
    ...signOn,
    amr: [...grant.amr],
    ...(hashed.accessToken === undefined ? {} : { at_hash: leftHalf(hashed.accessToken) }),
    ...(hashed.code === undefined ? {} : { c_hash: leftHalf(hashed.code) }),
    ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }),
    ...userClaims(environment, grant.userId, grant.scopes),
    ...tenant(environment),
    'p1.region': environment.seed.environment.region,
  });
}

/**
 * A refresh token is opaque, unless the application has the older type: a JWT under `kid` "default" (docs/pingone.md,
 * section 4.3).
 */
export async function refreshToken(
  environment: Environment,
  application: Application,
  family: RefreshFamily,
): Promise<string> {
  const { refreshFamilies } = environment;
  if (application.refreshTokenType === 'OPAQUE_TOKEN' || environment.now() >= cutOver) {
    return refreshFamilies.add(family, application);
  }
  const { sub, sid, auth_time, acr } = signOnClaims(family.grant);
  const exp = Math.floor(refreshFamilies.expiresAt(family, application) / 1000);
  const scope = family.grant.scopes.join(' ');
  const claims = { sub, jti: randomUUID(), exp, sid, scope, auth_time, acr, amr: [...family.grant.amr] };
  const jwt = await environment.keys.sign({ ...claims, iss: environment.issuer }, { kid: 'default' });
  return refreshFamilies.add(family, application, jwt);
}

function accessToken(environment: Environment, claims: Record<string, unknown>): Promise<string> {
  return environment.keys.sign(claims, environment.now() >= cutOver ? { typ: 'at+jwt' } : {});
}

function stamps({ issuer, now }: Environment, seconds: number) {
  const iat = Math.floor(now() / 1000);
  return { iss: issuer, jti: randomUUID(), iat, exp: iat + seconds };
}

function signOnClaims({ userId, sessionId, authenticatedAt, acr }: UserGrant) {
  return { sub: userId, sid: sessionId, auth_time: Math.floor(authenticatedAt / 1000), acr };
}

function tenant({ seed }: Environment) {
  return { env: seed.environment.id, org: seed.environment.organizationId };
}

function leftHalf(value: string): string {
  return createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');
}

/** A user's claims for these scopes; unset attributes are left out (docs/pingone.md, section 5). */
export function userClaims(
  { directory }: Environment,
  userId: string,
  scopes: readonly string[],
): Readonly<Record<string, unknown>> {
  const user = directory.find(userId);
  if (!user) return {};
  const { name = {}, address, ...attributes } = user.attributes;
  const fullName = name.formatted ?? [name.given, name.family].filter(Boolean).join(' ');
  const claims: Record<string, Record<string, unknown>> = {
    profile: {
      name: fullName || undefined,
      family_name: name.family,
      given_name: name.given,
      middle_name: name.middle,
      preferred_username: user.username,
      nickname: attributes.nickname,
      picture: attributes.photo?.href,
      zoneinfo: attributes.timezone,
      locale: attributes.locale,
      updated_at: Math.floor(user.updatedAt / 1000),
    },
    email: { email: attributes.email, email_verified: attributes.emailVerified },
    address: {
      address: address && {
        country: address.countryCode,
        postal_code: address.postalCode,
        region: address.region,
        locality: address.locality,
        street_address: address.streetAddress,
      },
    },
    phone: { phone_number: attributes.primaryPhone ?? attributes.mobilePhone },
  };
  const wanted = Object.assign({}, ...scopes.map((scope) => claims[scope] ?? {})) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
}
