import { createHash } from 'node:crypto';
import type { Environment } from '../environment.ts';
import { mediaType, repeatedParameter, type SandboxRequest } from '../request.ts';
import { json, type SandboxResponse } from '../response.ts';
import type { Application, GrantType } from '../seed/applications.ts';
import { authenticateClient } from './client-authentication.ts';
import type { CodeChallenge, DeviceGrant, RefreshFamily, UserGrant } from './issued.ts';
import {
  badClientAuthentication,
  failed,
  invalidGrant,
  invalidRequest,
  invalidScope,
  isRefusal,
  notYet,
  type Refusal,
  refuse,
} from './refusal.ts';
import { grantClientScopes, scopesIn } from './scopes.ts';
import { clientAccessToken, idToken, refreshToken, userAccessToken } from './tokens.ts';

/** A token endpoint's answer for a user (docs/pingone.md, section 4.2). */
async function userTokens(
  environment: Environment,
  application: Application,
  grant: UserGrant,
  family: RefreshFamily | undefined,
): Promise<SandboxResponse> {
  const accessToken = await userAccessToken(environment, grant);
  return json(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: grant.accessTokenSeconds,
    scope: grant.scopes.join(' '),
    ...(family ? { refresh_token: await refreshToken(environment, application, family) } : {}),
    ...(grant.scopes.includes('openid') ? { id_token: await idToken(environment, grant, { accessToken }) } : {}),
  });
}

/**
 * Who gets a refresh token (docs/pingone.md, section 4.3): always, unless `offline_access` is granted and then must be
 * asked for.
 */
function mayRefresh({ grantTypes, scopes }: Application, granted: readonly string[]): boolean {
  const asked = granted.includes('offline_access');
  if (!grantTypes.includes('REFRESH_TOKEN')) return asked && grantTypes.includes('AUTHORIZATION_CODE');
  return asked || !scopes.openid.includes('offline_access');
}

/** Exchanges a code for tokens (RFC 6749, section 4.1.3; RFC 7636, section 4.6). */
const authorizationCodeGrant: Grant = async (environment, application, form) => {
  const value = form.get('code');
  if (!value) return invalidRequest('code is required');
  const redemption = environment.codes.redeem(value);
  if (redemption.kind === 'reused') environment.refreshFamilies.revokeByCode(value);
  if (redemption.kind !== 'redeemed' || redemption.grant.clientId !== application.clientId) {
    return invalidGrant('The authorization code is invalid, has expired or was already used');
  }
  if (redemption.redirectUri !== undefined && form.get('redirect_uri') !== redemption.redirectUri) {
    return invalidGrant('Redirect URI mismatch');
  }
  if (!verifierFits(redemption.challenge, form.get('code_verifier'))) {
    return invalidGrant('The code verifier does not match the code challenge');
  }
  const { grant } = redemption;
  const family = mayRefresh(application, grant.scopes)
    ? environment.refreshFamilies.begin(grant, application, value)
    : undefined;
  return userTokens(environment, application, grant, family);
};

