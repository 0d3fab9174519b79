import { describe, expect, it } from 'vitest';
import { type ManagementApi, managementApi, people } from '../../support/management-api.ts';

const ada = people['ada'];
const path = (name: string) => `users/${people[name]?.id}`;

async function byWorker(api: ManagementApi, action: 'lock' | 'unlock', name: string, body: unknown = '') {
  const type = `application/vnd.pingidentity.account.${action}+json`;
  return api.call('POST', path(name), { token: await api.workerToken('0003'), type, body });
}

const signOn = (api: ManagementApi) => api.environment.directory.checkPassword('ada', ada?.password?.value ?? '');

describe('a worker locks an account', () => {
  it('until a time: it says so, and no password helps, a new one neither, until then', async () => {
    const api = await managementApi();
    const locked = await byWorker(api, 'lock', 'ada', { unlockAt: '2026-11-23T13:00:00Z' });
    expect([locked.status, locked.body.account]).toEqual([
      200,
      {
        canAuthenticate: false,
        status: 'LOCKED',
        lockedAt: '2026-11-23T12:00:00.000Z',
        secondsUntilUnlock: 3600,
        unlockAt: '2026-11-23T13:00:00.000Z',
      },
    ]);
    expect(signOn(api)).toEqual({ kind: 'lockedOut', secondsUntilUnlock: 3600 });
    const token = await api.workerToken('0003');
    const password = (action: string, method: string, body: unknown) =>
      api.call(method, `${path('ada')}/password`, {
        ...{ token, body, type: `application/vnd.pingidentity.password.${action}` },
      });
    await password('reset+json', 'PUT', { newPassword: ada?.password?.value });
    await password('unlock', 'POST', '');
    expect(signOn(api).kind).toBe('lockedOut');
    api.advance(3_600_000);
    expect(signOn(api).kind).toBe('mustChange');
    const { body } = await api.call('GET', path('ada'), { token: await api.workerToken('0003') });
    expect(body.account).toEqual({ canAuthenticate: true, status: 'OK' });
  });

  it.each([{}, '', 'null', { unlockAt: null }])('until it is unlocked, where no time is told: %j', async (body) => {
    const api = await managementApi();
    const { status, body: user } = await byWorker(api, 'lock', 'ada', body);
    const account = { canAuthenticate: false, status: 'LOCKED', lockedAt: '2026-11-23T12:00:00.000Z' };
    expect([status, user.account]).toEqual([200, account]);
    api.advance(365 * 86_400_000);
    expect(signOn(api)).toEqual({ kind: 'lockedOut', secondsUntilUnlock: undefined });
    await byWorker(api, 'unlock', 'ada', 'null');
    expect(signOn(api).kind).not.toBe('lockedOut');
  });

  it('not with a time that is past', async () => {
    const api = await managementApi();
    const answer = await byWorker(api, 'lock', 'ada', { unlockAt: '2026-11-23T12:00:00Z' });
    expect([answer.status, answer.body.account.status]).toEqual([200, 'OK']);
    expect(signOn(api).kind).toBe('ok');
  });

  it.each(['tomorrow', 5])('not until %j', async (unlockAt) => {
    const api = await managementApi();
    const answer = await byWorker(api, 'lock', 'ada', { unlockAt });
    expect([answer.status, answer.body.details[0].target]).toEqual([400, 'unlockAt']);
  });

  it('for longer than Ping’s Go client can count seconds', async () => {
    const api = await managementApi();
    const { body } = await byWorker(api, 'lock', 'ada', { unlockAt: '9999-12-31T23:59:59Z' });
    expect(body.account).toMatchObject({ secondsUntilUnlock: 2_147_483_647, unlockAt: '9999-12-31T23:59:59.000Z' });
  });

  it('and unlocks it, from a lock as from a lockout', async () => {
    const api = await managementApi();
    await byWorker(api, 'lock', 'edsger', { unlockAt: '2030-01-01T00:00:00Z' });
    const answer = await byWorker(api, 'unlock', 'edsger');
    expect([answer.status, answer.body.account]).toEqual([200, { canAuthenticate: true, status: 'OK' }]);
    const { password } = people['edsger'] ?? {};
    expect(api.environment.directory.checkPassword('edsger', password?.value ?? '').kind).toBe('ok');
  });
});

it('a user neither locks nor unlocks their own account', async () => {
  const api = await managementApi();
  const token = await api.userToken(ada?.id ?? '', ['p1:read:user', 'p1:update:user', 'p1:reset:userPassword']);
  for (const action of ['lock', 'unlock']) {
    const type = `application/vnd.pingidentity.account.${action}+json`;
    expect((await api.call('POST', path('ada'), { token, type, body: {} })).status).toBe(403);
  }
});
