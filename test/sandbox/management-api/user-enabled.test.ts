import { expect, it } from 'vitest';
import { managementApi, people } from '../../support/management-api.ts';

const ada = people['ada'];
const path = `users/${ada?.id}/enabled`;
const type = 'application/json';

it('a worker disables and enables a user, and sees it in the record', async () => {
  const api = await managementApi();
  const token = await api.workerToken('0003');
  const put = (enabled: unknown) => api.call('PUT', path, { token, type, body: { enabled } });
  const signOn = () => api.environment.directory.checkPassword('ada', ada?.password?.value ?? '').kind;
  expect(await put(false)).toMatchObject({ status: 200, body: { id: ada?.id, enabled: false } });
  expect(signOn()).toBe('disabled');
  const { body } = await api.call('GET', `users/${ada?.id}`, { token });
  expect(body).toMatchObject({ enabled: false, account: { canAuthenticate: false } });
  expect((await put('false')).body.details[0].target).toBe('enabled');
  expect((await put(true)).body.enabled).toBe(true);
  expect((await api.call('GET', path, { token })).body.enabled).toBe(true);
  expect(signOn()).toBe('ok');
});

it('a user does not disable themselves', async () => {
  const api = await managementApi();
  const token = await api.userToken(ada?.id ?? '', ['p1:read:user', 'p1:update:user']);
  expect((await api.call('PUT', path, { token, type, body: { enabled: false } })).status).toBe(403);
});
