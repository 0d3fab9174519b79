import { describe, expect, it } from 'vitest';
import { readSeed } from '../../../src/sandbox/seed/read-seed.ts';
import { type Form, formsIn } from '../../../src/sandbox/user-agent/form.ts';
import { type PlainAnswer, plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { authorizeUrl, signIn } from '../../support/sandbox-client.ts';

describe('the sign-on pages', () => {
  it('bring nothing from elsewhere, run no script, and cannot be framed', async () => {
    const sandbox = await startTestSandbox();
    const first = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox));
    const headers = { cookie: cookieOf(first) };
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
    ['a wrong password', { ...ada, password: 'wrong' }, 'Wrong user name or password'],
    ['an unknown user', { ...ada, username: 'nobody' }, 'Wrong user name or password'],
    ['a user without a password', { username: 'margaret', password: 'x' }, 'Wrong user name or password'],
    ['a user who is locked out', { username: 'edsger', password: 'Shortest-Path-1959' }, 'Try again in 15 minutes'],
    ['a disabled user', { username: 'kurt', password: 'Incomplete-Always-1931' }, 'This account is disabled'],
  ])('say what is wrong with %s', async (_name, answers, words) => {
    const start = Date.UTC(2026, 10, 23);
    const sandbox = await startTestSandbox({ now: () => start });
    const page = await signIn(sandbox, {}, answers);
    expect(page.status).toBe(400);
    expect(page.html).toMatch(new RegExp(`role="alert"[\\s\\S]*${words}`));
    const [typed = ''] = /<form method="post">[\s\S]*?<\/form>/.exec(page.html) ?? [];
    expect(typed).not.toContain(answers.password);
  });

  it.each(['ada', 'donald', 'zoë@例え.jp'])('sign %s in with one click', async (username) => {
    const sandbox = await startTestSandbox();
    const { forms, submit } = await signInPage(sandbox);
    const answer = await submit(forms.get(username));
    expect(answer.status).toBe(303);
    expect(sandbox.directory.findByUsername(username)?.lastSignOn).toBeDefined();
  });

  // Scripts that were written for PingOne's page find its fields by these names.
  it.each(['username', 'password'])('have one field %s, whoever can be clicked', async (field) => {
    const { html } = await signInPage(await startTestSandbox());
    expect(html.match(new RegExp(`name="${field}"`, 'g'))).toHaveLength(1);
  });

  it.each([
    ['edsger', 'This account is locked'],
    ['margaret', 'Wrong user name or password'],
    ['kurt', 'This account is disabled'],
  ])('say of a click on %s what they would say of what is typed', async (username, words) => {
    const sandbox = await startTestSandbox();
    const { forms, submit } = await signInPage(sandbox);
    const answer = await submit(forms.get(username));
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining(words)]);
  });

  it('offer the users of one’s own seed before those that every sandbox has, as the terminal does', async () => {
    const seed = readSeed({ users: [{ username: 'mary', password: 'Steam-Engine-1842' }] }, 'The seed');
    const { forms } = await signInPage(await startTestSandbox({ seed }));
    expect([...forms.keys()].slice(0, 2)).toEqual(['mary', 'ada']);
  });

  it('offer no password that is no longer the user’s, so that clicks lock no account', async () => {
    const sandbox = await startTestSandbox();
    sandbox.directory.changePassword(ada.id, ada.password, 'Quite-Another-77');
    const { forms, html } = await signInPage(sandbox);
    expect([...forms.keys()]).toEqual(sandbox.seed.users.slice(1).map(({ username }) => username));
    expect(html).toMatch(/<b>ada<\/b> <span>[^<]*<\/span><\/p><p class="password">password changed</);
    expect(html).not.toContain(ada.password);
  });

  it('offer nobody who was deleted or renamed since', async () => {
    const sandbox = await startTestSandbox();
    const grace = sandbox.directory.findByUsername('grace')?.id ?? '';
    sandbox.directory.remove(ada.id);
    sandbox.directory.update(grace, { username: 'hopper' });
    const { forms, html } = await signInPage(sandbox);
    expect([...forms.keys()]).toEqual(sandbox.seed.users.slice(2).map(({ username }) => username));
    expect(html).not.toMatch(/<b>(ada|grace)</);
  });

  it('send whoever an administrator has locked out to the administrator', async () => {
    const sandbox = await startTestSandbox();
    sandbox.directory.lockAccount(ada.id, Number.POSITIVE_INFINITY);
    expect((await signIn(sandbox, {})).html).toContain('This account is locked. Ask your administrator to unlock it.');
  });

  it('lock after five wrong passwords, and open after a quarter of an hour', async () => {
    const sandbox = await startTestSandbox();
    const tries = [];
    for (const _time of [1, 2, 3, 4, 5]) tries.push((await signIn(sandbox, {}, { ...ada, password: 'x' })).status);
    const locked = await signIn(sandbox, {});
    sandbox.advance({ seconds: 900 });
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

  it('change a forgotten password with the code of the log', async () => {
    const sandbox = await startTestSandbox();
    const { send } = await signInPage(sandbox);
    const nameless = await send({ action: 'password.forgot', username: '' });
    const forgot = await send({ action: 'password.forgot', username: 'ada' });
    const again = await send({ action: 'password.sendRecoveryCode' });
    const code = sandbox.requests().at(-1)?.notice?.replace('recovery code for ada: ', '') ?? '';
    const typed = { action: 'password.recover', newPassword: 'Quite-Another-77', repeatedPassword: 'Quite-Another-77' };
    const wrong = await send({ ...typed, recoveryCode: 'ZZZZZZZZ' });
    const twice = await send({ ...typed, recoveryCode: code, repeatedPassword: 'Another' });
    const done = await send({ ...typed, recoveryCode: code });
    expect(nameless.body).toContain('Type your user name first');
    expect([forgot.status, again.status, done.status]).toEqual([303, 303, 303]);
    expect(wrong.body).toMatch(/name="recoveryCode"[^>]*aria-invalid="true"/);
    expect(wrong.body).toContain('Wrong or expired code');
    expect(twice.body).toContain('The two new passwords differ');
    expect(`${forgot.body}${again.body}${wrong.body}`).not.toContain(code);
    expect(sandbox.directory.checkPassword('ada', 'Quite-Another-77').kind).toBe('ok');
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

/** The page in a browser of its own: its users' forms by name, how one of them is sent, and how anything else is. */
async function signInPage(sandbox: TestSandbox) {
  const { cert } = sandbox.certificate;
  const first = await plainRequest(cert, authorizeUrl(sandbox));
  const [url, headers] = [String(first.headers.location), { cookie: cookieOf(first) }];
  const { body: html } = await plainRequest(cert, url, { headers });
  const value = ({ inputs }: Form, wanted: string) => inputs.find(({ name }) => name === wanted)?.value ?? '';
  const forms = new Map(
    formsIn(html).flatMap((form, index) => (index > 0 ? [[value(form, 'user'), form] as const] : [])),
  );
  const send = (form: Record<string, string>) => plainRequest(cert, url, { headers, form });
  const submit = (form: Form | undefined) => {
    const pressed = [...(form?.inputs ?? []), ...(form?.buttons ?? [])];
    return send(Object.fromEntries(pressed.map(({ name, value }) => [name, value])));
  };
  return { html, forms, submit, send };
}

function cookieOf({ headers }: PlainAnswer): string {
  return String(headers['set-cookie']).split(';', 1)[0] ?? '';
}
