import { createHmac } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { invalidGrant, notYet, type Refusal, refuse } from '../authorization-server/refusal.ts';
import { json } from '../response.ts';
import type { SigningKeys } from '../signing-keys.ts';
import type { Fault, TrafficFault } from './fault.ts';
import { cut, doThenCut, doTwice, endpoint, gateway, granting, stall, withCallback, withMembers } from './traffic.ts';

const anotherIssuer = 'https://auth.pingone.example/another/as';
const refreshing = granting('refresh_token');
const polling = granting('urn:ietf:params:oauth:grant-type:device_code');

/** What the endpoints below the issuer do wrong. */
export const authorizationServerFaults = {
  'discovery-other-issuer': {
    happens: 'the discovery document is that of another environment',
    meetsIt: 'login',
    traffic: {
      at: endpoint('.well-known/openid-configuration'),
      answer: withMembers(() => ({ issuer: anotherIssuer })),
    },
  },
  'callback-wrong-state': {
    happens: 'the browser comes back with the answer to another sign-in: its state is not ours',
    meetsIt: 'login, with --timeout 30',
    traffic: { at: endpoint('resume'), answer: withCallback((sent) => sent.set('state', 'of-another-sign-in')) },
  },
  'callback-wrong-issuer': {
    happens: 'the browser comes back from another authorization server (RFC 9207, iss)',
    meetsIt: 'login',
    traffic: { at: endpoint('resume'), answer: withCallback((sent) => sent.set('iss', anotherIssuer)) },
  },
  'code-replayed': {
    happens: 'somebody else has redeemed the authorization code first',
    meetsIt: 'login',
    traffic: { at: granting('authorization_code'), answer: doTwice },
  },
  'token-5xx': {
    happens: 'the token endpoint answers 503, "try again"',
    meetsIt: 'login',
    traffic: { at: endpoint('token'), answer: unavailable },
  },
  'token-html': {
    happens: 'a proxy answers in place of the token endpoint, with a page and status 200',
    meetsIt: 'login',
    traffic: { at: endpoint('token'), answer: gateway(200) },
  },
  'token-stalls': {
    happens: 'the token endpoint takes the request and never answers',
    meetsIt: 'login, with PING14C_HTTP_TIMEOUT=5',
    traffic: { at: endpoint('token'), answer: stall },
  },
  'token-resets': {
    happens: 'the connection is reset before the token endpoint has done anything',
    meetsIt: 'login',
    traffic: { at: endpoint('token'), answer: cut },
  },
  'refresh-5xx': {
    happens: 'the token endpoint answers 503 to a refresh; signing in works',
    meetsIt: 'login, then token --refresh',
    traffic: { at: refreshing, answer: unavailable },
  },
  'refresh-stalls': {
    happens: 'the token endpoint takes a refresh token and never answers; signing in works',
    meetsIt: 'login, then token --refresh, with PING14C_HTTP_TIMEOUT=5',
    traffic: { at: refreshing, answer: stall },
  },
  'refresh-refused': {
    happens: 'refresh tokens are refused, as after the session was ended in the console',
    meetsIt: 'login, then token --refresh',
    traffic: { at: refreshing, answer: always(invalidGrant('The refresh token is invalid or expired')) },
  },
  'rotation-replay': {
    happens: 'somebody else has used the refresh token first: the server sees a theft, and ends all of its family',
    meetsIt: 'login, then token --refresh',
    traffic: { at: refreshing, answer: doTwice },
  },
  'refresh-answer-lost': {
    happens: 'the refresh token is rotated, and the answer with the new one gets lost, every second time',
    meetsIt: 'login, then token --refresh, twice',
    traffic: {
      at: refreshing,
      answer: (request, proceed, count) => (count % 2 === 1 ? doThenCut(request, proceed, count) : proceed()),
    },
  },
  'userinfo-other-sub': {
    happens: 'userinfo speaks of another user than the one who is signed in',
    meetsIt: 'whoami',
    traffic: {
      at: endpoint('userinfo'),
      answer: withMembers(() => ({ sub: 'd0000000-0000-4000-8000-0000000000ff', name: 'Somebody Else' })),
    },
  },
  'revoke-fails': {
    happens: 'the refresh token cannot be revoked: the endpoint answers 503',
    meetsIt: 'logout',
    traffic: { at: endpoint('revoke'), answer: gateway(503) },
  },
  'device-slow-down': {
    happens: 'every second poll is told to slow down, however slow it is',
    meetsIt: 'login --device',
    traffic: {
      at: polling,
      answer: async (request, proceed, count) => (count % 2 === 1 ? refuse(slowDown, request) : proceed()),
    },
  },
  'device-denied': {
    happens: 'the sign-in on the other device is denied',
    meetsIt: 'login --device',
    traffic: { at: polling, answer: always(notYet('access_denied', 'The authorization request has been denied.')) },
  },
  'device-expired': {
    happens: 'the device code has expired by the first poll',
    meetsIt: 'login --device',
    traffic: {
      at: polling,
      answer: always(notYet('expired_token', 'The authorization request for the provided <device_code> has expired.')),
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

async function unavailable() {
  return json(503, { error: 'temporarily_unavailable', error_description: 'Please try again.' });
}

const slowDown = notYet('slow_down', 'The authorization request is still pending. Please slow down the poll requests.');

function always(refusal: Refusal): TrafficFault['answer'] {
  return async (request) => refuse(refusal, request);
}

type Forge = (claims: JWTPayload, keys: SigningKeys) => string | Promise<string>;

const hour = 3600;

/** ID tokens that no client may take (OpenID Connect Core, section 3.1.3.7), and clocks that do not agree. */
export const idTokenFaults = {
  'id-token-wrong-issuer': {
    happens: 'the ID token names another issuer',
    meetsIt: 'login',
    keys: idTokens((claims, keys) => keys.sign({ ...claims, iss: 'https://auth.pingone.example/another/as' })),
  },
  'id-token-wrong-audience': {
    happens: 'the ID token is for another client',
    meetsIt: 'login',
    keys: idTokens((claims, keys) => keys.sign({ ...claims, aud: 'another-client' })),
  },
  'id-token-wrong-nonce': {
    happens: 'the ID token answers another sign-in: its nonce is not ours',
    meetsIt: 'login',
    keys: idTokens((claims, keys) => keys.sign({ ...claims, nonce: 'of-another-sign-in' })),
  },
  'id-token-expired': {
    happens: 'the ID token expired an hour ago',
    meetsIt: 'login',
    keys: idTokens(({ iat = 0, ...claims }, keys) => keys.sign({ ...claims, iat: iat - 2 * hour, exp: iat - hour })),
  },
  'id-token-alg-none': {
    happens: 'the ID token is not signed at all, and says so',
    meetsIt: 'login',
    keys: idTokens((claims) => `${encoded({ alg: 'none' })}.${encoded(claims)}.`),
  },
  'id-token-alg-hs256': {
    happens: 'the ID token is signed with the public key as if that were a shared secret',
    meetsIt: 'login',
    keys: idTokens(async (claims, keys) => {
      const [key] = await keys.published();
      const signed = `${encoded({ alg: 'HS256', kid: key?.kid })}.${encoded(claims)}`;
      return `${signed}.${createHmac('sha256', JSON.stringify(key)).update(signed).digest('base64url')}`;
    }),
  },
  'id-token-bad-signature': {
    happens: 'the ID token was changed after it was signed',
    meetsIt: 'login',
    keys: idTokens(async (claims, keys) => {
      const [header, , signature] = (await keys.sign(claims)).split('.');
      return `${header}.${encoded({ ...claims, email: 'somebody-else@example.com' })}.${signature}`;
    }),
  },
  'id-token-wrong-at-hash': {
    happens: 'the ID token belongs to another access token (at_hash): one of the two was exchanged in the browser',
    meetsIt: 'login --implicit, as the single-page application: --client-id c0000000-0000-4000-8000-000000000010',
    keys: idTokens((claims, keys) => keys.sign({ ...claims, at_hash: 'LDktKdoQak3Pk0cnXxCltA' })),
  },
  'jwks-unknown-kid': {
    happens: 'tokens are signed with a key that the server does not publish',
    meetsIt: 'login',
    keys: (keys) => ({
      ...keys,
      published: async () => (await keys.published()).map((key) => ({ ...key, kid: `${key.kid}-old` })),
    }),
  },
  'clock-ahead': {
    happens: "the server's clock is 10 minutes ahead of this machine's",
    meetsIt: 'login',
    aheadSeconds: 600,
  },
  'clock-behind': {
    happens: "the server's clock is two hours behind this machine's",
    meetsIt: 'login',
    aheadSeconds: -2 * hour,
  },
} as const satisfies Readonly<Record<string, Fault>>;

/** Forges ID tokens only: they are the ones whose `aud` is a text, an access token's is a list (docs/pingone.md, section 5). */
function idTokens(forge: Forge): (keys: SigningKeys) => SigningKeys {
  return (keys) => ({
    ...keys,
    sign: async (claims, header) => (typeof claims.aud === 'string' ? forge(claims, keys) : keys.sign(claims, header)),
  });
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
