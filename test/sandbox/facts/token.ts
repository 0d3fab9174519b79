import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { applicationNamed, basic, invalid, seedWith, seedWithNative } from '../../support/sandbox-client.ts';
import type { Fact, FactRequest } from './fact.ts';
import {
  asked,
  askedInVain,
  authorizationCode,
  basicOf,
  inTurn,
  later,
  type Preparation,
  signedOn,
  signIn,
} from './pingone.ts';
import { membersInOrder, uuid } from './shape.ts';

// docs/pingone.md, section 4: the token endpoint, and how clients authenticate.

const web = 'c0000000-0000-4000-8000-000000000002';
const worker = 'c0000000-0000-4000-8000-000000000003';
const rolelessWorker = 'c0000000-0000-4000-8000-000000000004';
const service = 'c0000000-0000-4000-8000-000000000005';
const bodySecret = 'c0000000-0000-4000-8000-000000000009';
const secretOf = (clientId: string) => applicationNamed(clientId).clientSecret ?? '';

type Form = Readonly<Record<string, string | undefined>>;
const token = (form: Form, headers: Readonly<Record<string, string>> = {}): FactRequest => ({
  to: '{A}/token',
  form,
  headers,
});

const code: Form = {
  grant_type: 'authorization_code',
  client_id: '{native}',
  redirect_uri: '{callback}',
  code_verifier: '{verifier}',
  code: '{code}',
};
const refreshing: Form = { grant_type: 'refresh_token', client_id: '{native}', refresh_token: '{refreshToken}' };
const clientCredentials: Form = { grant_type: 'client_credentials' };

