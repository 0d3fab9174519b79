import type { JWTPayload } from 'jose';
import { type Environment, ownIssuers } from './environment.ts';

/** What a valid access token allows. */
export interface AccessGrant {
  readonly clientId: string;
  /** A worker has none: its roles decide. */
  readonly scopes: readonly string[];
  /** The `environment.apiAudience` under one of its names, or a custom resource's: the management API takes the first only. */
  readonly audience: readonly string[];
  /** The user; absent from a client-credentials token. */
  readonly sub: string | undefined;
  /** The sign-on session; absent from a client-credentials token. */
  readonly sid: string | undefined;
}

/** What becomes of an `Authorization` header; why it is refused is for the log alone. */
export type AccessVerdict =
  | { readonly kind: 'valid'; readonly grant: AccessGrant }
  | { readonly kind: 'refused'; readonly why: string };

/** Reads the `Authorization` header of userinfo and of the management API. */
export async function verifyAccessToken(
  environment: Environment,
  authorization: string | undefined,
): Promise<AccessVerdict> {
  if (authorization === undefined) return { kind: 'refused', why: 'there is no Authorization header' };
  const [, token] = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization) ?? [];
  if (!token) return { kind: 'refused', why: 'the Authorization header is not Bearer with a token' };
  const read = await readAccessToken(environment, token);
  if (read.kind === 'refused') return read;
  const { client_id, scope, aud, sub, sid } = read.claims;
  const grant = {
    clientId: String(client_id),
    scopes: typeof scope === 'string' ? scope.split(' ') : [],
    audience: [aud ?? []].flat(),
    sub,
    sid: typeof sid === 'string' ? sid : undefined,
  };
  return { kind: 'valid', grant };
}

/** Gives the claims of an access token that is good. */
export async function liveAccessToken(environment: Environment, token: string): Promise<JWTPayload | undefined> {
  const read = await readAccessToken(environment, token);
  return read.kind === 'valid' ? read.claims : undefined;
}

type ReadToken =
  | { readonly kind: 'valid'; readonly claims: JWTPayload }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Takes an access token that is ours, unexpired and not revoked, and whose user has not been deleted. ID and refresh tokens have
 * no `client_id`.
 */
async function readAccessToken(environment: Environment, token: string): Promise<ReadToken> {
  const refused = (why: string): ReadToken => ({ kind: 'refused', why });
  const claims = await environment.keys.read(token, environment.now());
  if (!claims) return refused('the token is not signed with a key of this environment');
  if (!ownIssuers(environment).includes(claims.iss ?? '')) return refused(`the token is of the issuer ${claims.iss}`);
  if (typeof claims['client_id'] !== 'string') return refused('the token is no access token, but perhaps an ID token');
  const expiresAt = (claims.exp ?? 0) * 1000;
  if (expiresAt <= environment.now()) return refused(`the token expired at ${new Date(expiresAt).toISOString()}`);
  if (claims.sub !== undefined && !environment.directory.find(claims.sub)) return refused('its user has been deleted');
  return environment.revokedTokens.get(claims.jti ?? '')
    ? refused('the token has been revoked')
    : { kind: 'valid', claims };
}
