import { describe, expect, it } from 'vitest';
import { ada, nativeClientId, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  challenge,
  type Parameters,
  post,
  seedWithNative,
  verifier,
} from '../../support/sandbox-client.ts';

const begin = async (sandbox: TestSandbox, form: Parameters = {}) =>
  (await post(sandbox, 'device_authorization', { client_id: nativeClientId, scope: 'openid profile', ...form })).json();

const poll = (sandbox: TestSandbox, device: Record<string, unknown>, form: Parameters = {}) =>
  post(sandbox, 'token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: nativeClientId,
    device_code: String(device['device_code']),
    ...form,
  });

const approve = (sandbox: TestSandbox, device: Record<string, unknown>) =>
  sandbox.browser().signIn(String(device['verification_uri']), { ...ada, userCode: String(device['user_code']) });

const summary = 'The request could not be completed. There was an issue processing the request.: ';

/** Stands still but for what tests move. */
const start = Date.now();

describe('the device authorization grant', () => {
  it('answers with codes and pages in the recorded form', async () => {
    const sandbox = await startTestSandbox();
    const page = `${sandbox.origin}/${sandbox.environmentId}/device/${nativeClientId}`;
    const device = await begin(sandbox);
    expect(device).toEqual({
      device_code: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
      user_code: expect.stringMatching(/^[A-Z\d]{4}-[A-Z\d]{4}$/),
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${String(device['user_code'])}`,
      expires_in: 600,
      interval: 5,
    });
  });

  it('sends the person to the application’s own page, where it has one', async () => {
    const page = 'https://example.com/tv?lang=en';
    const sandbox = await startTestSandbox({ seed: seedWithNative({ deviceCustomVerificationUri: page }) });
    const { verification_uri, verification_uri_complete, user_code } = await begin(sandbox);
    expect([verification_uri, verification_uri_complete]).toEqual([page, `${page}&user_code=${String(user_code)}`]);
  });

  it('gives tokens once the person has typed the code, signed in and consented', async () => {
    const sandbox = await startTestSandbox();
    const device = await begin(sandbox);
    const page = await approve(sandbox, device);
    const first = await poll(sandbox, device);
    const second = await poll(sandbox, device);
    expect(page.html).toContain('The device is signed in');
    expect(first.json()).toMatchObject({
      token_type: 'Bearer',
      scope: 'openid profile',
      refresh_token: expect.any(String),
    });
    expect(second.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('gives none for a user who has been deleted since', async () => {
    const sandbox = await startTestSandbox();
    const device = await begin(sandbox);
    await approve(sandbox, device);
    sandbox.directory.remove(ada.id);
    expect((await poll(sandbox, device)).json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('takes the code in lower case and without its dash', async () => {
    const sandbox = await startTestSandbox();
    const device = await begin(sandbox);
    const typed = String(device['user_code']).toLowerCase().replace('-', ' ');
    await approve(sandbox, { ...device, user_code: typed });
    expect((await poll(sandbox, device)).status).toBe(200);
  });

  it('says pending, then slow down, and keeps the longer interval', async () => {
    const sandbox = await startTestSandbox({ now: () => start });
    const device = await begin(sandbox);
    const errors = [];
    for (const seconds of [0, 4, 9, 15]) {
      sandbox.advance({ seconds });
      errors.push((await poll(sandbox, device)).json()['error']);
    }
    expect(errors).toEqual(['authorization_pending', 'slow_down', 'slow_down', 'authorization_pending']);
  });

  it.each([
    ['pending', 'authorization_pending', 'The authorization request is still pending.'],
    ['denied', 'access_denied', 'The authorization request has been denied.'],
    ['expired', 'expired_token', 'The authorization request for the provided <device_code> has expired.'],
  ])('tells %s in PingOne’s words', async (state, error, text) => {
    const sandbox = await startTestSandbox();
    const device = await begin(sandbox);
    const steps: Readonly<Record<string, () => unknown>> = {
      denied: () => sandbox.browser().deny(String(device['verification_uri_complete'])),
      expired: () => sandbox.advance({ seconds: 600 }),
    };
    await steps[state]?.();
    const answer = await poll(sandbox, device);
    expect({ status: answer.status, ...answer.json() }).toEqual({
      status: 400,
      error,
      error_description: `${summary}${text} (Correlation ID: ${answer.headers['correlation-id']})`,
    });
  });

  it('refuses a code that nobody was given', async () => {
    const sandbox = await startTestSandbox();
    const page = await approve(sandbox, { ...(await begin(sandbox)), user_code: 'XXXX-XXXX' });
    expect(page.html).toContain('Wrong or expired code');
  });

  it('holds a poll to the code challenge that the device sent', async () => {
    const sandbox = await startTestSandbox();
    const device = await begin(sandbox, { code_challenge: challenge, code_challenge_method: 'S256' });
    await approve(sandbox, device);
    expect((await poll(sandbox, device)).json()).toMatchObject({ error: 'invalid_grant' });
    expect((await poll(sandbox, device, { code_verifier: verifier })).status).toBe(200);
  });

  it('is closed to applications without the grant', async () => {
    const sandbox = await startTestSandbox();
    const { clientId, clientSecret = '' } = applicationNamed('c0000000-0000-4000-8000-000000000009');
    const answer = await begin(sandbox, { client_id: clientId, client_secret: clientSecret });
    expect(answer).toMatchObject({
      error: 'unauthorized_client',
      error_description: expect.stringContaining('Grant type not enabled for the application: device_code'),
    });
  });
});
