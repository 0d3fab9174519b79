import {
  devicePollErrors,
  invalidGrant,
  type OAuthError,
  oauthErrorResponse,
} from '../authorization-server/oauth-error.ts';
import { json } from '../response.ts';
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
      answer: async (request, proceed, count) =>
        count % 2 === 1 ? oauthErrorResponse(devicePollErrors.slowDown, request) : proceed(),
    },
  },
  'device-denied': {
    happens: 'the sign-in on the other device is denied',
    meetsIt: 'login --device',
    traffic: {
      at: polling,
      answer: always(devicePollErrors.denied),
    },
  },
  'device-expired': {
    happens: 'the device code has expired by the first poll',
    meetsIt: 'login --device',
    traffic: {
      at: polling,
      answer: always(devicePollErrors.expired),
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

async function unavailable() {
  return json(503, { error: 'temporarily_unavailable', error_description: 'Please try again.' });
}

function always(error: OAuthError): TrafficFault['answer'] {
  return async (request) => oauthErrorResponse(error, request);
}
