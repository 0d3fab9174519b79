import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  basic,
  claimsOf,
  exchange,
  type Parameters,
  post,
  refresh,
  seedWith,
  seedWithNative,
  signInForAnswer,
  tokensOf,
} from '../../support/sandbox-client.ts';

const id = (digits: string) => `c0000000-0000-4000-8000-0000000000${digits}`;
const worker = applicationNamed(id('03'));
const roleless = applicationNamed(id('04'));
const service = applicationNamed(id('05'));
const jwtClient = applicationNamed(id('06'));
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const invalid = 'The request could not be completed. One or more validation errors were in the request.: ';

const clientCredentials = { grant_type: 'client_credentials' };
const workerToken = (sandbox: TestSandbox, form: Parameters = {}) =>
  post(sandbox, 'token', { ...clientCredentials, ...form }, basic(worker.clientId, worker.clientSecret ?? ''));

/** An answer's error without its correlation ID, which must be that of the header. */
function told(answer: Awaited<ReturnType<typeof post>>) {
  const { error, error_description: description, ...rest } = answer.json();
  const text = String(description).replace(` (Correlation ID: ${answer.headers['correlation-id']})`, '');
  return { status: answer.status, error, text, rest };
}

describe('the authorization code grant', () => {
  it('gives the tokens, types and claims that PingOne gives', async () => {
    const sandbox = await startTestSandbox();
    const { environment } = sandbox.seed;
    const callback = await signInForAnswer(sandbox);
    const answer = await exchange(sandbox, callback.get('code'));
    const tokens = answer.json();
    expect(tokens).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid profile email p1:read:user',
      refresh_token: expect.not.stringContaining('.'),
      id_token: expect.any(String),
    });
    const access = claimsOf(tokens['access_token']);
    expect(access).toEqual({
      client_id: id('01'),
      iss: sandbox.issuer,
      jti: expect.stringMatching(uuid),
      iat: expect.any(Number),
      exp: Number(access['iat']) + 3600,
      aud: [sandbox.origin],
      scope: 'openid profile email p1:read:user',
      sub: ada.id,
      sid: expect.stringMatching(uuid),
      auth_time: expect.any(Number),
      acr: 'Single_Factor',
      env: environment.id,
      org: environment.organizationId,
    });
    expect(claimsOf(tokens['id_token'])).toEqual({
      iss: sandbox.issuer,
      sub: ada.id,
      aud: id('01'),
      iat: access['iat'],
      exp: access['exp'],
      auth_time: access['auth_time'],
      acr: 'Single_Factor',
      amr: ['pwd'],
      sid: access['sid'],
      at_hash: expect.stringMatching(/^[\w-]{22}$/),
      nonce: 'the-nonce',
      name: 'Ada King Lovelace',
      given_name: 'Ada',
      middle_name: 'King',
      family_name: 'Lovelace',
      preferred_username: 'ada',
      nickname: 'Countess',
      zoneinfo: 'Europe/London',
      locale: 'en-GB',
      updated_at: expect.any(Number),
      email: 'ada@example.com',
      email_verified: true,
      env: environment.id,
      org: environment.organizationId,
      'p1.region': 'NA',
    });
  });

  it('signs with RS256 keys that are published, before and after a rotation', async () => {
    const sandbox = await startTestSandbox();
    const before = await tokensOf(sandbox);
    await sandbox.rotateKeys();
    const after = await tokensOf(sandbox);
    const jwks = await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/jwks`);
    const keys = createLocalJWKSet(jwks.json() as unknown as JSONWebKeySet);
    const headers = await Promise.all(
      [before.id_token, before.access_token, after.id_token].map(
        async (jwt) => (await jwtVerify(jwt, keys)).protectedHeader,
      ),
    );
    const [first] = headers;
    expect(headers[1]).toEqual(first);
    expect(headers[2]?.kid).not.toBe(first?.kid);
    expect(first).toEqual({ alg: 'RS256', kid: expect.stringMatching(uuid) });
  });

  it.each<[string, Parameters, string]>([
    ['another redirect URI', { redirect_uri: 'https://127.0.0.1:8/callback' }, 'Redirect URI mismatch'],
    ['no redirect URI', { redirect_uri: undefined }, 'Redirect URI mismatch'],
    [
      'another verifier',
      { code_verifier: 'another-verifier-that-is-long-enough-for-RFC-7636' },
      'The code verifier does not match the code challenge',
    ],
    ['no verifier', { code_verifier: undefined }, 'The code verifier does not match the code challenge'],
  ])('refuses %s', async (_name, changes, description) => {
    const sandbox = await startTestSandbox();
    const callback = await signInForAnswer(sandbox);
    const answer = await exchange(sandbox, callback.get('code'), changes);
    expect(told(answer)).toEqual({ status: 400, error: 'invalid_grant', text: invalid + description, rest: {} });
  });

  it('takes a code once, and revokes what it gave when it comes again', async () => {
    const sandbox = await startTestSandbox();
    const callback = await signInForAnswer(sandbox);
    const first = await exchange(sandbox, callback.get('code'));
    const second = await exchange(sandbox, callback.get('code'));
    expect([first.status, told(second).error]).toEqual([200, 'invalid_grant']);
    const refreshed = await refresh(sandbox, String(first.json()['refresh_token']));
    expect(told(refreshed).error).toBe('invalid_grant');
  });

  it('takes a code for a minute', async () => {
    const sandbox = await startTestSandbox();
    const callback = await signInForAnswer(sandbox);
    sandbox.advance(60);
    expect(told(await exchange(sandbox, callback.get('code'))).error).toBe('invalid_grant');
  });

  it('silently leaves out password scopes for users of an outside identity provider', async () => {
    const sandbox = await startTestSandbox();
    const scope = 'openid p1:read:user p1:update:user p1:read:userPassword p1:reset:userPassword';
    const tokens = await tokensOf(sandbox, { scope }, { username: 'donald', password: 'any' });
    expect(tokens.scope).toBe('openid p1:read:user');
  });

  it('types access tokens at+jwt and makes refresh tokens opaque from March 2027 on', async () => {
    const march2027 = Date.UTC(2027, 2, 2);
    const seed = seedWithNative({ refreshTokenType: 'JSON_WEB_TOKEN' });
    const types = [];
    for (const now of [march2027 - 1000, march2027]) {
      const tokens = await tokensOf(await startTestSandbox({ seed, now: () => now }));
      const header = JSON.parse(Buffer.from(tokens.access_token.split('.')[0] ?? '', 'base64url').toString()) as object;
      types.push({ ...header, refreshParts: tokens.refresh_token.split('.').length });
    }
    const header = { alg: 'RS256', kid: expect.any(String) };
    expect(types).toEqual([
      { ...header, refreshParts: 3 },
      { ...header, typ: 'at+jwt', refreshParts: 1 },
    ]);
  });
});

/** Stands still but for what tests move. */
const start = Date.now();

describe('refresh tokens', () => {
  it('rotate: each use gives new tokens of the same session', async () => {
    const sandbox = await startTestSandbox();
    const first = await tokensOf(sandbox);
    const second = (await refresh(sandbox, first.refresh_token)).json();
    const third = (await refresh(sandbox, String(second['refresh_token']))).json();
    expect(new Set([first.refresh_token, second['refresh_token'], third['refresh_token']]).size).toBe(3);
    expect(claimsOf(third['access_token'])['sid']).toBe(claimsOf(first.access_token)['sid']);
    expect(claimsOf(third['id_token'])).toMatchObject({
      sub: ada.id,
      auth_time: claimsOf(first.id_token)['auth_time'],
    });
    expect(claimsOf(third['id_token'])).not.toHaveProperty('nonce');
  });

  it('revoke the whole family when an old one is used again', async () => {
    const sandbox = await startTestSandbox();
    const first = await tokensOf(sandbox);
    const second = (await refresh(sandbox, first.refresh_token)).json();
    const replay = await refresh(sandbox, first.refresh_token);
    const newest = await refresh(sandbox, String(second['refresh_token']));
    expect([replay.status, told(replay).error, told(newest).error]).toEqual([400, 'invalid_grant', 'invalid_grant']);
  });

  it('leave the family alone where replay protection is off', async () => {
    const seed = seedWithNative({ additionalRefreshTokenReplayProtectionEnabled: false });
    const sandbox = await startTestSandbox({ seed });
    const first = await tokensOf(sandbox);
    const second = (await refresh(sandbox, first.refresh_token)).json();
    const replay = await refresh(sandbox, first.refresh_token);
    const newest = await refresh(sandbox, String(second['refresh_token']));
    expect([replay.status, newest.status]).toEqual([400, 200]);
  });

  it('are taken again within the grace period, not after it', async () => {
    const sandbox = await startTestSandbox({
      seed: seedWithNative({ refreshTokenRollingGracePeriodDuration: 30 }),
      now: () => start,
    });
    const { refresh_token: first } = await tokensOf(sandbox);
    const statuses = [(await refresh(sandbox, first)).status];
    sandbox.advance(29);
    statuses.push((await refresh(sandbox, first)).status);
    sandbox.advance(2);
    statuses.push((await refresh(sandbox, first)).status);
    expect(statuses).toEqual([200, 200, 400]);
  });

  it.each([
    ['after their own duration', { refreshTokenDuration: 60 }, 60],
    ['with the rolling duration, though used', { refreshTokenDuration: 60, refreshTokenRollingDuration: 90 }, 45],
  ])('end %s', async (_name, changes, seconds) => {
    const sandbox = await startTestSandbox({ seed: seedWithNative(changes) });
    let { refresh_token: token } = await tokensOf(sandbox);
    sandbox.advance(45);
    token = String((await refresh(sandbox, token)).json()['refresh_token']);
    sandbox.advance(seconds);
    expect(told(await refresh(sandbox, token)).error).toBe('invalid_grant');
  });

  it('end with the session, 30 days after the sign-on', async () => {
    const sandbox = await startTestSandbox();
    let { refresh_token: token } = await tokensOf(sandbox);
    sandbox.advance(20 * 86_400);
    token = String((await refresh(sandbox, token)).json()['refresh_token']);
    sandbox.advance(10 * 86_400);
    expect(told(await refresh(sandbox, token)).error).toBe('invalid_grant');
  });

  it('belong to their client', async () => {
    const sandbox = await startTestSandbox();
    const { refresh_token: token } = await tokensOf(sandbox);
    const { clientId, clientSecret = '' } = applicationNamed(id('09'));
    const stolen = { client_id: clientId, client_secret: clientSecret };
    expect(told(await refresh(sandbox, token, stolen)).error).toBe('invalid_grant');
    expect((await refresh(sandbox, token)).status).toBe(200);
  });

  it('may be used for fewer scopes, never for more', async () => {
    const sandbox = await startTestSandbox();
    const { refresh_token: token } = await tokensOf(sandbox);
    expect(told(await refresh(sandbox, token, { scope: 'openid p1:update:user' })).error).toBe('invalid_scope');
    const fewer = await refresh(sandbox, token, { scope: 'p1:read:user' });
    expect(fewer.json()).toMatchObject({ scope: 'p1:read:user' });
    expect(fewer.json()).not.toHaveProperty('id_token');
  });

  it.each([
    ['', false],
    [' offline_access', true],
  ])('come only to who asks, where offline_access is granted: "openid%s"', async (more, given) => {
    const web = applicationNamed(id('02'));
    const sandbox = await startTestSandbox();
    const callback = await signInForAnswer(sandbox, { client_id: web.clientId, scope: `openid${more}` });
    const answer = await post(
      sandbox,
      'token',
      {
        grant_type: 'authorization_code',
        code: callback.get('code') ?? undefined,
        redirect_uri: `${sandbox.origin}/callback`,
        code_verifier: 'a-code-verifier-of-the-tests-that-is-long-enough-for-RFC-7636',
      },
      basic(web.clientId, web.clientSecret ?? ''),
    );
    expect('refresh_token' in answer.json()).toBe(given);
  });
});

describe('the client credentials grant', () => {
  it('gives a worker a token without subject and scope', async () => {
    const sandbox = await startTestSandbox();
    const answer = (await workerToken(sandbox)).json();
    expect(answer).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
    const claims = claimsOf(answer['access_token']);
    expect(claims).toEqual({
      client_id: worker.clientId,
      iss: sandbox.issuer,
      jti: expect.stringMatching(uuid),
      iat: expect.any(Number),
      exp: Number(claims['iat']) + 3600,
      aud: [sandbox.origin],
      env: sandbox.environmentId,
      org: sandbox.seed.environment.organizationId,
      'p1.rid': claims['jti'],
    });
  });

  it('gives a service the scopes of its own resource', async () => {
    const sandbox = await startTestSandbox();
    const form = { ...clientCredentials, client_id: service.clientId, client_secret: service.clientSecret };
    const answer = (await post(sandbox, 'token', { ...form, scope: 'orders:read p1:x' })).json();
    const sound = (await post(sandbox, 'token', { ...form, scope: 'orders:read openid' })).json();
    expect(answer).toMatchObject({ error: 'invalid_scope' });
    expect(claimsOf(sound['access_token'])).toMatchObject({
      aud: ['https://orders.example.com'],
      scope: 'orders:read',
    });
  });

  it.each([
    ['a worker without roles', basic(roleless.clientId, roleless.clientSecret ?? ''), {}],
    [
      'a worker that asks for self-service scopes',
      basic(worker.clientId, worker.clientSecret ?? ''),
      { scope: 'p1:read:user' },
    ],
    ['a service that asks for nothing', {}, { client_id: service.clientId, client_secret: service.clientSecret }],
  ])('refuses %s', async (_name, headers, form) => {
    const sandbox = await startTestSandbox();
    const answer = await post(sandbox, 'token', { ...clientCredentials, ...form }, headers as Record<string, string>);
    expect(told(answer)).toEqual({
      status: 400,
      error: 'invalid_scope',
      text: `${invalid}At least one scope must be granted`,
      rest: {},
    });
  });

  it('is closed to applications that lack the grant, and to public ones', async () => {
    const sandbox = await startTestSandbox();
    const answer = await post(sandbox, 'token', { ...clientCredentials, client_id: id('01') });
    expect(told(answer)).toMatchObject({ status: 400, error: 'unauthorized_client' });
  });
});

describe('client authentication', () => {
  const secretJwt = (sandbox: TestSandbox, changes: Record<string, unknown> = {}, alg = 'HS256') =>
    new SignJWT({
      iss: jwtClient.clientId,
      sub: jwtClient.clientId,
      aud: sandbox.issuer,
      jti: crypto.randomUUID(),
      ...changes,
    })
      .setProtectedHeader({ alg })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(new TextEncoder().encode(jwtClient.clientSecret));
  const assertionForm = (assertion: string): Parameters => ({
    ...clientCredentials,
    scope: 'orders:read',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });

  it.each<[string, Parameters, Record<string, string>]>([
    ['a wrong secret', {}, basic(worker.clientId, 'wrong')],
    ['an unknown client', {}, basic('unknown', 'wrong')],
    ['nothing at all', {}, {}],
    [
      'Basic with the client ID in the body too',
      { client_id: worker.clientId },
      basic(worker.clientId, worker.clientSecret ?? ''),
    ],
    ['the secret in the body instead of Basic', { client_id: worker.clientId, client_secret: worker.clientSecret }, {}],
    [
      'Basic instead of the secret in the body',
      { scope: 'orders:read' },
      basic(service.clientId, service.clientSecret ?? ''),
    ],
    ['another scheme', { client_id: worker.clientId }, { authorization: 'Digest x' }],
  ])('refuses %s in the same words', async (_name, form, headers) => {
    const sandbox = await startTestSandbox();
    const answer = await post(sandbox, 'token', { ...clientCredentials, ...form }, headers);
    expect(told(answer)).toEqual({
      status: 401,
      error: 'invalid_client',
      text: 'Request denied: Unsupported authentication method',
      rest: {},
    });
  });

  it('reads Basic credentials form-encoded (RFC 6749, section 2.3.1)', async () => {
    const secret = 'a+b %:/~é';
    const sandbox = await startTestSandbox({ seed: seedWith(worker.clientId, { clientSecret: secret }) });
    const answer = await post(sandbox, 'token', clientCredentials, basic(worker.clientId, secret));
    expect(answer.status).toBe(200);
  });

  it.each(['HS256', 'HS384', 'HS512'])('takes a JWT signed with the secret by %s', async (alg) => {
    const sandbox = await startTestSandbox();
    expect((await post(sandbox, 'token', assertionForm(await secretJwt(sandbox, {}, alg)))).status).toBe(200);
  });

  it('takes the token endpoint as audience as well', async () => {
    const sandbox = await startTestSandbox();
    const assertion = await secretJwt(sandbox, { aud: `${sandbox.issuer}/token` });
    expect((await post(sandbox, 'token', assertionForm(assertion))).status).toBe(200);
  });

  it('takes an assertion once', async () => {
    const sandbox = await startTestSandbox();
    const form = assertionForm(await secretJwt(sandbox));
    const statuses = [];
    for (const _time of [1, 2]) statuses.push((await post(sandbox, 'token', form)).status);
    expect(statuses).toEqual([200, 401]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another audience', { aud: 'https://example.com' }],
    ['another issuer', { iss: 'someone' }],
    ['no ID', { jti: undefined }],
  ])('refuses an assertion with %s', async (_name, changes) => {
    const sandbox = await startTestSandbox();
    const answer = await post(sandbox, 'token', assertionForm(await secretJwt(sandbox, changes)));
    expect(told(answer).error).toBe('invalid_client');
  });

  it.each(['RS256', 'RS384', 'RS512'])('takes a JWT signed with the registered private key by %s', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const clientId = 'sandbox-private-key-client';
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] };
    const sandbox = await startTestSandbox({ seed: seedWith(clientId, { jwks }) });
    const key = await importJWK({ ...(await exportJWK(privateKey)), alg }, alg);
    const assertion = await new SignJWT({ iss: clientId, sub: clientId, aud: sandbox.issuer, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, kid: 'one' })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(key);
    expect((await post(sandbox, 'token', assertionForm(assertion))).status).toBe(200);
  });
});

describe('malformed token requests', () => {
  it.each<[string, Parameters, string]>([
    ['without grant type', {}, 'invalid_request'],
    ['with an unknown grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['without a code', { grant_type: 'authorization_code', client_id: id('01') }, 'invalid_request'],
    ['without a refresh token', { grant_type: 'refresh_token', client_id: id('01') }, 'invalid_request'],
    [
      'with a made-up refresh token',
      { grant_type: 'refresh_token', client_id: id('01'), refresh_token: 'x' },
      'invalid_grant',
    ],
  ])('%s', async (_name, form, error) => {
    const sandbox = await startTestSandbox();
    expect(told(await post(sandbox, 'token', form))).toMatchObject({ status: 400, error });
  });

  it('are told by their media type and their size', async () => {
    const { certificate, issuer } = await startTestSandbox();
    const send = (body: string, type: string) =>
      plainRequest(certificate.cert, `${issuer}/token`, { method: 'POST', headers: { 'content-type': type }, body });
    const answers = [await send('{}', 'application/json'), await send('x'.repeat(70_000), 'text/plain')];
    expect(answers.map(({ status }) => status)).toEqual([400, 413]);
  });

  it('are refused by other methods than POST', async () => {
    const { certificate, issuer } = await startTestSandbox();
    const answer = await plainRequest(certificate.cert, `${issuer}/token`);
    expect({ status: answer.status, allow: answer.headers.allow }).toEqual({ status: 405, allow: 'POST' });
  });
});
