import { describe, expect, it } from 'vitest';
import { ada, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

type Asking = (sandbox: TestSandbox) => Promise<string | undefined>;

const accessToken: Asking = async (sandbox) => `Bearer ${(await sandbox.signIn('ada')).access_token}`;

/** Asks the API for a user, and gives what the log says of it. */
async function told(sandbox: TestSandbox, authorization: string | undefined, path = `users/${ada.id}`) {
  const url = `${sandbox.apiUrl}/environments/${sandbox.environmentId}/${path}`;
  await sandbox.fetch(url, { headers: authorization === undefined ? {} : { authorization } });
  return sandbox.requests().at(-1)?.notice;
}

describe('the log says why the API refuses', () => {
  it.each<[string, Asking]>([
    ['there is no Authorization header', async () => undefined],
    ['the Authorization header is not Bearer with a token', async () => 'Basic YTpi'],
    ['the token is not signed with a key of this environment', async (sandbox) => `${await accessToken(sandbox)}x`],
    [
      'the token is no access token, but perhaps an ID token',
      async (sandbox) => `Bearer ${(await sandbox.signIn('ada')).id_token}`,
    ],
  ])('a token: %s', async (why, authorization) => {
    const sandbox = await startTestSandbox();
    expect(await told(sandbox, await authorization(sandbox))).toBe(`INVALID_TOKEN: ${why}`);
  });

  it('a token that has expired, and when', async () => {
    const sandbox = await startTestSandbox({ now: () => Date.UTC(2026, 10, 26) });
    const authorization = await accessToken(sandbox);
    sandbox.advance({ hours: 1 });
    expect(await told(sandbox, authorization)).toBe('INVALID_TOKEN: the token expired at 2026-11-26T01:00:00.000Z');
  });

  it.each([
    ['the token has not the scope p1:read:sessions', `users/${ada.id}/sessions`, 'openid p1:read:user'],
    ['a user’s token is good for that user alone', 'users/d0000000-0000-4000-8000-000000000002', 'p1:read:user'],
    ['only a worker may, with a role', 'users', 'p1:read:user'],
  ])('a permission: %s', async (why, path, scope) => {
    const sandbox = await startTestSandbox();
    const { access_token } = await sandbox.signIn('ada', { scope });
    expect(await told(sandbox, `Bearer ${access_token}`, path)).toBe(`INSUFFICIENT_PERMISSIONS: ${why}`);
  });
});
