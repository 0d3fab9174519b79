import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, nativeClientId, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  authorizeUrl,
  basic,
  claimsOf,
  post,
  refresh,
  seedWithNative,
  signIn,
  tokensOf,
} from '../../support/sandbox-client.ts';

const worker = applicationNamed('c0000000-0000-4000-8000-000000000003');
const resource = 'a0000000-0000-4000-8000-000000000001';
const native = { client_id: nativeClientId };

function get(sandbox: TestSandbox, path: string, headers: Record<string, string> = {}) {
  return plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/${path}`, { headers });
}

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

/** The native client with a scope of a custom resource. */
const withOrders = seedWithNative({
  scopes: { openid: ['profile'], pingOneApi: [], custom: { [resource]: ['orders:read'] } },
});

describe('userinfo', () => {
  it('tells the claims that the scopes allow, in every scope’s own', async () => {
    const sandbox = await startTestSandbox();
    const { access_token: token } = await tokensOf(sandbox, { scope: 'openid email address phone' });
    expect((await get(sandbox, 'userinfo', bearer(token))).json()).toEqual({
      sub: ada.id,
      email: 'ada@example.com',
      email_verified: true,
      address: { country: 'GB', postal_code: 'SW1Y 4JH', locality: 'London', street_address: '12 St James’s Square' },
      phone_number: expect.stringMatching(/^\+44/),
      env: sandbox.environmentId,
      org: sandbox.seed.environment.organizationId,
      'p1.region': 'NA',
    });
  });

  it('answers POST as it answers GET', async () => {
    const sandbox = await startTestSandbox();
    const { access_token: token } = await tokensOf(sandbox);
    const url = `${sandbox.issuer}/userinfo`;
    const posted = await plainRequest(sandbox.certificate.cert, url, { method: 'POST', headers: bearer(token) });
    expect(posted.json()).toEqual((await get(sandbox, 'userinfo', bearer(token))).json());
  });

  it('refuses in the platform’s words who has no valid token, an expired one, or not a user’s', async () => {
    const sandbox = await startTestSandbox();
    const { access_token: token, id_token: idToken } = await tokensOf(sandbox);
    const workers = await post(
      sandbox,
      'token',
      { grant_type: 'client_credentials' },
      basic(worker.clientId, worker.clientSecret ?? ''),
    );
    const answers = [
      await get(sandbox, 'userinfo'),
      await get(sandbox, 'userinfo', bearer(idToken)),
      await get(sandbox, 'userinfo', bearer(workers.json()['access_token'])),
    ];
    sandbox.advance(3600);
    answers.push(await get(sandbox, 'userinfo', bearer(token)));
    expect(answers.map((answer) => [answer.status, answer.json()['code']])).toEqual([
      [401, 'ACCESS_FAILED'],
      [401, 'ACCESS_FAILED'],
      [403, 'ACCESS_FAILED'],
      [401, 'ACCESS_FAILED'],
    ]);
  });
});

describe('introspection', () => {
  it('describes access, refresh and ID tokens to the application that got them', async () => {
    const sandbox = await startTestSandbox();
    const tokens = await tokensOf(sandbox, { scope: 'openid' });
    const { sid } = claimsOf(tokens.access_token);
    const about = async (token: string) => (await post(sandbox, 'introspect', { ...native, token })).json();
    const times = { iat: expect.any(Number), exp: expect.any(Number) };
    const shared = { active: true, client_id: nativeClientId, sub: ada.id, iss: sandbox.issuer, sid };
    expect(await about(tokens.access_token)).toEqual({
      ...shared,
      ...times,
      scope: 'openid',
      token_type: 'Bearer',
      aud: [sandbox.origin],
    });
    expect(await about(tokens.refresh_token)).toEqual({ ...shared, scope: 'openid', exp: expect.any(Number) });
    expect(await about(tokens.id_token)).toEqual({ ...shared, ...times, aud: nativeClientId });
  });

  it('says no more than "inactive" of used, expired, made-up and other applications’ tokens', async () => {
    const sandbox = await startTestSandbox();
    const first = await tokensOf(sandbox);
    await refresh(sandbox, first.refresh_token);
    const headers = basic(worker.clientId, worker.clientSecret ?? '');
    const answers = [
      await post(sandbox, 'introspect', { ...native, token: first.refresh_token }),
      await post(sandbox, 'introspect', { ...native, token: 'made-up' }),
      await post(sandbox, 'introspect', { token: first.access_token }, headers),
    ];
    sandbox.advance(3600);
    answers.push(await post(sandbox, 'introspect', { ...native, token: first.access_token }));
    expect(answers.map((answer) => answer.json())).toEqual(answers.map(() => ({ active: false })));
  });
});

describe('revocation', () => {
  it('ends a refresh token, not the session nor the access token for the PingOne API', async () => {
    const sandbox = await startTestSandbox();
    const tokens = await tokensOf(sandbox);
    const answers = [
      await post(sandbox, 'revoke', { ...native, token: tokens.refresh_token }),
      await post(sandbox, 'revoke', { ...native, token: tokens.access_token }),
    ];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, ''],
      [200, ''],
    ]);
    expect((await refresh(sandbox, tokens.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' });
    expect((await get(sandbox, 'userinfo', bearer(tokens.access_token))).status).toBe(200);
  });

  it('ends a user’s access token for a custom resource', async () => {
    const sandbox = await startTestSandbox({ seed: withOrders });
    const { access_token: token } = await tokensOf(sandbox, { scope: 'openid orders:read' });
    expect(claimsOf(token)['aud']).toEqual(['https://orders.example.com']);
    await post(sandbox, 'revoke', { ...native, token });
    expect((await get(sandbox, 'userinfo', bearer(token))).status).toBe(401);
  });

  it('answers 200 for tokens that it does not know', async () => {
    const sandbox = await startTestSandbox();
    expect((await post(sandbox, 'revoke', { ...native, token: 'made-up' })).status).toBe(200);
  });
});

describe('sign-off', () => {
  const signedOff = 'https://example.com/signed-off';

  it('in the browser ends the session, and says so where there is no way back', async () => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    const page = await browser.visit(`${sandbox.issuer}/signoff`);
    const after = await browser.visit(authorizeUrl(sandbox));
    expect([page.status, after.url.includes('/signon/')]).toEqual([200, true]);
    expect(page.html).toContain('You are signed off');
  });

  it('sends state along, and refuses other applications’ and unregistered URIs', async () => {
    const sandbox = await startTestSandbox();
    const { id_token: hint } = await tokensOf(sandbox);
    const query = (uri: string) =>
      new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: uri, state: 's' });
    const sound = await get(sandbox, `signoff?${query(signedOff)}`);
    const other = await get(sandbox, `signoff?${query('https://example.com/other')}`);
    const forged = await get(sandbox, 'signoff?id_token_hint=x.y.z');
    expect([sound.status, sound.headers.location]).toEqual([302, `${signedOff}?state=s`]);
    expect(String(sound.headers['set-cookie'])).toContain('ST=; ');
    expect([other.status, forged.status]).toEqual([400, 400]);
  });

  it('by idpSignoff needs no cookie: 204, and the refresh token is dead', async () => {
    const sandbox = await startTestSandbox();
    const tokens = await tokensOf(sandbox);
    sandbox.advance(7200);
    const path = `idpSignoff?${new URLSearchParams({ id_token_hint: tokens.id_token })}`;
    const answer = await get(sandbox, path, { accept: 'application/json' });
    expect([answer.status, answer.body]).toEqual([204, '']);
    expect((await refresh(sandbox, tokens.refresh_token)).status).toBe(400);
  });

  it('by idpSignoff is refused where the application does not allow it', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ idpSignoff: false }) });
    const tokens = await tokensOf(sandbox);
    const path = `idpSignoff?${new URLSearchParams({ id_token_hint: tokens.id_token })}`;
    expect((await get(sandbox, path, { accept: 'application/json' })).status).toBe(400);
    expect((await refresh(sandbox, tokens.refresh_token)).status).toBe(200);
  });
});
