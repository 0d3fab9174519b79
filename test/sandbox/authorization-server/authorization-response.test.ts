import { describe, expect, it } from 'vitest';
import { type PlainAnswer, plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  authorizeUrl,
  claimsOf,
  exchange,
  seedWithNative,
  signIn,
  signInForAnswer,
  uuid,
} from '../../support/sandbox-client.ts';

const webShop = applicationNamed('c0000000-0000-4000-8000-000000000002').clientId;
const implicit = { client_id: webShop, code_challenge: undefined, code_challenge_method: undefined };

describe('answers through the browser', () => {
  it('carry the tokens of the implicit grant in the fragment, the ID token bound to the access token', async () => {
    const sandbox = await startTestSandbox();
    const told = await signInForAnswer(sandbox, { ...implicit, response_type: 'token id_token' });
    expect([...told.keys()].sort()).toEqual(['access_token', 'expires_in', 'id_token', 'scope', 'state', 'token_type']);
    expect(claimsOf(told.get('id_token'))).toMatchObject({
      nonce: 'the-nonce',
      at_hash: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  it.each(['id_token', 'token', 'code id_token', 'code token', 'code token id_token', 'id_token token'])(
    'have the parts of response_type=%s and no others',
    async (responseType) => {
      const sandbox = await startTestSandbox();
      const told = await signInForAnswer(sandbox, { ...implicit, response_type: responseType });
      const parts = { code: told.has('code'), token: told.has('access_token'), id_token: told.has('id_token') };
      const wanted = responseType.split(' ');
      expect(parts).toEqual({
        code: wanted.includes('code'),
        token: wanted.includes('token'),
        id_token: wanted.includes('id_token'),
      });
      expect(told.has('refresh_token')).toBe(false);
    },
  );

  it('are posted by a page of their own with response_mode=form_post', async () => {
    const posted: string[] = [];
    const sandbox = await startTestSandbox({
      intercept: (request, proceed) => {
        if (request.url.pathname === '/callback') posted.push(request.method, request.body);
        return proceed();
      },
    });
    await signIn(sandbox, { response_mode: 'form_post' });
    expect(posted[0]).toBe('POST');
    expect(new URLSearchParams(posted[1]).get('code')).toMatch(/^[\da-f-]{36}$/);
  });

  it('are a flow object with response_mode=pi.flow', async () => {
    const sandbox = await startTestSandbox();
    const answer = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, { response_mode: 'pi.flow' }));
    expect(answer.json()).toMatchObject({
      status: 'USERNAME_PASSWORD_REQUIRED',
      resumeUrl: expect.stringContaining(`${sandbox.issuer}/resume?flowId=`),
      session: { id: expect.any(String) },
      _embedded: { application: { name: expect.any(String) } },
    });
  });

  it('tell the state of the session where the application checks it, salted anew each time', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ opSessionCheckEnabled: true }) });
    const browser = sandbox.browser();
    const told = [];
    for (const _time of [1, 2]) told.push((await signInForAnswer(sandbox, {}, ada, browser)).get('session_state'));
    for (const state of told) expect(state).toMatch(/^[\da-f]{64}\.[\da-f]{16}$/);
    expect(told[0]).not.toBe(told[1]);
  });

  it('come as JSON with response_mode=pi.flow, in the flow object at resume, alone at once; no redirect URI is needed', async () => {
    const sandbox = await startTestSandbox();
    const { cert } = sandbox.certificate;
    const authorize = authorizeUrl(sandbox, { response_mode: 'pi.flow', redirect_uri: undefined });
    const first = await plainRequest(cert, authorize);
    const flow = first.json() as unknown as { readonly id: string; readonly resumeUrl: string };
    const checked = await plainRequest(cert, `${sandbox.origin}/${sandbox.environmentId}/flows/${flow.id}`, {
      method: 'POST',
      headers: { ...cookieOf(first), 'content-type': 'application/vnd.pingidentity.usernamePassword.check+json' },
      body: JSON.stringify(ada),
    });
    const headers = cookieOf(checked);
    const resumed = await plainRequest(cert, flow.resumeUrl, { headers });
    const atOnce = await plainRequest(cert, authorize, { method: 'POST', headers });
    for (const answer of [resumed, atOnce]) {
      expect(answer.json()).toMatchObject({
        session: { id: expect.stringMatching(uuid) },
        authorizeResponse: { code: expect.stringMatching(uuid), state: 'the-state' },
        environment: { id: sandbox.environmentId },
        status: 'COMPLETED',
      });
      const { code } = answer.json()['authorizeResponse'] as { readonly code: string };
      expect((await exchange(sandbox, code, { redirect_uri: undefined })).status).toBe(200);
    }
    expect(resumed.json()).toMatchObject({ id: flow.id, _embedded: { user: { username: ada.username } } });
    expect(Object.keys(atOnce.json())).toEqual(['session', 'authorizeResponse', 'environment', 'status']);
  });

  it('are refused in the platform’s grammar with response_mode=pi.flow', async () => {
    const sandbox = await startTestSandbox();
    const url = authorizeUrl(sandbox, { response_mode: 'pi.flow', prompt: 'none' });
    const answer = await plainRequest(sandbox.certificate.cert, url);
    expect([answer.status, answer.json()]).toMatchObject([
      400,
      {
        code: 'REQUEST_FAILED',
        details: [{ code: 'LOGIN_REQUIRED', message: expect.stringContaining('User authentication is required') }],
      },
    ]);
  });

  it('go to an address of any letters, which no header has', async () => {
    const registered = 'https://app.example/zurück?nach=大阪';
    const sandbox = await startTestSandbox({ seed: seedWithNative({ redirectUris: [registered] }) });
    const url = authorizeUrl(sandbox, { redirect_uri: registered, prompt: 'none' });
    const { location = '' } = (await plainRequest(sandbox.certificate.cert, url)).headers;
    expect(location).toMatch(/^https:\/\/app\.example\/zur%C3%BCck\?nach=%E5%A4%A7%E9%98%AA&error=login_required&/);
  });

  it('say access_denied when the person cancels', async () => {
    const sandbox = await startTestSandbox();
    const { url } = await sandbox.browser().deny(authorizeUrl(sandbox, { redirect_uri: `${sandbox.origin}/callback` }));
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ error: 'access_denied', state: 'the-state' });
  });
});

function cookieOf({ headers }: PlainAnswer): { readonly cookie: string } {
  return { cookie: String(headers['set-cookie']).split(';', 1)[0] ?? '' };
}
