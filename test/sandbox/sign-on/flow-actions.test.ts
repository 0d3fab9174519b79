import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { authorizeUrl, uuid } from '../../support/sandbox-client.ts';

describe('the flow as a program drives it', () => {
  async function begin(sandbox: TestSandbox) {
    const first = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, { response_mode: 'pi.flow' }));
    const { _links: links } = first.json() as unknown as {
      readonly _links: { readonly self: { readonly href: string } };
    };
    const cookie = String(first.headers['set-cookie']).split(';', 1)[0] ?? '';
    const act = (action: string, body: unknown, cookies = cookie) =>
      plainRequest(sandbox.certificate.cert, links.self.href, {
        method: 'POST',
        headers: { cookie: cookies, 'content-type': `application/vnd.pingidentity.${action}+json` },
        body: JSON.stringify(body),
      });
    const ask = (method: string) =>
      plainRequest(sandbox.certificate.cert, links.self.href, { method, headers: { cookie } });
    return Object.assign(act, { ask, href: links.self.href });
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

  it('is told whole, to who asks and after each action', async () => {
    const start = Date.UTC(2026, 10, 23, 12);
    const sandbox = await startTestSandbox({ now: () => start });
    const act = await begin(sandbox);
    sandbox.advance({ seconds: 60 });
    const asked = (await act.ask('GET')).json();
    const flowId = act.href.slice(-36);
    expect(asked).toEqual({
      _links: {
        self: { href: `${sandbox.origin}/${sandbox.environmentId}/flows/${flowId}` },
        'usernamePassword.check': { href: act.href },
        'password.forgot': { href: act.href },
      },
      id: flowId,
      session: { id: expect.stringMatching(uuid) },
      resumeUrl: `${sandbox.issuer}/resume?flowId=${flowId}`,
      status: 'USERNAME_PASSWORD_REQUIRED',
      createdAt: '2026-11-23T12:00:00.000Z',
      expiresAt: '2026-11-23T12:16:00.000Z',
      _embedded: { application: { name: 'ping14c (native, public)' } },
    });
    const done = (await act('usernamePassword.check', ada)).json();
    expect(done).toEqual({
      ...asked,
      _links: { self: { href: act.href } },
      status: 'COMPLETED',
      _embedded: {
        user: { id: ada.id, username: 'ada', name: { given: 'Ada', family: 'Lovelace' } },
        application: { name: 'ping14c (native, public)' },
      },
    });
  });

  it.each([
    ['grace', 'Temporary-Moth-1947', 'MUST_CHANGE_PASSWORD'],
    ['alan', 'Bombe-Hut-8-Enigma', 'PASSWORD_EXPIRED'],
  ])('has %s change the password, or start again', async (username, password, status) => {
    const act = await begin(await startTestSandbox());
    const changing = (await act('usernamePassword.check', { username, password })).json();
    const again = (await act('session.reset', {})).json();
    const { status: late } = await act('password.reset', {
      currentPassword: password,
      newPassword: 'Quite-Another-77',
    });
    const link = { href: act.href };
    expect(changing).toMatchObject({
      status,
      _links: { self: link, 'password.reset': link, 'session.reset': link },
      _embedded: { user: { username }, passwordPolicy: { name: 'Standard' } },
    });
    expect([again['status'], late]).toEqual(['USERNAME_PASSWORD_REQUIRED', 400]);
    expect(again['_embedded']).not.toHaveProperty('user');
  });

  it('lives for a quarter of an hour after whatever was done last', async () => {
    const sandbox = await startTestSandbox();
    const act = await begin(sandbox);
    const seen = [];
    for (const seconds of [600, 600, 899, 900]) {
      sandbox.advance({ seconds });
      seen.push((await act.ask('GET')).status);
    }
    expect(seen).toEqual([200, 200, 200, 404]);
    expect((await act('usernamePassword.check', ada)).json()).toMatchObject({ code: 'NOT_FOUND' });
  });

  it.each([
    ['usernamePassword.check', { username: 'ada' }, 'password'],
    ['password.forgot', {}, 'username'],
    ['password.recover', { recoveryCode: 'AAAAAAAA', newPassword: '' }, 'newPassword'],
    ['deviceAuthGrant.userCode.verify', { userCode: 7 }, 'userCode'],
  ])('names what is missing in %s', async (action, body, target) => {
    const act = await begin(await startTestSandbox());
    const answer = await act(action, body);
    expect([answer.status, answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 'INVALID_DATA', details: [expect.objectContaining({ target })] }),
    ]);
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

  it('recovers a forgotten password with the code of the log, in three actions', async () => {
    const start = Date.UTC(2026, 10, 23, 12);
    const sandbox = await startTestSandbox({ now: () => start });
    const act = await begin(sandbox);
    const forgotten = await act('password.forgot', { username: 'ada' });
    const first = noticedCode(sandbox);
    const resent = await act('password.sendRecoveryCode', undefined);
    const code = noticedCode(sandbox);
    const wrong = await act('password.recover', { recoveryCode: first, newPassword: 'Quite-Another-77' });
    const unmet = await act('password.recover', { recoveryCode: code, newPassword: 'short' });
    const recovered = await act('password.recover', {
      recoveryCode: code.toLowerCase(),
      newPassword: 'Quite-Another-77',
    });
    expect([forgotten.json(), resent.json()]).toEqual([
      expect.objectContaining({ status: 'RECOVERY_CODE_REQUIRED' }),
      forgotten.json(),
    ]);
    expect(forgotten.json()).toMatchObject({ _embedded: { passwordPolicy: { name: 'Standard' } } });
    expect(forgotten.body + resent.body).not.toContain(code);
    expect(wrong.json()).toMatchObject({ details: [{ code: 'INVALID_VALUE', target: 'recoveryCode' }] });
    expect(unmet.json()).toMatchObject({
      details: [{ target: 'newPassword', innerError: { unsatisfiedRequirements: expect.arrayContaining(['length']) } }],
    });
    expect(recovered.json()).toMatchObject({ status: 'COMPLETED', _embedded: { user: { username: 'ada' } } });
    expect(sandbox.directory.checkPassword('ada', 'Quite-Another-77').kind).toBe('ok');
  });

  it.each(['nobody', 'donald', 'kurt', 'margaret'])(
    'answers as for anybody when %s forgets, who gets no code, and says so in the log alone',
    async (username) => {
      const sandbox = await startTestSandbox();
      const answer = async (name: string) => {
        const act = await begin(sandbox);
        const forgotten = (await act('password.forgot', { username: name })).json();
        const refused = await act('password.recover', { recoveryCode: 'AAAAAAAA', newPassword: 'Quite-Another-77' });
        return [
          Object.keys(forgotten),
          forgotten['status'],
          forgotten['_embedded'],
          refused.status,
          refused.json()['details'],
        ];
      };
      expect(await answer(username)).toEqual(await answer('ada'));
      expect(notices(sandbox)[0]).toMatch(/^no recovery code( for \w+)?: /);
    },
  );

  it('tells no time for a lock that an administrator must end', async () => {
    const sandbox = await startTestSandbox();
    sandbox.directory.lockAccount(ada.id, Number.POSITIVE_INFINITY);
    const locked = await (await begin(sandbox))('usernamePassword.check', ada);
    const [detail] = locked.json()['details'] as readonly object[];
    expect(detail).toEqual({ code: 'PASSWORD_LOCKED_OUT', message: expect.any(String) });
  });

  it('does not sign on to an account that an administrator has locked', async () => {
    const sandbox = await startTestSandbox();
    const act = await begin(sandbox);
    await act('password.forgot', { username: 'ada' });
    const recoveryCode = noticedCode(sandbox);
    sandbox.directory.lockAccount(ada.id, Number.POSITIVE_INFINITY);
    const refused = await act('password.recover', { recoveryCode, newPassword: 'Quite-Another-77' });
    expect(refused.json()).toMatchObject({ details: [{ target: 'recoveryCode' }] });
  });

  it('voids a code after five wrong ones, and lets another one be sent', async () => {
    const sandbox = await startTestSandbox();
    const act = await begin(sandbox);
    await act('password.forgot', { username: 'edsger' });
    const recover = async (recoveryCode: string) =>
      (await act('password.recover', { recoveryCode, newPassword: 'Quite-Another-77' })).status;
    const wrong = [];
    for (let time = 0; time < 5; time += 1) wrong.push(await recover('ZZZZZZZZ'));
    const late = await recover(noticedCode(sandbox));
    await act('password.sendRecoveryCode', {});
    expect([...wrong, late, await recover(noticedCode(sandbox))]).toEqual([400, 400, 400, 400, 400, 400, 200]);
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
    const other = await act.ask('DELETE');
    expect([other.status, other.headers.allow]).toEqual([405, 'GET, POST']);
  });
});

function notices(sandbox: TestSandbox): readonly string[] {
  return sandbox.requests().flatMap(({ notice }) => notice ?? []);
}

/** The newest recovery code that the log tells. */
function noticedCode(sandbox: TestSandbox): string {
  return (
    notices(sandbox)
      .at(-1)
      ?.replace(/^recovery code for \w+: /, '') ?? ''
  );
}
