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

/** Reads the `Authorization` header of userinfo and of the management API; `undefined` for all that is not a valid token. */
export async function verifyAccessToken(
  environment: Environment,
  authorization: string | undefined,
): Promise<AccessGrant | undefined> {
  const [, token] = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '') ?? [];
  const claims = token ? await liveAccessToken(environment, token) : undefined;
  if (!claims) return undefined;
  const { client_id, scope, aud, sub, sid } = claims;
  return {
    clientId: String(client_id),
    scopes: typeof scope === 'string' ? scope.split(' ') : [],
    audience: [aud ?? []].flat(),
    sub,
    sid: typeof sid === 'string' ? sid : undefined,
  };
}

/**
 * Reads the claims of an access token that is ours, unexpired and not revoked, and whose user has not been deleted. ID and
 * refresh tokens have no `client_id`.
 */
export async function liveAccessToken(environment: Environment, token: string): Promise<JWTPayload | undefined> {
  const claims = await environment.keys.read(token, environment.now());
  if (!claims || !ownIssuers(environment).includes(claims.iss ?? '')) return undefined;
  if (typeof claims['client_id'] !== 'string') return undefined;
  if ((claims.exp ?? 0) * 1000 <= environment.now()) return undefined;
  if (claims.sub !== undefined && !environment.directory.find(claims.sub)) return undefined;
  return environment.revokedTokens.get(claims.jti ?? '') ? undefined : claims;
}
