import { describe, expect, it } from 'vitest';
import { managementApi, people } from '../../support/management-api.ts';

const moment = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

describe('the environment', () => {
  it('has all that Ping’s Go clients refuse to read a record without', async () => {
    const api = await managementApi();
    const { status, body } = await api.call('GET', '', { token: await api.workerToken('0003') });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: 'e0000000-0000-4000-8000-000000000001',
      name: 'Sandbox',
      region: 'NA',
      type: 'SANDBOX',
      status: 'ACTIVE',
      organization: { id: uuid },
      license: { id: uuid },
      createdAt: moment,
      updatedAt: moment,
    });
  });

  it('is the only one in the list', async () => {
    const api = await managementApi();
    const token = await api.workerToken('0003');
    const { body } = await api.call('GET', '..', { token });
    expect([body.count, body._embedded.environments]).toEqual([1, [(await api.call('GET', '', { token })).body]]);
  });

  it('tells of what products it consists', async () => {
    const api = await managementApi();
    const { body } = await api.call('GET', 'billOfMaterials', { token: await api.workerToken('0003') });
    expect(body.products).toEqual([{ id: uuid, type: 'PING_ONE_BASE' }]);
  });

  it.each(['', 'billOfMaterials'])('shows no user anything of itself: /%s', async (path) => {
    const api = await managementApi();
    const token = await api.userToken(people['ada']?.id ?? '', ['openid', 'p1:read:user']);
    expect((await api.call('GET', path, { token })).status).toBe(403);
  });
});
