import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox } from '../../support/sandbox.ts';
import {
  claimsOf,
  exchange,
  id,
  invalid,
  type Parameters,
  refresh,
  seedWithNative,
  signInForAnswer,
  tokensOf,
  told,
  uuid,
} from '../../support/sandbox-client.ts';

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

  it.each([
    [59, 200],
    [60, 400],
  ])('takes a code for a minute (%i s later: %i)', async (seconds, status) => {
    const now = Date.now();
    const sandbox = await startTestSandbox({ now: () => now });
    const callback = await signInForAnswer(sandbox);
    sandbox.advance({ seconds });
    expect((await exchange(sandbox, callback.get('code'))).status).toBe(status);
  });

  it('gives nothing for a user who has been deleted since, and what was given is worth nothing', async () => {
    const sandbox = await startTestSandbox();
    const tokens = await tokensOf(sandbox);
    const callback = await signInForAnswer(sandbox);
    sandbox.directory.remove(ada.id);
    const { access_token, refresh_token } = tokens;
    const userinfo = await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(userinfo.status).toBe(401);
    expect((await exchange(sandbox, callback.get('code'))).json()).toMatchObject({ error: 'invalid_grant' });
    expect((await refresh(sandbox, refresh_token)).json()).toMatchObject({ error: 'invalid_grant' });
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
