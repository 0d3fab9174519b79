import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { authorizeUrl, signIn } from '../../support/sandbox-client.ts';

describe('the sign-on pages', () => {
  it('bring nothing from elsewhere, run no script, and cannot be framed', async () => {
    const sandbox = await startTestSandbox();
    const first = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox));
    const headers = { cookie: String(first.headers['set-cookie']).split(';', 1)[0] ?? '' };
    const page = await plainRequest(sandbox.certificate.cert, String(first.headers.location), { headers });
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/127\.0\.0\.1:9; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).not.toMatch(/<script|<link|<img|url\(|https?:\/\//);
    for (const { username } of sandbox.seed.users) expect(page.body).toContain(username);
  });

  it('escape what comes from outside', async () => {
    const sandbox = await startTestSandbox();
    const page = await sandbox.browser().visit(authorizeUrl(sandbox, { login_hint: '"><b>x</b>' }));
    expect(page.html).toContain('value="&quot;&gt;&lt;b&gt;x&lt;/b&gt;"');
  });

  it.each([
    ['a wrong password', { ...ada, password: 'wrong' }, 'do not fit together'],
    ['an unknown user', { ...ada, username: 'nobody' }, 'do not fit together'],
    ['a user without a password', { username: 'margaret', password: 'x' }, 'do not fit together'],
    ['a user who is locked out', { username: 'edsger', password: 'Shortest-Path-1959' }, 'Try again in 15 minutes'],
    ['a disabled user', { username: 'kurt', password: 'Incomplete-Always-1931' }, 'This account is disabled'],
  ])('say what is wrong with %s', async (_name, answers, words) => {
    const start = Date.UTC(2026, 10, 23);
    const sandbox = await startTestSandbox({ now: () => start });
    const page = await signIn(sandbox, {}, answers);
    expect(page.status).toBe(400);
    expect(page.html).toMatch(new RegExp(`role="alert"[\\s\\S]*${words}`));
    expect(page.html).not.toContain(`value="${answers.password}"`);
  });

  it('lock after five wrong passwords, and open after a quarter of an hour', async () => {
    const sandbox = await startTestSandbox();
    const tries = [];
    for (const _time of [1, 2, 3, 4, 5]) tries.push((await signIn(sandbox, {}, { ...ada, password: 'x' })).status);
    const locked = await signIn(sandbox, {});
    sandbox.advance(900);
    const open = await signIn(sandbox, {});
    expect(tries).toEqual([400, 400, 400, 400, 400]);
    expect(locked.html).toContain('This account is locked');
    expect(new URL(open.url).searchParams.has('code')).toBe(true);
  });

  it.each([
    ['grace', 'Temporary-Moth-1947', 'Your password was set for you'],
    ['alan', 'Bombe-Hut-8-Enigma', 'Your password has expired'],
  ])('ask %s for a new password first, and take one that meets the policy', async (username, password, words) => {
    const sandbox = await startTestSandbox();
    const asked = await signIn(sandbox, {}, { username, password });
    const refused = await signIn(sandbox, {}, { username, password, newPassword: 'short' });
    const changed = await signIn(sandbox, {}, { username, password, newPassword: 'Quite-Another-77' });
    const again = await signIn(sandbox, {}, { username, password: 'Quite-Another-77' });
    expect(asked.html).toContain(words);
    expect(refused.html).toMatch(
      /role="alert"[\s\S]*<li>8 to 255 characters<\/li><li>1 of A–Z<\/li><li>1 of 0–9<\/li>/,
    );
    expect([changed, again].map(({ url }) => new URL(url).searchParams.has('code'))).toEqual([true, true]);
  });

  it('give another user in the same browser a session of their own', async () => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    const second = await signIn(
      sandbox,
      { prompt: 'login' },
      { username: 'barbara', password: 'Substitute-Me-1987' },
      browser,
    );
    const third = await signIn(sandbox, { prompt: 'none' }, ada, browser);
    expect([second, third].map(({ url }) => new URL(url).searchParams.has('code'))).toEqual([true, true]);
  });
});

describe('the flow as a program drives it', () => {
  async function begin(sandbox: TestSandbox) {
    const first = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, { response_mode: 'pi.flow' }));
    const { _links: links } = first.json() as unknown as {
      readonly _links: { readonly self: { readonly href: string } };
    };
    const cookie = String(first.headers['set-cookie']).split(';', 1)[0] ?? '';
    return (action: string, body: unknown, cookies = cookie) =>
      plainRequest(sandbox.certificate.cert, links.self.href, {
        method: 'POST',
        headers: { cookie: cookies, 'content-type': `application/vnd.pingidentity.${action}+json` },
        body: JSON.stringify(body),
      });
  }

  it('goes from the password to a forced change to its end', async () => {
    const sandbox = await startTestSandbox();
    const act = await begin(sandbox);
    const checked = await act('usernamePassword.check', { username: 'grace', password: 'Temporary-Moth-1947' });
    const refused = await act('password.reset', { currentPassword: 'Temporary-Moth-1947', newPassword: 'short' });
    const changed = await act('password.reset', {
      currentPassword: 'Temporary-Moth-1947',
      newPassword: 'Quite-Another-77',
    });
    expect(checked.json()).toMatchObject({
      status: 'MUST_CHANGE_PASSWORD',
      _embedded: { user: { username: 'grace' }, passwordPolicy: { name: 'Standard' } },
    });
    expect(refused.json()).toMatchObject({ code: 'INVALID_DATA', details: [{ target: 'newPassword' }] });
    expect(changed.json()).toMatchObject({ status: 'COMPLETED' });
  });

  it('tells wrong credentials and a lockout in PingOne’s codes', async () => {
    const sandbox = await startTestSandbox();
    const act = await begin(sandbox);
    const wrong = await act('usernamePassword.check', { username: 'ada', password: 'wrong' });
    const locked = await act('usernamePassword.check', { username: 'edsger', password: 'Shortest-Path-1959' });
    expect(wrong.json()).toMatchObject({ details: [{ code: 'INVALID_CREDENTIALS' }] });
    expect(locked.json()).toMatchObject({
      details: [{ code: 'PASSWORD_LOCKED_OUT', innerError: { secondsUntilUnlock: expect.any(Number) } }],
    });
  });

  it('takes steps of the right kind, in turn, from the right browser only', async () => {
    const sandbox = await startTestSandbox();
    const act = await begin(sandbox);
    const statuses = [
      (await act('unknown.action', {})).status,
      (await act('password.reset', { currentPassword: 'x', newPassword: 'y' })).status,
      (await act('usernamePassword.check', ada, 'ST=stolen')).status,
      (await act('usernamePassword.check', 'not an object')).status,
    ];
    expect(statuses).toEqual([415, 400, 404, 400]);
  });
});
