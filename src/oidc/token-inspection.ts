import { compactVerify, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { Failure, messageOf } from '../errors.ts';
import { isText } from '../json.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import { fitted, table } from '../output/table.ts';
import { duration } from '../output/time.ts';
import { scopesNeeded } from '../pingone/scopes.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import { claimText, knownClaim } from './claims.ts';
import { type AuthorizationServerClient, signingAlgorithm, toleratedSkewSeconds } from './client.ts';
import { hasDeepClaims } from './id-token.ts';

/** What was looked at, and what came of it. Reasons may hold text from outside. */
interface TokenCheck {
  readonly name: 'signature' | 'issuer' | 'audience' | 'client' | 'expiry' | 'issue time' | 'nonce' | 'revocation';
  readonly outcome: 'passed' | 'failed' | 'notChecked';
  readonly reason: string;
}

interface ExpectedToken {
  readonly kind: 'accessToken' | 'idToken';
  readonly owner: 'user' | 'application';
  readonly issuer: string;
  readonly clientId: string;
}

/** What a token says, and how much of that may be believed. */
interface Inspection {
  readonly kind: ExpectedToken['kind'];
  readonly owner: ExpectedToken['owner'];
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: JWTPayload;
  readonly checks: readonly TokenCheck[];
  /** Of a user's access token: what it lacks for each command. */
  readonly missingScopes: readonly { readonly command: string; readonly scopes: readonly string[] }[];
}

/**
 * Reads a token and verifies of it what can be verified here; nothing is thrown for a token that is not good.
 *
 * @param keys the server's, or why they cannot be had
 * @throws Failure `failed` when the token is opaque.
 */
export async function inspectToken(
  token: string,
  keys: AuthorizationServerClient['keys'] | Failure,
  expected: ExpectedToken,
  runtime: Runtime,
): Promise<Inspection> {
  const { header, claims } = decodedToken(token);
  const now = runtime.now() / 1000;
  const { kind, owner } = expected;
  const checks = [
    await signatureCheck(token, keys),
    issuerCheck(claims, expected),
    kind === 'idToken' ? audienceCheck(claims, expected) : foreignAudience(claims),
    ...(kind === 'accessToken' ? [issuedToCheck(claims, expected)] : []),
    expiryCheck(claims, now),
    issueTimeCheck(claims, now),
    ...(kind === 'idToken' ? [notChecked('nonce', 'it was compared at sign-in, and is not kept')] : []),
    notChecked('revocation', 'only the server knows; ask it with --introspect'),
  ];
  const missingScopes = kind === 'accessToken' && owner === 'user' ? scopesMissingIn(claims) : [];
  return { kind, owner, header, claims, checks, missingScopes };
}

function decodedToken(token: string): Pick<Inspection, 'header' | 'claims'> {
  try {
    if (hasDeepClaims(token)) throw new Error('Its claims are nested too deep.');
    return { header: { ...decodeProtectedHeader(token) }, claims: decodeJwt(token) };
  } catch (cause) {
    throw new Failure('failed', 'The token is not a JWT: it says nothing to anybody but the server.', {
      code: 'token_opaque',
      hint: wording`Ask the server with ${ping14c('token --introspect')}.`,
      cause,
    });
  }
}

async function signatureCheck(token: string, keys: AuthorizationServerClient['keys'] | Failure): Promise<TokenCheck> {
  if (keys instanceof Failure) return notChecked('signature', `the keys could not be fetched: ${keys.message}`);
  try {
    const { protectedHeader } = await compactVerify(token, keys, { algorithms: [signingAlgorithm] });
    return passed(
      'signature',
      `${signingAlgorithm}, by the server's key ${protectedHeader.kid === undefined ? 'without a name' : named(protectedHeader.kid)}`,
    );
  } catch (error) {
    if (error instanceof Failure) return notChecked('signature', `the keys could not be fetched: ${error.message}`);
    if (!(error instanceof Error)) throw error;
    return failed('signature', `it does not fit the server's keys: ${messageOf(error)}`);
  }
}

function issuerCheck({ iss }: JWTPayload, { issuer }: ExpectedToken): TokenCheck {
  return iss === issuer ? passed('issuer', issuer) : failed('issuer', `it is ${named(iss)}, not ${issuer}`);
}

/** OpenID Connect Core, section 3.1.3.7, items 3 to 5. */
function audienceCheck({ aud, azp }: JWTPayload, { clientId }: ExpectedToken): TokenCheck {
  const audience = [aud ?? []].flat();
  if (!audience.includes(clientId)) return failed('audience', `it is for ${named(aud)}, not for ${clientId}`);
  const alone = audience.length === 1 ? azp === undefined || azp === clientId : azp === clientId;
  return alone ? passed('audience', `this client, ${clientId}`) : failed('audience', 'it was made for another client');
}

/** Whom an access token is for is for that API to check (RFC 9068, section 4). */
function foreignAudience({ aud }: JWTPayload): TokenCheck {
  return notChecked('audience', `it is for ${named(aud)}, which is to check that`);
}

function issuedToCheck({ client_id: issuedTo }: JWTPayload, { clientId }: ExpectedToken): TokenCheck {
  if (issuedTo === undefined) return notChecked('client', 'the token names none');
  return issuedTo === clientId
    ? passed('client', `issued to this client, ${clientId}`)
    : failed('client', `it was issued to ${named(issuedTo)}, not to ${clientId}`);
}

function expiryCheck({ exp }: JWTPayload, now: number): TokenCheck {
  if (exp === undefined) return notChecked('expiry', 'the token names no end');
  if (typeof exp !== 'number') return failed('expiry', 'its end is no number');
  if (exp <= now) return failed('expiry', `it ended ${duration((now - exp) * 1000)} ago`);
  return passed('expiry', `good for another ${duration((exp - now) * 1000)}`);
}

function issueTimeCheck({ iat, nbf }: JWTPayload, now: number): TokenCheck {
  const times = [iat, nbf].filter((time) => time !== undefined);
  if (times.length === 0) return notChecked('issue time', 'the token names none');
  if (times.some((time) => typeof time !== 'number')) return failed('issue time', 'it is no number');
  return times.every((time) => time <= now + toleratedSkewSeconds)
    ? passed('issue time', 'not in the future')
    : failed('issue time', 'it is in the future: compare the clock of this machine');
}

/** A token that names no scopes tells nothing about them. */
function scopesMissingIn({ scope }: JWTPayload): Inspection['missingScopes'] {
  if (typeof scope !== 'string') return [];
  const granted = scope.split(' ');
  return Object.entries(scopesNeeded)
    .map(([command, needed]) => ({ command, scopes: needed.filter((name) => !granted.includes(name)) }))
    .filter(({ scopes }) => scopes.length > 0);
}

function named(value: unknown): string {
  if (value === undefined) return 'nobody';
  return [value]
    .flat()
    .map((name) => (isText(name) ? name : JSON.stringify(name)))
    .join(', ');
}

function passed(name: TokenCheck['name'], reason: string): TokenCheck {
  return { name, outcome: 'passed', reason };
}

function failed(name: TokenCheck['name'], reason: string): TokenCheck {
  return { name, outcome: 'failed', reason };
}

function notChecked(name: TokenCheck['name'], reason: string): TokenCheck {
  return { name, outcome: 'notChecked', reason };
}

const tokenNames = { accessToken: 'Access token', idToken: 'ID token' } as const;
const outcomes: Readonly<Record<TokenCheck['outcome'], string>> = {
  passed: 'verified',
  failed: 'FAILED',
  notChecked: 'not verified',
};

/** Claims by name with what they mean, then what was verified and what was not. */
export function inspectionText(inspection: Inspection, output: Output): string {
  const { kind, owner, header, claims, checks, missingScopes } = inspection;
  const claimRows = Object.entries(claims).map(([name, value]) => [
    safeText(name),
    claimText(name, value, 'with the number'),
    knownClaim(name)?.what ?? '',
  ]);
  const headerText = Object.entries(header).map(([name, value]) => `${name} ${claimText(name, value)}`);
  const checkRows = checks.map(({ name, outcome, reason }) => [name, outcomes[outcome], safeText(reason)]);
  const scopes = missingScopes.map(
    ({ command, scopes }) => `Missing for ${command}: ${scopes.join(' ')}. Ask for them with "ping14c login --scope".`,
  );
  const nobody = 'It names no user: whoami and passwd work for somebody who has signed in.';
  return [
    fitted(`${output.paint.bold(tokenNames[kind])} (${safeText(headerText.join(', '))})`, output.columns),
    table(['CLAIM', 'VALUE', 'MEANING'], claimRows, output),
    table(['', '', ''], checkRows, output),
    fitted([...scopes, ...(owner === 'application' ? [nobody] : [])].join('\n'), output.columns),
  ]
    .filter(Boolean)
    .join('\n\n');
}

export function inspectionDocument({ kind, owner, header, claims, checks, missingScopes }: Inspection) {
  return { schemaVersion: 1, kind, owner, header, claims, checks, missingScopes };
}
