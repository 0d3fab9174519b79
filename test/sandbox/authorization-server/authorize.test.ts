import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox } from '../../support/sandbox.ts';
import {
  authorizeUrl,
  claimsOf,
  exchange,
  type Parameters,
  redirectUri,
  seedWithNative,
  signIn,
  signInForAnswer,
} from '../../support/sandbox-client.ts';

describe('the hops of a sign-on', () => {
  it('lead from authorize to the sign-on pages, to resume, to the redirect URI', async () => {
    const sandbox = await startTestSandbox();
    const { certificate, issuer, origin, environmentId } = sandbox;
    const first = await plainRequest(certificate.cert, authorizeUrl(sandbox));
    const flow = new RegExp(`^${origin}/${environmentId}/signon/\\?flowId=([\\da-f-]{36})$`);
    const [, flowId] = flow.exec(String(first.headers.location)) ?? [];
    const [cookie = ''] = first.headers['set-cookie'] ?? [];
    expect(first.status).toBe(302);
    expect(cookie).toMatch(new RegExp(`^ST=[\\w-]{43}; Path=/${environmentId}; Secure; HttpOnly`));

    const headers = { cookie: cookie.split(';', 1)[0] ?? '' };
    const check = { action: 'usernamePassword.check', username: ada.username, password: ada.password };
    const signedOn = await plainRequest(certificate.cert, String(first.headers.location), { headers, form: check });
    const renewed = { cookie: String(signedOn.headers['set-cookie']).split(';', 1)[0] ?? '' };
    const done = await plainRequest(certificate.cert, String(signedOn.headers.location), { headers: renewed });
    expect(done.headers.location).toBe(`${issuer}/resume?flowId=${flowId}`);

    const last = await plainRequest(certificate.cert, String(done.headers.location), { headers: renewed });
    expect(last.headers.location).toMatch(
      new RegExp(`^${redirectUri}\\?code=[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}&state=the-state$`),
    );
    const again = await plainRequest(certificate.cert, String(done.headers.location), { headers: renewed });
    expect({ status: again.status, location: again.headers.location }).toEqual({ status: 400, location: undefined });
  });

  it('cannot be finished in another browser than they were begun in', async () => {
    const sandbox = await startTestSandbox();
    const { certificate } = sandbox;
    const first = await plainRequest(certificate.cert, authorizeUrl(sandbox));
    const other = await plainRequest(certificate.cert, String(first.headers.location));
    expect(other.status).toBe(400);
    expect(other.body).toContain('The sign-on flow is unknown or has expired');
  });

  it('end after a quarter of an hour', async () => {
    const sandbox = await startTestSandbox();
    const first = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox));
    sandbox.advance({ seconds: 15 * 60 });
    const headers = { cookie: String(first.headers['set-cookie']).split(';', 1)[0] ?? '' };
    const page = await plainRequest(sandbox.certificate.cert, String(first.headers.location), { headers });
    expect(page.status).toBe(400);
  });

  it('take parameters by POST as well', async () => {
    const sandbox = await startTestSandbox();
    const [endpoint = '', query = ''] = authorizeUrl(sandbox).split('?');
    const answer = await plainRequest(sandbox.certificate.cert, endpoint, { form: new URLSearchParams(query) });
    expect(answer.headers.location).toContain('/signon/?flowId=');
  });

  it('take parameters by POST from the query, too, but none of them twice', async () => {
    const sandbox = await startTestSandbox();
    const whole = authorizeUrl(sandbox, { state: undefined });
    const inBoth = new URLSearchParams({ state: 'of-the-form' });
    const answer = await plainRequest(sandbox.certificate.cert, whole, { form: inBoth });
    expect(answer.headers.location).toContain('/signon/?flowId=');
    const twice = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox), { form: inBoth });
    expect(decodeURIComponent(String(twice.headers.location))).toContain('state+must+not+be+repeated');
  });
});

describe('a session that is alive', () => {
  it('signs on without a page, also for prompt none', async () => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    const { url } = await browser.visit(
      authorizeUrl(sandbox, { redirect_uri: `${sandbox.origin}/callback`, prompt: 'none' }),
    );
    expect(new URL(url).searchParams.get('code')).toMatch(/^[\da-f-]{36}$/);
  });

  it('tells which of the application’s sign-on policies each request has met', async () => {
    const seed = seedWithNative({ signOnPolicies: ['Single_Factor', 'Multi_Factor'] });
    const sandbox = await startTestSandbox({ seed });
    const browser = sandbox.browser();
    const met = [];
    for (const acr_values of [undefined, 'Palm_Reading Multi_Factor', 'Single_Factor']) {
      const callback = await signInForAnswer(sandbox, { acr_values }, ada, browser);
      const tokens = (await exchange(sandbox, callback.get('code'))).json();
      met.push([claimsOf(tokens['id_token'])['acr'], claimsOf(tokens['id_token'])['amr']]);
    }
    expect(met).toEqual([
      ['Single_Factor', ['pwd']],
      ['Multi_Factor', ['pwd']],
      ['Single_Factor', ['pwd']],
    ]);
  });

  it.each<[string, Parameters]>([
    ['prompt login', { prompt: 'login' }],
    ['a maximum age that has passed', { max_age: '60' }],
    ['a maximum age of zero', { max_age: '0' }],
  ])('does not satisfy %s', async (_name, changes) => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    sandbox.advance({ seconds: 60 });
    const { url } = await browser.visit(authorizeUrl(sandbox, changes));
    expect(url).toContain('/signon/?flowId=');
  });

  it('is of 30 days since the last sign-on', async () => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    sandbox.advance({ seconds: 30 * 24 * 60 * 60 });
    const { url } = await browser.visit(authorizeUrl(sandbox));
    expect(url).toContain('/signon/?flowId=');
  });
});