const correlated = (text: string) =>
  new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} \\(Correlation ID: [\\da-f-]{36}\\)$`);
const invalidClient = {
  status: 401,
  body: {
    error: 'invalid_client',
    error_description: correlated('Request denied: Unsupported authentication method'),
    id: undefined,
    code: undefined,
  },
};
const refused = (error: string) => ({
  status: 400,
  body: { error, error_description: / \(Correlation ID: [\da-f-]{36}\)$/ },
});
const sendingBoth = { client_id: bodySecret, client_secret: secretOf(bodySecret) };
const withSecret = { ...clientCredentials, client_id: service, client_secret: secretOf(service) };

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const device = (form: Form = {}): FactRequest => ({
  to: '{A}/device_authorization',
  form: { client_id: '{native}', scope: 'openid', ...form },
});
const began = asked(device(), { deviceCode: 'device_code', userCode: 'user_code' });
const poll = token({ grant_type: deviceGrant, client_id: '{native}', device_code: '{deviceCode}' });
const cibaWords = (text: string) =>
  correlated(`The request could not be completed. There was an issue processing the request.: ${text}`);

/** With offline_access in the resource grant a refresh token must be asked for; without, it is always given. */
const offlineGranted = seedWithNative({
  scopes: { ...applicationNamed('c0000000-0000-4000-8000-000000000001').scopes, openid: ['profile', 'offline_access'] },
});

const jwtClient = applicationNamed('c0000000-0000-4000-8000-000000000006');
const keyClientId = 'sandbox-private-key-client';
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A client assertion: `{assertion}`. */
function assertion(
  clientId: string,
  alg: string,
  key: Parameters<SignJWT['sign']>[0],
  audience: 'issuer' | 'token endpoint' = 'issuer',
): Preparation {
  return async ({ sandbox: { issuer } }) => ({
    assertion: await new SignJWT({ jti: randomUUID() })
      .setProtectedHeader({ alg })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience === 'issuer' ? issuer : `${issuer}/token`)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(key),
  });
}

const asserted = token({
  ...clientCredentials,
  scope: 'orders:read',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: '{assertion}',
});

const authentication: readonly Fact[] = [
  {
    section: '4.1',
    certainty: 'C',
    says: 'NONE: `client_id` in the body is enough',
    before: authorizationCode(),
    request: token(code),
    expect: { status: 200 },
  },
  {
    section: '4.1',
    certainty: 'C',
    says: 'NONE cannot have `client_credentials`',
    request: token({ ...clientCredentials, client_id: '{native}' }),
    expect: { status: 400, body: { error: 'unauthorized_client' } },
  },
  {
    section: '4.1',
    certainty: 'C',
    says: 'CLIENT_SECRET_BASIC: `Authorization: Basic`',
    request: token(clientCredentials, basicOf(worker)),
    expect: { status: 200 },
  },
  {
    section: '4.1',
    certainty: 'C',
    says: 'CLIENT_SECRET_BASIC: the ID and secret must not be in the body',
    request: token({ ...clientCredentials, client_id: worker, client_secret: secretOf(worker) }, basicOf(worker)),
    expect: invalidClient,
  },
  {
    section: '4.1',
    certainty: 'C',
    says: 'CLIENT_SECRET_BASIC: the secret in the body alone is refused',
    request: token({ ...clientCredentials, client_id: worker, client_secret: secretOf(worker) }),
    expect: invalidClient,
  },
  {
    section: '4.1',
    certainty: 'C',
    says: 'CLIENT_SECRET_POST: both in the body',
    request: token({ ...withSecret, scope: 'orders:read' }),
    expect: { status: 200 },
  },
  {
    section: '4.1',
    certainty: 'C',
    says: 'CLIENT_SECRET_POST: Basic is refused',
    request: token({ ...clientCredentials, scope: 'orders:read' }, basicOf(service)),
    expect: invalidClient,
  },
  ...(['issuer', 'token endpoint'] as const).map(
    (audience): Fact => ({
      section: '4.1',
      certainty: audience === 'issuer' ? 'C' : 'I',
      says: `CLIENT_SECRET_JWT: an assertion signed with the secret, for the ${audience}`,
      before: assertion(jwtClient.clientId, 'HS256', new TextEncoder().encode(jwtClient.clientSecret), audience),
      request: asserted,
      expect: { status: 200 },
    }),
  ),
  {
    section: '4.1',
    certainty: 'C',
    says: 'PRIVATE_KEY_JWT: an assertion signed with the key in the application’s `jwks`',
    seed: seedWith(keyClientId, { jwks: { keys: [pair.publicKey.export({ format: 'jwk' })] } }),
    before: assertion(keyClientId, 'RS256', pair.privateKey),
    request: asserted,
    expect: { status: 200 },
  },
  {
    section: '4.1',
    certainty: 'C',
    says: 'CLIENT_SECRET_JWT: the secret itself is refused',
    request: token({ ...clientCredentials, client_id: jwtClient.clientId, client_secret: jwtClient.clientSecret }),
    expect: invalidClient,
  },
  ...[
    ['a wrong secret', basic(worker, 'wrong')],
    ['an unknown client', basic('c0000000-0000-4000-8000-0000000000ff', 'wrong')],
  ].map(
    ([who, headers]): Fact => ({
      section: '4.6',
      certainty: 'C',
      says: `${String(who)} is 401 \`invalid_client\`, \`Request denied: Unsupported authentication method\``,
      request: token(clientCredentials, headers as { readonly authorization: string }),
      expect: invalidClient,
    }),
  ),
];

