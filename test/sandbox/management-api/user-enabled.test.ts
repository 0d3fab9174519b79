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
  expect(await put(false)).toMatchObject({ status: 200, body: { enabled: false } });
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

it('a worker and the user themselves turn the second factor on, which the record then tells', async () => {
  const api = await managementApi();
  const [token, id] = [await api.workerToken('0003'), ada?.id ?? ''];
  const own = await api.userToken(id, ['p1:update:userMfaEnabled']);
  const put = async (asker: string, mfaEnabled: boolean) =>
    api.call('PUT', `users/${id}/mfaEnabled`, { token: asker, type, body: { mfaEnabled } });
  expect(await put(token, true)).toMatchObject({ status: 200, body: { mfaEnabled: true } });
  expect((await api.call('GET', `users/${id}`, { token })).body.mfaEnabled).toBe(true);
  expect((await put(own, false)).body.mfaEnabled).toBe(false);
  expect((await api.call('GET', `users/${id}/mfaEnabled`, { token })).body.mfaEnabled).toBe(false);
});
