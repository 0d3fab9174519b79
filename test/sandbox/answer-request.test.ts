import { expect, it } from 'vitest';
import { startTestSandbox } from '../support/sandbox.ts';

it('the log names the environment where a client has another one’s ID', async () => {
  const sandbox = await startTestSandbox();
  const other = sandbox.discoveryUrl.replace(sandbox.environmentId, 'e0000000-0000-4000-8000-000000000002');
  expect((await sandbox.fetch(other)).status).toBe(404);
  const notice = `no such environment: here is ${sandbox.environmentId} alone`;
  expect(sandbox.requests()).toMatchObject([{ status: 404, notice }]);
});
