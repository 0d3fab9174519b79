import { createSandbox } from 'ping14c/sandbox';
import { afterAll, beforeEach, expect, it } from 'vitest';

const sandbox = await createSandbox();
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

/** What is to be tested; here it is small. */
async function whoIs(accessToken: string, fetch = globalThis.fetch): Promise<string> {
  const answer = await fetch(`${sandbox.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
  if (!answer.ok) throw new Error(`userinfo: ${answer.status}`);
  return ((await answer.json()) as { preferred_username: string }).preferred_username;
}

it('finds the user to whom a token belongs', async () => {
  const { access_token } = await sandbox.signIn('ada');
  expect(await whoIs(access_token, sandbox.fetch)).toBe('ada');
});

it('does not take a token of two hours ago', async () => {
  const { access_token } = await sandbox.signIn('ada');
  sandbox.advance({ hours: 2 });
  await expect(whoIs(access_token, sandbox.fetch)).rejects.toThrow('userinfo: 401');
});
