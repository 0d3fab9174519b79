import { createHash, timingSafeEqual } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { Failure, messageOf } from '../errors.ts';
import { isTooDeep } from '../json.ts';
import type { Runtime } from '../runtime.ts';
import { type AuthorizationServerClient, signingAlgorithm, toleratedSkewSeconds } from './client.ts';
import { untimely } from './failures.ts';
import type { IdTokenClaims, IdTokenExpectations } from './protocol-events.ts';

/**
 * Verifies an ID token in full, on every path alike (OpenID Connect Core, section 3.1.3.7; docs/security.md, rules 1 and 2).
 * In the code flow openid-client has looked at the claims by then, by the system's clock; not at `iat`, nor at the signature.
 * It would check the signature with `enableNonRepudiationChecks`, but would not fetch the keys anew for an unknown one.
 *
 * @throws Failure `failed` naming the claim, or that there is no ID token, `unreachable` when the keys cannot be had.
 */
export async function verifyIdToken(
  server: AuthorizationServerClient,
  idToken: string | undefined,
  expected: IdTokenExpectations,
  runtime: Runtime,
): Promise<IdTokenClaims> {
  if (!idToken) throw idTokenMissing();
  const { issuer, clientId } = server.settings;
  const now = Math.floor(runtime.now() / 1000);
  // The library ignores white space, which would come out where the token is printed. With `alg: none` the last part is empty.
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(idToken)) throw notValid('it is not a signed JWT');
  if (hasDeepClaims(idToken)) throw notValid('its claims are nested too deep');
  let claims: JWTPayload;
  try {
    const { payload } = await jwtVerify(idToken, server.keys, {
      algorithms: [signingAlgorithm],
      issuer,
      audience: clientId,
      clockTolerance: toleratedSkewSeconds,
      currentDate: new Date(now * 1000),
      requiredClaims: ['sub', 'exp', 'iat'],
    });
    claims = payload;
  } catch (error) {
    throw verificationFailure(error, server);
  }
  // The library has seen that `iat` is there, and a number.
  const { sub, iat = Number.POSITIVE_INFINITY } = claims;
  if (typeof sub !== 'string' || sub === '') throw notValid('it has no subject (sub)');
  if (iat > now + toleratedSkewSeconds) {
    throw untimely('it was issued in the future (iat)', server, undefined);
  }
  refuseOtherParties(claims, clientId);
  if (expected.nonce !== undefined && claims['nonce'] !== expected.nonce) {
    throw notValid('it is for another sign-in (nonce)');
  }
  if (expected.subject !== undefined && sub !== expected.subject) throw notValid('it names another user (sub)');
  if (expected.maxAge !== undefined) refuseOldSignOn(claims['auth_time'], now - expected.maxAge);
  refuseOtherAccessToken(claims['at_hash'], expected);
  const verified = claims as IdTokenClaims;
  server.observe({ kind: 'idTokenVerified', idToken, claims: verified, expected, at: now });
  return verified;
}

/**
 * Fetches the server's signing keys ahead of their use.
 *
 * @throws Failure `unreachable` or `failed` when they cannot be had.
 */
export async function prepareKeys({ keys }: AuthorizationServerClient): Promise<void> {
  try {
    await keys.reload();
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new Failure('failed', `The server's signing keys cannot be read: ${error.message}.`, {
      code: 'jwks_not_valid',
      hint: 'Try again in a moment; then check the region or --auth-url.',
      cause: error,
    });
  }
}

/** Whether `at_hash` belongs to the access token: the left half of its SHA-256 (OpenID Connect Core, section 3.2.2.9). */
export function isHashOf(atHash: unknown, accessToken: string): boolean {
  if (typeof atHash !== 'string') return false;
  const digest = createHash('sha256').update(accessToken).digest();
  const expected = Buffer.from(digest.subarray(0, 16).toString('base64url'));
  const actual = Buffer.from(atHash);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** Whether header or claims of a JWT are nested deeper than any that can be shown. */
export function hasDeepClaims(jwt: string): boolean {
  return jwt.split('.').some((part) => isTooDeep(Buffer.from(part, 'base64url').toString('utf8')));
}

function idTokenMissing(): Failure {
  return new Failure('failed', 'The server sent no ID token, so it is not known who signed in.', {
    code: 'id_token_missing',
    hint: 'The scope "openid" must be granted to the application.',
  });
}

/** A further audience is a further holder of the token; only `azp` tells that it was made for us. */
function refuseOtherParties({ aud, azp }: JWTPayload, clientId: string): void {
  if (Array.isArray(aud) && aud.length > 1 && azp !== clientId) {
    throw notValid('it is for further clients (aud) and not made for this one (azp)');
  }
  if (azp !== undefined && azp !== clientId) throw notValid('it was made for another client (azp)');
}

/** @param oldest seconds since the epoch (OpenID Connect Core, section 3.1.3.7, item 13) */
function refuseOldSignOn(authTime: unknown, oldest: number): void {
  if (typeof authTime !== 'number') throw notValid('it does not say when the person signed on (auth_time is missing)');
  if (authTime >= oldest - toleratedSkewSeconds) return;
  throw new Failure('signInNeeded', 'The sign-in at PingOne is older than you asked for (auth_time).', {
    code: 'sign_on_too_old',
    hint: 'Sign in again with --prompt login, or allow more with --max-age.',
  });
}

/** OpenID Connect Core, sections 3.1.3.8 and 3.2.2.9. */
function refuseOtherAccessToken(atHash: unknown, { accessToken, throughBrowser }: IdTokenExpectations): void {
  if (accessToken === undefined) return;
  if (atHash === undefined) {
    if (throughBrowser) throw notValid('it does not vouch for the access token (at_hash is missing)');
    return;
  }
  if (!isHashOf(atHash, accessToken)) throw notValid('it is for another access token (at_hash)');
}

function verificationFailure(error: unknown, server: AuthorizationServerClient): unknown {
  // A failure of the connection's own says all there is to say, and the reason of an interruption is no error.
  if (error instanceof Failure || !(error instanceof Error)) return error;
  // A key that cannot be used, a short one for instance, is an error of the platform's, not of the library's.
  if (!(error instanceof errors.JOSEError))
    return notValid(`the server's key cannot be used: ${messageOf(error)}`, error);
  if (error instanceof errors.JWTExpired) return untimely('it has expired (exp)', server, error);
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') {
    return untimely('it is not valid yet (nbf)', server, error);
  }
  return notValid(verificationReason(error), error);
}

function verificationReason(error: errors.JOSEError): string {
  if (error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason } = error;
    return reason === 'missing' ? `it lacks a claim (${claim})` : `a claim has another value (${claim})`;
  }
  return reasons[error.code] ?? messageOf(error);
}

const reasons: Readonly<Record<string, string>> = {
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'its signature is not that of the server',
  ERR_JWKS_NO_MATCHING_KEY: 'it is signed with a key that the server does not publish (kid)',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'it names no key (kid), and the server publishes several',
  ERR_JOSE_ALG_NOT_ALLOWED: `it is not signed with ${signingAlgorithm} (alg)`,
};

function notValid(reason: string, cause?: unknown): Failure {
  return new Failure('failed', `The ID token is not valid: ${reason}.`, {
    code: 'id_token_not_valid',
    hint: 'Nothing was kept. If it happens again, tell your administrator.',
    cause,
  });
}
