import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSandbox } from 'ping14c/sandbox';

test('a password expires after 182 days', async (t) => {
  const sandbox = await createSandbox();
  t.after(() => sandbox.close());
  await sandbox.signIn('ada');
  sandbox.advance({ days: 182 });
  await assert.rejects(sandbox.signIn('ada'), /PASSWORD_EXPIRED/);
});

test('the API has trouble, and then has none', async (t) => {
  const sandbox = await createSandbox();
  t.after(() => sandbox.close());
  const { access_token } = await sandbox.signIn('ada');
  const [{ id }] = sandbox.users;
  const url = `${sandbox.apiUrl}/environments/${sandbox.environmentId}/users/${id}`;
  const readUser = () => sandbox.fetch(url, { headers: { authorization: `Bearer ${access_token}` } });
  const trouble = sandbox.fault('api-503');
  assert.equal((await readUser()).status, 503);
  trouble.off();
  assert.equal((await readUser()).status, 200);
  assert.equal(sandbox.requests().length, 2);
});
