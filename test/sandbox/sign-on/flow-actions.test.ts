import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { authorizeUrl } from '../../support/sandbox-client.ts';

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
