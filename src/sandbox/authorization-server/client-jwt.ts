import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import type { Application } from '../seed/applications.ts';

/**
 * Reads the claims of a JWT that the application signed with its secret (HS) or its private key (RS): a client assertion or
 * a request object. Gives `undefined` for any other, unsigned ones included.
 */
export async function readClientJwt(
  { tokenEndpointAuthMethod, clientSecret, jwks }: Application,
  jwt: string,
  now: number,
): Promise<JWTPayload | undefined> {
  const options = { currentDate: new Date(now), clockTolerance: clockToleranceSeconds };
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

/** The client's clock and ours may differ by this much. */
const clockToleranceSeconds = 60;
