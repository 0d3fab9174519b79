import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { applications } from '../../src/sandbox/seed/applications.ts';
import { ada, nativeClientId, startTestSandbox } from '../support/sandbox.ts';
import { basic, seedWithNative } from '../support/sandbox-client.ts';

const webShop = 'c0000000-0000-4000-8000-000000000002';

describe('signIn', () => {
  it.each([
    ['public', nativeClientId, {}],
    ['confidential', webShop, basic(webShop, secretOf(webShop))],
  ])(
    'gives a %s client tokens that are real: for userinfo, to refresh, to introspect',
    async (_, clientId, headers) => {
      const sandbox = await startTestSandbox();
      const tokens = await sandbox.signIn('ada', { clientId });
      expect(sandbox.requests()).toEqual([]);
      const post = async (path: string, form: Record<string, string>) => {
        const body = new URLSearchParams({ ...form, ...('authorization' in headers ? {} : { client_id: clientId }) });
        return sandbox.fetch(`${sandbox.issuer}/${path}`, { method: 'POST', body, headers }).then((got) => got.json());
      };
      expect(await post('introspect', { token: tokens.access_token })).toMatchObject({ active: true, sub: ada.id });
      const refresh_token = tokens.refresh_token ?? '';
      const refreshed = await post('token', { grant_type: 'refresh_token', refresh_token });
      expect(refreshed).toMatchObject({ access_token: expect.any(String), refresh_token: expect.any(String) });
      const { sid } = decodeJwt(tokens.id_token ?? '');
      expect(decodeJwt(String((refreshed as { id_token?: string }).id_token))['sid']).toBe(sid);
    },
  );

  it('opens a session that the management API knows, at the sandbox’s time', async () => {
    const start = Date.UTC(2030, 0, 1);
    const sandbox = await startTestSandbox({ now: () => start });
    sandbox.advance({ hours: 3 });
    const { access_token } = await sandbox.signIn({ username: 'ada' });
    const { sid, auth_time } = decodeJwt(access_token);
    const url = `${sandbox.apiUrl}/environments/${sandbox.environmentId}/users/${ada.id}/sessions/${String(sid)}`;
    const answer = await sandbox.fetch(url, { headers: { authorization: `Bearer ${access_token}` } });
    expect([answer.status, await answer.json()]).toMatchObject([200, { id: sid }]);
    expect(auth_time).toBe(start / 1000 + 3 * 3600);
  });

  it('meets the sign-on policy that the application has', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ signOnPolicies: ['Multi_Factor'] }) });
    expect(decodeJwt((await sandbox.signIn('ada')).id_token ?? '')['acr']).toBe('Multi_Factor');
  });

  it('gives the scopes that are asked for, else all of PingOne’s own', async () => {
    const sandbox = await startTestSandbox();
    expect((await sandbox.signIn('ada', { scope: 'openid email' })).scope).toBe('openid email');
    expect((await sandbox.signIn('ada')).scope).toContain('p1:update:user');
    const { id_token, refresh_token } = await sandbox.signIn('ada', { clientId: webShop, scope: 'p1:read:user' });
    expect([id_token, refresh_token]).toEqual([undefined, undefined]);
  });

  it('grants "openid" once where the application has it among its scopes', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ scopes: withOpenid }) });
    expect((await sandbox.signIn('ada')).scope).toBe('openid email');
  });

  it('signs with a key that nobody knows, for who has kept the published ones too', async () => {
    const sandbox = await startTestSandbox();
    const kid = async () => decodeProtectedHeader((await sandbox.signIn('ada')).access_token).kid;
    const known = await kid();
    using _ = sandbox.fault('jwks-unknown-kid');
    const { keys } = (await (await sandbox.fetch(`${sandbox.issuer}/jwks`)).json()) as { keys: { kid: string }[] };
    expect([known, ...keys.map((key) => key.kid)]).not.toContain(await kid());
  });

  it('obeys the faults that forge tokens and settings', async () => {
    const sandbox = await startTestSandbox();
    const unsigned = sandbox.fault('id-token-alg-none');
    expect(decodeProtectedHeader((await sandbox.signIn('ada')).id_token ?? '')).toEqual({ alg: 'none' });
    unsigned.off();
    expect(decodeProtectedHeader((await sandbox.signIn('ada')).id_token ?? '').alg).toBe('RS256');
    sandbox.fault('application-disabled');
    await expect(sandbox.signIn('ada')).rejects.toThrow('There is no application that is enabled');
  });

  it.each([
    ['nobody', {}, 'There is no user "nobody", only "ada", "grace"'],
    ['kurt', {}, '"kurt" cannot sign in: the user is disabled.'],
    ['alan', {}, 'PASSWORD_EXPIRED'],
    ['grace', {}, 'MUST_CHANGE_PASSWORD'],
    ['edsger', {}, 'PASSWORD_LOCKED_OUT'],
    ['margaret', {}, 'NO_PASSWORD'],
    [
      'ada',
      { clientId: 'mine' },
      `"mine" is the client ID of no application that is enabled and has the authorization code grant; those are "${nativeClientId}" (ping14c (native, public)), `,
    ],
    ['ada', { client_id: 'mine' }, 'signIn has no option "client_id". Did you mean clientId?'],
    [
      'ada',
      { scope: 'orders:read' },
      'gets no tokens for "orders:read": invalid_scope: At least one scope must be granted. It has openid ',
    ],
  ])('refuses %s %j in words', async (username, options, words) => {
    const sandbox = await startTestSandbox();
    await expect(sandbox.signIn(username, options as never)).rejects.toThrow(words);
  });
});