/** A verifier without a challenge is refused too: it means that the challenge was stripped (RFC 9700, section 2.1.1). */
function verifierFits(challenge: CodeChallenge | undefined, verifier: string | null): boolean {
  if (!challenge) return verifier === null;
  if (verifier === null || !/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  if (challenge.method === 'plain') return verifier === challenge.value;
  return createHash('sha256').update(verifier).digest('base64url') === challenge.value;
}

const dead = 'The refresh token is invalid, has expired or was revoked';

/** A refresh token rotates at every use, and dies with the sign-on session (docs/pingone.md, section 4.3). */
const refreshTokenGrant: Grant = async (environment, application, form) => {
  const value = form.get('refresh_token');
  if (!value) return invalidRequest('refresh_token is required');
  const asked = scopesIn(form.get('scope'));
  const before = environment.refreshFamilies.find(value)?.family.grant.scopes;
  // As at authorize: many clients repeat what they once asked for. Refused before the token is used up.
  if (before && asked.length > 0 && !before.some((scope) => asked.includes(scope))) {
    return invalidScope('At least one scope must be granted');
  }
  const family = environment.refreshFamilies.rotate(value, application);
  const session = family && environment.sessions.byId(family.grant.sessionId);
  if (!family || !session) return invalidGrant(dead);
  if (!environment.directory.find(family.grant.userId)?.enabled) return invalidGrant(dead);
  session.activeAt = environment.now();
  const { nonce: _sentOnce, ...grant } = family.grant;
  const scopes = asked.length > 0 ? grant.scopes.filter((scope) => asked.includes(scope)) : grant.scopes;
  return userTokens(environment, application, { ...grant, scopes, nonce: undefined }, family);
};

/** Gives an application its own token, and no ID or refresh token (docs/pingone.md, section 4.4). */
const clientCredentialsGrant: Grant = async (environment, application, form) => {
  const granted = grantClientScopes(environment, application, scopesIn(form.get('scope')));
  if (isRefusal(granted)) return granted;
  return json(200, {
    access_token: await clientAccessToken(environment, application, granted),
    token_type: 'Bearer',
    expires_in: granted.accessTokenSeconds,
    ...(granted.scopes.length > 0 ? { scope: granted.scopes.join(' ') } : {}),
  });
};

/** PingOne's texts for a poll that gets no tokens (docs/pingone.md, section 4.5). */
const pending = notYet('authorization_pending', 'The authorization request is still pending.');
const slowDown = notYet('slow_down', 'The authorization request is still pending. Please slow down the poll requests.');
const denied = notYet('access_denied', 'The authorization request has been denied.');
const expired = notYet('expired_token', 'The authorization request for the provided <device_code> has expired.');

/** One poll (RFC 8628, section 3.4). */
const deviceCodeGrant: Grant = async (environment, application, form) => {
  const value = form.get('device_code');
  if (!value) return invalidRequest('device_code is required');
  const device = environment.deviceGrants.byDeviceCode(value);
  if (!device || device.application.clientId !== application.clientId || device.outcome.kind === 'spent') {
    return invalidGrant('The device code is invalid');
  }
  const now = environment.now();
  if (device.outcome.kind === 'denied') return denied;
  if (device.expiresAt <= now) return expired;
  if (device.outcome.kind === 'pending') return poll(device, now);
  if (!verifierFits(device.challenge, form.get('code_verifier'))) {
    return invalidGrant('The code verifier does not match the code challenge');
  }
  const { grant } = device.outcome;
  device.outcome = { kind: 'spent' };
  const family = mayRefresh(application, grant.scopes)
    ? environment.refreshFamilies.begin(grant, application)
    : undefined;
  return userTokens(environment, application, grant, family);
};

/** Too early a poll makes the interval five seconds longer, for good (RFC 8628, section 3.5). */
function poll(device: DeviceGrant, now: number): Refusal {
  const early = device.polledAt !== undefined && now < device.polledAt + device.intervalSeconds * 1000;
  device.polledAt = now;
  if (early) device.intervalSeconds += 5;
  return early ? slowDown : pending;
}

/** One way to tokens. The client is authenticated and may use it. */
type Grant = (
  environment: Environment,
  application: Application,
  form: URLSearchParams,
) => Promise<SandboxResponse | Refusal>;

/**
 * `allowedTo`: the application needs one of these. `offline_access` alone may give a refresh token (docs/pingone.md,
 * section 4.3).
 */
const grants: Readonly<Record<string, { readonly allowedTo: readonly GrantType[]; readonly grant: Grant }>> = {
  authorization_code: { allowedTo: ['AUTHORIZATION_CODE'], grant: authorizationCodeGrant },
  refresh_token: { allowedTo: ['REFRESH_TOKEN', 'AUTHORIZATION_CODE'], grant: refreshTokenGrant },
  client_credentials: { allowedTo: ['CLIENT_CREDENTIALS'], grant: clientCredentialsGrant },
  'urn:ietf:params:oauth:grant-type:device_code': { allowedTo: ['DEVICE_CODE'], grant: deviceCodeGrant },
};

/** `POST {A}/token` (docs/pingone.md, section 4). */
export async function token(environment: Environment, request: SandboxRequest): Promise<SandboxResponse> {
  const answer = await exchange(environment, request);
  return isRefusal(answer) ? refuse(answer, request) : answer;
}

async function exchange(environment: Environment, request: SandboxRequest): Promise<SandboxResponse | Refusal> {
  const form = request.form();
  const repeated = repeatedParameter(form);
  if (mediaType(request) !== 'application/x-www-form-urlencoded') {
    return invalidRequest('The content type must be application/x-www-form-urlencoded');
  }
  if (repeated) return invalidRequest(`${repeated} must not be repeated`);
  const grantType = form.get('grant_type');
  if (!grantType) return invalidRequest('grant_type is required');
  const entry = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined;
  if (!entry) return failed('unsupported_grant_type', `Unsupported grant type: ${grantType}`);
  const application = await authenticateClient(environment, request);
  if (!application) return badClientAuthentication;
  const anonymous = application.tokenEndpointAuthMethod === 'NONE' && grantType === 'client_credentials';
  if (anonymous || !entry.allowedTo.some((type) => application.grantTypes.includes(type))) {
    return failed('unauthorized_client', `Grant type not enabled for the application: ${grantType}`);
  }
  return entry.grant(environment, application, form);
}
