import { expect, it } from 'vitest';
import { managementApi, people } from '../../support/management-api.ts';

const id = 'b0000000-0000-4000-8000-000000000001';
const path = `users/${people['ada']?.id}/population`;

it('a worker finds the one population, and how many users are in it', async () => {
  const api = await managementApi();
  const token = await api.workerToken('0003');
  const { body } = await api.call('GET', 'populations', { token });
  expect(body._embedded.populations).toMatchObject([{ id, name: 'Default', default: true, userCount: 9 }]);
  expect((await api.call('GET', `populations/${id}`, { token })).body).toEqual(body._embedded.populations[0]);
  expect((await api.call('GET', 'populations/other', { token })).status).toBe(404);
});

it('a worker moves a user to no population that is not there', async () => {
  const api = await managementApi();
  const token = await api.workerToken('0003');
  const put = (body: unknown) => api.call('PUT', path, { token, type: 'application/json', body });
  expect((await api.call('GET', path, { token })).body.id).toBe(id);
  expect(await put({ id })).toMatchObject({ status: 200, body: { id } });
  expect(await put({ id: 'other' })).toMatchObject({ status: 400, body: { details: [{ target: 'id' }] } });
});