describe('authorize', () => {
  it('brings back a code that is good once, with its PKCE verifier, as from a browser', async () => {
    const sandbox = await startTestSandbox();
    const { origin, pathname, searchParams } = await sandbox.authorize(authorizationUrl(sandbox.issuer), 'ada');
    expect([origin + pathname, searchParams.get('state')]).toEqual([callback, 'of-mine']);
    const body = new URLSearchParams({
      ...{ grant_type: 'authorization_code', code: searchParams.get('code') ?? '', code_verifier: verifier },
      ...{ client_id: nativeClientId, redirect_uri: callback },
    });
    const redeem = () => sandbox.fetch(`${sandbox.issuer}/token`, { method: 'POST', body });
    const { id_token } = (await (await redeem()).json()) as { id_token: string };
    expect(decodeJwt(id_token)).toMatchObject({ sub: ada.id, nonce: 'of-mine-too', acr: 'Single_Factor' });
    expect((await redeem()).status).toBe(400);
    expect(sandbox.requests().map(({ path }) => path.split('/as/').at(-1))).toEqual([
      ...['authorize', 'resume', 'token', 'token'],
    ]);
  });

  it('brings back a refusal, and what a fault makes of the answer', async () => {
    const sandbox = await startTestSandbox();
    const back = async (more: Record<string, string>) =>
      (await sandbox.authorize(authorizationUrl(sandbox.issuer.replace('127.0.0.1', 'localhost'), more), 'ada'))
        .searchParams;
    expect((await back({ scope: 'orders:read' })).get('error')).toBe('invalid_scope');
    using _ = sandbox.fault('callback-wrong-state');
    expect((await back({})).get('state')).not.toBe('of-mine');
  });

  it.each([
    ['ada', { prompt: 'login' }, /signon.*, to sign in there once more/],
    ['ada', { redirect_uri: 'http://localhost/cb' }, /It answers 400: \{.*Redirect URI mismatch/],
    ['ada', { client_id: 'mine' }, /It answers 404: \{.*NOT_FOUND/],
    ['ada', { response_mode: 'form_post' }, /It answers 200: a page$/],
    ['alan', {}, /PASSWORD_EXPIRED/],
  ])('says why %s does not come back with %j', async (username, more, words) => {
    const sandbox = await startTestSandbox();
    await expect(sandbox.authorize(authorizationUrl(sandbox.issuer, more), username)).rejects.toThrow(words);
  });

  it('shows the session to nobody else', async () => {
    const [sandbox, other] = await Promise.all([startTestSandbox(), startTestSandbox()]);
    await expect(sandbox.authorize(authorizationUrl(other.issuer), 'ada')).rejects.toThrow('is not this sandbox');
    expect(other.requests()).toEqual([]);
  });
});

const callback = 'http://localhost:3000/callback';
const verifier = 'a-verifier-of-forty-three-characters-or-more';

function authorizationUrl(issuer: string, more: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(`${issuer}/authorize`);
  url.search = new URLSearchParams({
    ...{ client_id: nativeClientId, redirect_uri: callback, response_type: 'code', scope: 'openid' },
    ...{ state: 'of-mine', nonce: 'of-mine-too', code_challenge_method: 'S256' },
    ...{ code_challenge: createHash('sha256').update(verifier).digest('base64url') },
    ...more,
  }).toString();
  return url;
}

const withOpenid = { openid: ['openid', 'email'], pingOneApi: [], custom: {} };

function secretOf(clientId: string): string {
  return applications.find((application) => application.clientId === clientId)?.clientSecret ?? '';
}