const grants: readonly Fact[] = [
  {
    section: '4.2',
    certainty: 'C',
    says: 'A code gives `access_token`, `token_type` Bearer, `expires_in` 3600, `scope`, `id_token`, `refresh_token`',
    before: authorizationCode({ scope: 'openid profile' }),
    request: token(code),
    expect: {
      status: 200,
      body: {
        access_token: /^[\w-]+\.[\w-]+\.[\w-]+$/,
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'openid profile',
        id_token: /^[\w-]+\.[\w-]+\.[\w-]+$/,
        refresh_token: String,
      },
    },
  },
  {
    section: '4.2',
    certainty: 'C',
    says: 'They are in the recorded order, and there is nothing else',
    before: authorizationCode({ scope: 'openid profile' }),
    request: token(code),
    expect: {
      status: 200,
      body: membersInOrder('access_token', 'token_type', 'expires_in', 'refresh_token', 'scope', 'id_token'),
    },
  },
  {
    section: '4.2',
    certainty: 'C',
    says: 'There is no ID token without `openid`',
    before: authorizationCode({ scope: 'p1:read:user' }),
    request: token(code),
    expect: { status: 200, body: { access_token: String, id_token: undefined } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'With `offline_access` in the grant of `openid`, a refresh token comes to who asks for that scope',
    seed: offlineGranted,
    before: authorizationCode({ scope: 'openid offline_access' }),
    request: token(code),
    expect: { status: 200, body: { refresh_token: String } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'With `offline_access` in the grant of `openid`, none comes to who does not ask for it',
    seed: offlineGranted,
    before: authorizationCode({ scope: 'openid' }),
    request: token(code),
    expect: { status: 200, body: { refresh_token: undefined } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'Without `offline_access` in the grant of `openid`, a refresh token always comes',
    before: authorizationCode({ scope: 'openid' }),
    request: token(code),
    expect: { status: 200, body: { refresh_token: String } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'AUTHORIZATION_CODE alone and `offline_access` give a refresh token, too',
    seed: seedWithNative({
      grantTypes: ['AUTHORIZATION_CODE'],
      scopes: {
        ...applicationNamed('c0000000-0000-4000-8000-000000000001').scopes,
        openid: ['profile', 'offline_access'],
      },
    }),
    before: authorizationCode({ scope: 'openid offline_access' }),
    request: token(code),
    expect: { status: 200, body: { refresh_token: String } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'A refresh gives a new access token, a new refresh token, and an ID token where `openid` was granted',
    before: signIn(),
    request: token(refreshing),
    expect: { status: 200, body: { access_token: String, refresh_token: /^(?!{refreshToken}$)./, id_token: String } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'A rotated refresh token is refused',
    before: inTurn(signIn(), asked(token(refreshing))),
    request: token(refreshing),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'The reuse of a rotated refresh token revokes its descendants',
    before: inTurn(signIn(), asked(token(refreshing), { newer: 'refresh_token' }), askedInVain(token(refreshing))),
    request: token({ ...refreshing, refresh_token: '{newer}' }),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'Within `refreshTokenRollingGracePeriodDuration` a rotated refresh token is taken again',
    seed: seedWithNative({ refreshTokenRollingGracePeriodDuration: 60 }),
    before: inTurn(signIn(), asked(token(refreshing)), later(30)),
    request: token(refreshing),
    expect: { status: 200 },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'A refresh token lasts `refreshTokenDuration`',
    seed: seedWithNative({ refreshTokenDuration: 60 }),
    before: inTurn(signIn(), later(60)),
    request: token(refreshing),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.3',
    certainty: 'C',
    says: '`refreshTokenRollingDuration` ends all that descend from one sign-on',
    seed: seedWithNative({ refreshTokenDuration: 60, refreshTokenRollingDuration: 90 }),
    before: inTurn(signIn(), later(50), asked(token(refreshing), { newer: 'refresh_token' }), later(50)),
    request: token({ ...refreshing, refresh_token: '{newer}' }),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'A refresh token dies with its session',
    before: inTurn(signIn(), asked({ to: '{A}/idpSignoff?id_token_hint={idToken}' })),
    request: token(refreshing),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'A session ends 30 days after the last sign-on, and its refresh tokens with it',
    seed: seedWithNative({ refreshTokenDuration: 15_552_000 }),
    before: inTurn(signIn(), later(31 * 86_400)),
    request: token(refreshing),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'A refresh does not make the session last longer',
    seed: seedWithNative({ refreshTokenDuration: 15_552_000 }),
    before: inTurn(
      signIn(),
      later(20 * 86_400),
      asked(token(refreshing), { newer: 'refresh_token' }),
      later(11 * 86_400),
    ),
    request: token({ ...refreshing, refresh_token: '{newer}' }),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'From 2 March 2027 on a refresh token is opaque, whatever the application has',
    seed: seedWithNative({ refreshTokenType: 'JSON_WEB_TOKEN' }),
    before: inTurn(later(100 * 86_400), authorizationCode()),
    request: token(code),
    expect: { status: 200, body: { refresh_token: /^[^.]+$/ } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'A refresh token is opaque where the application has OPAQUE_TOKEN, which is the default',
    before: authorizationCode(),
    request: token(code),
    expect: { status: 200, body: { refresh_token: /^[^.]+$/ } },
  },
  {
    section: '4.3',
    certainty: 'C',
    says: 'With JSON_WEB_TOKEN it is a JWT under `kid` default, with sub, jti, exp, sid, scope, auth_time, acr, amr, iss',
    seed: seedWithNative({ refreshTokenType: 'JSON_WEB_TOKEN' }),
    before: authorizationCode(),
    request: token(code),
    expect: {
      status: 200,
      claims: {
        refresh_token: {
          sub: '{ada}',
          jti: String,
          exp: Number,
          sid: uuid,
          scope: String,
          auth_time: Number,
          acr: String,
          amr: ['pwd'],
          iss: '{A}',
        },
      },
      tokenHeaders: { refresh_token: { kid: 'default' } },
    },
  },
  {
    section: '4.4',
    certainty: 'C',
    says: 'A worker gets an access token for an hour; no refresh token, no ID token, no scope',
    request: token(clientCredentials, basicOf(worker)),
    expect: {
      status: 200,
      body: {
        access_token: String,
        token_type: 'Bearer',
        expires_in: 3600,
        refresh_token: undefined,
        id_token: undefined,
        scope: undefined,
      },
      claims: { access_token: { scope: undefined, sub: undefined } },
    },
  },
  {
    section: '4.4',
    certainty: 'C',
    says: 'A worker’s token has the OIDC scopes that were asked for',
    request: token({ ...clientCredentials, scope: 'openid' }, basicOf(worker)),
    expect: { status: 200, claims: { access_token: { scope: 'openid' } } },
  },
  {
    section: '4.4',
    certainty: 'C',
    says: 'A worker without any role gets no token',
    request: token(clientCredentials, basicOf(rolelessWorker)),
    expect: { status: 400, body: { error: String, error_description: String } },
  },
  {
    section: '4.4',
    certainty: 'C',
    says: 'Scopes `p1:*` are never granted to an application itself',
    request: token({ ...withSecret, scope: 'p1:read:user' }),
    expect: { status: 400, body: { error: 'invalid_scope' } },
  },
  {
    section: '4.4',
    certainty: 'C3',
    says: 'An application that is no worker must ask for a scope: `At least one scope must be granted`',
    request: token(withSecret),
    expect: {
      status: 400,
      body: { error: 'invalid_scope', error_description: correlated(`${invalid}At least one scope must be granted`) },
    },
  },
  {
    section: '4.4',
    certainty: 'C',
    says: 'Only a custom resource changes how long an access token lasts',
    seed: (() => {
      const seed = seedWithNative({});
      return {
        ...seed,
        customResources: seed.customResources.map((resource) => ({ ...resource, accessTokenValiditySeconds: 600 })),
      };
    })(),
    request: token({ ...withSecret, scope: 'orders:read' }),
    expect: { status: 200, body: { expires_in: 600, scope: 'orders:read' } },
  },
  {
    section: '4.4',
    certainty: 'C',
    says: 'Userinfo refuses an application’s own token with the platform’s ACCESS_FAILED',
    request: { to: '{A}/userinfo', as: 'worker' },
    expect: { status: 403, body: { id: uuid, code: 'ACCESS_FAILED' } },
  },
];

const devices: readonly Fact[] = [
  {
    section: '4.5',
    certainty: 'C',
    says: 'A device gets `device_code`, a UUID, `user_code` XXXX-XXXX, both addresses, `expires_in` 600, `interval` 5',
    request: device(),
    expect: {
      status: 200,
      body: {
        device_code: uuid,
        user_code: /^[A-Z\d]{4}-[A-Z\d]{4}$/,
        verification_uri: '{E}/device/{native}',
        verification_uri_complete: /^{E}\/device\/{native}\?user_code=[A-Z\d]{4}-[A-Z\d]{4}$/,
        expires_in: 600,
        interval: 5,
      },
    },
  },
  {
    section: '4.5',
    certainty: 'C',
    says: '`devicePathId` of the application names the page',
    seed: seedWithNative({ devicePathId: 'tv' }),
    request: device(),
    expect: { status: 200, body: { verification_uri: '{E}/device/tv' } },
  },
  {
    section: '9',
    certainty: 'C',
    says: '`deviceTimeout` and `devicePollingInterval` set how long and how often',
    seed: seedWithNative({ deviceTimeout: 60, devicePollingInterval: 7 }),
    request: device(),
    expect: { status: 200, body: { expires_in: 60, interval: 7 } },
  },
  {
    section: '4.5',
    certainty: 'C',
    says: '`deviceCustomVerificationUri` of the application is told in the place of the page',
    seed: seedWithNative({ deviceCustomVerificationUri: 'https://example.com/tv' }),
    request: device(),
    expect: { status: 200, body: { verification_uri: 'https://example.com/tv' } },
  },
  {
    section: '4.5',
    certainty: 'C',
    says: 'PKCE on the device grant is tolerated',
    request: device({ code_challenge: '{challenge}', code_challenge_method: 'S256' }),
    expect: { status: 200 },
  },
  {
    section: '4.5',
    certainty: 'I',
    says: 'A poll that comes too early: `authorization_pending`, in the words documented for CIBA',
    before: began,
    request: poll,
    expect: {
      status: 400,
      body: {
        error: 'authorization_pending',
        error_description: cibaWords('The authorization request is still pending.'),
      },
    },
  },
  {
    section: '4.5',
    certainty: 'I',
    says: 'A poll that comes too often: `slow_down`',
    before: inTurn(began, askedInVain(poll)),
    request: poll,
    expect: {
      status: 400,
      body: {
        error: 'slow_down',
        error_description: cibaWords('The authorization request is still pending. Please slow down the poll requests.'),
      },
    },
  },
  {
    section: '4.5',
    certainty: 'I',
    says: 'A poll that comes too late: `expired_token`',
    before: inTurn(began, later(600)),
    request: poll,
    expect: {
      status: 400,
      body: {
        error: 'expired_token',
        error_description: cibaWords('The authorization request for the provided <device_code> has expired.'),
      },
    },
  },
];

const errors: readonly Fact[] = [
  {
    section: '4.6',
    certainty: 'C',
    says: 'An error has `error` and `error_description` and nothing else, and the correlation ID is in the description and in the header',
    request: token({ grant_type: 'authorization_code', client_id: '{native}', code: 'x', redirect_uri: '{callback}' }),
    expect: {
      status: 400,
      headers: { 'correlation-id': uuid },
      body: (body: unknown) => Object.keys(body as object).join() === 'error,error_description',
    },
  },
  {
    section: '4.6',
    certainty: 'C3',
    says: 'A grant that the application has not: `unauthorized_client`',
    request: token({ grant_type: deviceGrant, device_code: 'x', ...sendingBoth }),
    expect: { status: 400, body: { error: 'unauthorized_client' } },
  },
  {
    section: '4.6',
    certainty: 'I',
    says: 'An unknown grant: `unsupported_grant_type`',
    request: token({ grant_type: 'password', client_id: '{native}' }),
    expect: refused('unsupported_grant_type'),
  },
  {
    section: '4.6',
    certainty: 'I',
    says: 'A code that was used: `invalid_grant`',
    before: inTurn(authorizationCode(), asked(token(code))),
    request: token(code),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.6',
    certainty: 'I',
    says: 'A code that has expired: `invalid_grant`',
    before: inTurn(authorizationCode(), later(60)),
    request: token(code),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.6',
    certainty: 'I',
    says: 'A wrong code verifier: `invalid_grant`',
    before: authorizationCode(),
    request: token({ ...code, code_verifier: 'another-verifier-that-is-long-enough-for-RFC-7636-too' }),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.6',
    certainty: 'I',
    says: 'Another redirect URI than at authorize: `invalid_grant`',
    before: authorizationCode(),
    request: token({ ...code, redirect_uri: 'https://127.0.0.1:9/callback' }),
    expect: refused('invalid_grant'),
  },
  {
    section: '4.6',
    certainty: 'I',
    says: 'A parameter that is missing: `invalid_request`',
    request: token({ client_id: '{native}' }),
    expect: refused('invalid_request'),
  },
];

const implicit: readonly Fact[] = [
  {
    section: '4.7',
    certainty: 'C',
    says: '`token id_token` gives both in the fragment, with token_type, expires_in, scope, state; no refresh token',
    before: signedOn('ada', {
      ...{ client_id: web, response_type: 'token id_token', response_mode: undefined },
      ...{ scope: 'openid profile', code_challenge: undefined, code_challenge_method: undefined },
    }),
    request: { to: '{A}/resume?flowId={flow}', headers: { cookie: '{cookie}' } },
    expect: {
      status: 302,
      headers: { location: /^https:\/\/127\.0\.0\.1:9\/callback#/ },
      location: {
        to: 'https://127.0.0.1:9/callback',
        parameters: {
          access_token: String,
          token_type: 'Bearer',
          expires_in: '3600',
          scope: 'openid profile',
          id_token: String,
          state: 'the-state',
          refresh_token: undefined,
          code: undefined,
        },
      },
      claims: { id_token: { at_hash: String, nonce: 'the-nonce', aud: web } },
    },
  },
  ...(['id_token', 'token'] as const).map(
    (type): Fact => ({
      section: '4.7',
      certainty: 'C',
      says: `\`${type}\` alone gives that one only`,
      before: signedOn('ada', {
        ...{ client_id: web, response_type: type, response_mode: undefined },
        ...{ scope: 'openid', code_challenge: undefined, code_challenge_method: undefined },
      }),
      request: { to: '{A}/resume?flowId={flow}', headers: { cookie: '{cookie}' } },
      expect: {
        status: 302,
        location: {
          to: 'https://127.0.0.1:9/callback',
          parameters: {
            id_token: type === 'id_token' ? String : undefined,
            access_token: type === 'token' ? String : undefined,
          },
        },
      },
    }),
  ),
  {
    section: '4.7',
    certainty: 'C',
    says: '`id_token` needs a `nonce`',
    request: { to: '{A}/authorize?response_type=id_token&client_id={web}&redirect_uri={callback}&scope=openid' },
    expect: { status: 302, location: { to: '{callback}', parameters: { error: 'invalid_request' } } },
  },
  {
    section: '4.7',
    certainty: 'C',
    says: '`response_mode=form_post` posts to the application from a page',
    before: signedOn('ada', { response_mode: 'form_post' }),
    request: { to: '{A}/resume?flowId={flow}', headers: { cookie: '{cookie}' } },
    expect: { status: 200, headers: { 'content-type': /^text\/html/ }, text: /<form[^>]*method="post"/i },
  },
];

export const tokenFacts: readonly Fact[] = [...authentication, ...grants, ...devices, ...errors, ...implicit];
