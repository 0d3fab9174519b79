import type { Environment } from '../environment.ts';
import { mediaType, repeatedParameter, type SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import type { Application, GrantType } from '../seed/applications.ts';
import { authenticateClient } from './client-authentication.ts';
import type { IssuedDeviceCode } from './device-codes.ts';
import { clientAccessToken, idToken, refreshToken, userAccessToken } from './issued-tokens.ts';
import {
  devicePollErrors,
  invalidGrant,
  invalidRequest,
  invalidScope,
  isOAuthError,
  type OAuthError,
  oauthErrorResponse,
  requestFailed,
} from './oauth-error.ts';
import { codeVerifierFits } from './pkce.ts';
import type { RefreshTokenFamily } from './refresh-tokens.ts';
import { grantClientScopes, spaceSeparated } from './scopes.ts';
import type { SignOnGrant } from './sign-on-grant.ts';

/** Answers `POST {A}/token` (docs/pingone.md, section 4). */
export async function tokenEndpoint(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const answer = await answerTokenRequest(environment, request);
  return isOAuthError(answer) ? oauthErrorResponse(answer, request) : answer;
}

async function answerTokenRequest(
  environment: Environment,
  request: SandboxRequest,
): Promise<SandboxResponse | OAuthError> {
  const form = request.form();
  const repeated = repeatedParameter(form);
  if (mediaType(request) !== 'application/x-www-form-urlencoded') {
    return invalidRequest('The content type must be application/x-www-form-urlencoded');
  }
  if (repeated) return invalidRequest(`${repeated} must not be repeated`);
  const grantType = form.get('grant_type');
  if (!grantType) return invalidRequest('grant_type is required');
  const grant = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined;
  if (!grant && !absentGrants.includes(grantType)) {
    return requestFailed('unsupported_grant_type', `Unsupported grant type: ${grantType}`);
  }
  const application = await authenticateClient(environment, request);
  if (isOAuthError(application)) return application;
  const anonymous = application.tokenEndpointAuthMethod === 'NONE' && grantType === 'client_credentials';
  if (anonymous || !grant?.allowedBy.some((type) => application.grantTypes.includes(type))) {
    return requestFailed('unauthorized_client', `Grant type not enabled for the application: ${grantType}`);
  }
  return grant.redeem(environment, application, form);
}

/** A grant type: who may use it, and what it gives. */
interface Grant {
  /**
   * The application needs one of these. AUTHORIZATION_CODE allows a refresh, because `offline_access` alone may give a
   * refresh token (docs/pingone.md, section 4.3).
   */
  readonly allowedBy: readonly GrantType[];
  /** Is called for a client that has authenticated and may use this grant. */
  readonly redeem: (
    environment: Environment,
    application: Application,
    form: URLSearchParams,
  ) => Promise<SandboxResponse | OAuthError>;
}

const grants: Readonly<Record<string, Grant>> = {
  authorization_code: { allowedBy: ['AUTHORIZATION_CODE'], redeem: redeemAuthorizationCode },
  refresh_token: { allowedBy: ['REFRESH_TOKEN', 'AUTHORIZATION_CODE'], redeem: redeemRefreshToken },
  client_credentials: { allowedBy: ['CLIENT_CREDENTIALS'], redeem: redeemClientCredentials },
  'urn:ietf:params:oauth:grant-type:device_code': { allowedBy: ['DEVICE_CODE'], redeem: redeemDeviceCode },
};

/** Grants that PingOne has and no application here is enabled for: token exchange and CIBA (docs/pingone.md, section 2). */
const absentGrants: readonly string[] = [
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'urn:openid:params:grant-type:ciba',
];

/** Gives tokens for an authorization code (RFC 6749, section 4.1.3; RFC 7636, section 4.6). */
async function redeemAuthorizationCode(
  environment: Environment,
  application: Application,
  form: URLSearchParams,
): Promise<SandboxResponse | OAuthError> {
  const code = form.get('code');
  if (!code) return invalidRequest('code is required');
  const redemption = environment.authorizationCodes.redeem(code);
  if (redemption.kind === 'reused') environment.refreshTokens.revokeByCode(code);
  if (redemption.kind !== 'redeemed' || redemption.grant.clientId !== application.clientId) {
    return invalidGrant('The authorization code is invalid, has expired or was already used');
  }
  if (redemption.redirectUri !== undefined && form.get('redirect_uri') !== redemption.redirectUri) {
    return invalidGrant('Redirect URI mismatch');
  }
  if (!codeVerifierFits(redemption.challenge, form.get('code_verifier'))) {
    return invalidGrant('The code verifier does not match the code challenge');
  }
  if (isDeleted(environment, redemption.grant)) return userDeleted;
  return firstTokens(environment, application, redemption.grant, redemption.value);
}

/** Whether the user was deleted between the sign-on and now. */
function isDeleted({ directory }: Environment, { userId }: SignOnGrant): boolean {
  return directory.find(userId) === undefined;
}

const userDeleted = invalidGrant('The user is not there any more');

const refreshTokenRefused = invalidGrant('The refresh token is invalid, has expired or was revoked');

/** Rotates a refresh token, which happens at every use; it dies with the sign-on session (docs/pingone.md, section 4.3). */
async function redeemRefreshToken(
  environment: Environment,
  application: Application,
  form: URLSearchParams,
): Promise<SandboxResponse | OAuthError> {
  const sent = form.get('refresh_token');
  if (!sent) return invalidRequest('refresh_token is required');
  const asked = spaceSeparated(form.get('scope'));
  const granted = environment.refreshTokens.find(sent)?.family.grant.scopes;
  // Scopes that were not granted are left out, as at authorize: many clients repeat what they once asked for. To be left
  // with none is refused, before the token is used up.
  if (granted && asked.length > 0 && !granted.some((scope) => asked.includes(scope))) {
    return invalidScope('At least one scope must be granted');
  }
  const family = environment.refreshTokens.rotate(sent, application);
  const session = family && environment.sessions.byId(family.grant.sessionId);
  if (!family || !session) return refreshTokenRefused;
  if (!environment.directory.find(family.grant.userId)?.enabled) return refreshTokenRefused;
  session.activeAt = environment.now();
  const { grant } = family;
  const scopes = asked.length > 0 ? grant.scopes.filter((scope) => asked.includes(scope)) : grant.scopes;
  return userTokens(environment, application, { ...grant, scopes }, family);
}

/** Gives an application its own token, and no ID or refresh token (docs/pingone.md, section 4.4). */
async function redeemClientCredentials(
  environment: Environment,
  application: Application,
  form: URLSearchParams,
): Promise<SandboxResponse | OAuthError> {
  const granted = grantClientScopes(environment, application, spaceSeparated(form.get('scope')));
  if (isOAuthError(granted)) return granted;
  return json(200, {
    access_token: await clientAccessToken(environment, application, granted),
    token_type: 'Bearer',
    expires_in: granted.accessTokenSeconds,
    scope: granted.scopes.length > 0 ? granted.scopes.join(' ') : undefined,
  });
}

/** Answers one poll of a device (RFC 8628, section 3.4). */
async function redeemDeviceCode(
  environment: Environment,
  application: Application,
  form: URLSearchParams,
): Promise<SandboxResponse | OAuthError> {
  const deviceCode = form.get('device_code');
  if (!deviceCode) return invalidRequest('device_code is required');
  const device = environment.deviceCodes.byDeviceCode(deviceCode);
  if (!device || device.application.clientId !== application.clientId || device.outcome.kind === 'spent') {
    return invalidGrant('The device code is invalid');
  }
  const now = environment.now();
  if (device.outcome.kind === 'denied') return devicePollErrors.denied;
  if (device.expiresAt <= now) return devicePollErrors.expired;
  if (device.outcome.kind === 'pending') return notYet(device, now);
  if (!codeVerifierFits(device.challenge, form.get('code_verifier'))) {
    return invalidGrant('The code verifier does not match the code challenge');
  }
  const { grant } = device.outcome;
  device.outcome = { kind: 'spent' };
  if (isDeleted(environment, grant)) return userDeleted;
  return firstTokens(environment, application, grant);
}

/**
 * Tells a device to ask again; too early a poll makes the interval five seconds longer, for good (RFC 8628, section
 * 3.5).
 */
function notYet(device: IssuedDeviceCode, now: number): OAuthError {
  const early = device.polledAt !== undefined && now < device.polledAt + device.intervalSeconds * 1000;
  device.polledAt = now;
  if (early) device.intervalSeconds += 5;
  return early ? devicePollErrors.slowDown : devicePollErrors.pending;
}

/** Answers with the first tokens of a sign-on. @param code the one that they are given for */
export function firstTokens(
  environment: Environment,
  application: Application,
  grant: SignOnGrant,
  code?: string,
): Promise<SandboxResponse> {
  // The nonce belongs to the authorize request, which only the first ID token answers.
  const family = mayRefresh(application, grant.scopes)
    ? environment.refreshTokens.begin({ ...grant, nonce: undefined }, application, code)
    : undefined;
  return userTokens(environment, application, grant, family);
}

/**
 * Whether the user's tokens come with a refresh token (docs/pingone.md, section 4.3): always, unless `offline_access` is
 * granted to the application and then must be asked for.
 */
function mayRefresh({ grantTypes, scopes }: Application, granted: readonly string[]): boolean {
  const asked = granted.includes('offline_access');
  if (!grantTypes.includes('REFRESH_TOKEN')) return asked && grantTypes.includes('AUTHORIZATION_CODE');
  return asked || !scopes.openid.includes('offline_access');
}

/** Answers with a user's tokens (docs/pingone.md, section 4.2). */
async function userTokens(
  environment: Environment,
  application: Application,
  grant: SignOnGrant,
  family: RefreshTokenFamily | undefined,
): Promise<SandboxResponse> {
  const issuedAt = environment.now();
  const accessToken = await userAccessToken(environment, grant, issuedAt);
  const withIdToken = grant.scopes.includes('openid');
  return json(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: grant.accessTokenSeconds,
    refresh_token: family && (await refreshToken(environment, application, family)),
    scope: grant.scopes.join(' '),
    id_token: withIdToken ? await idToken(environment, grant, issuedAt, { accessToken }) : undefined,
  });
}
