import { describe, expect, it } from 'vitest';
import { type ManagementApi, managementApi, people } from '../../support/management-api.ts';

const importType = 'application/vnd.pingidentity.user.import+json';
const populationId = 'b0000000-0000-4000-8000-000000000001';
const mary = { username: 'mary', email: 'mary@example.com', name: { given: 'Mary', family: 'Somerville' } };
const password = 'Steam-Engine-1842';

async function post(api: ManagementApi, body: unknown, type = 'application/json') {
  return api.call('POST', 'users', { token: await api.workerToken('0003'), type, body });
}

const kindOfSignOn = (api: ManagementApi, typed: string) => api.environment.directory.checkPassword('mary', typed).kind;

describe('a worker adds a user', () => {
  it('who is there from then on, in the default population, without a password', async () => {
    const api = await managementApi();
    const { status, headers, body } = await post(api, mary);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(body._links.self.href);
    expect(body).toMatchObject({
      ...mary,
      _embedded: { password: { status: 'NO_PASSWORD' } },
      enabled: true,
      population: { id: populationId },
      createdAt: '2026-11-23T12:00:00.000Z',
      account: { canAuthenticate: true, status: 'OK' },
    });
    expect(body).not.toHaveProperty('emailVerified');
    const read = await api.call('GET', `users/${body.id}`, { token: await api.workerToken('0003') });
    expect(read.body).toEqual(body);
  });

  it('with a password by an import only', async () => {
    const api = await managementApi();
    const user = { ...mary, password: { value: password }, emailVerified: true, mfaEnabled: true };
    const created = await post(api, user);
    expect(created.body).toMatchObject({ mfaEnabled: false, _embedded: { password: { status: 'NO_PASSWORD' } } });
    expect(created.body).not.toHaveProperty('emailVerified');
    api.environment.directory.remove(api.environment.directory.findByUsername('mary')?.id ?? '');
    expect((await post(api, user, importType)).body).toMatchObject({
      ...{ emailVerified: true, mfaEnabled: true, _embedded: { password: { status: 'OK' } } },
    });
    expect(kindOfSignOn(api, password)).toBe('ok');
  });

  it('with a password to be changed, or one that the policy would refuse', async () => {
    const api = await managementApi();
    await post(api, { ...mary, password: { value: 'x', forceChange: true, bypassPolicy: true } }, importType);
    expect(kindOfSignOn(api, 'x')).toBe('mustChange');
  });

  it('disabled, in a population that is named', async () => {
    const api = await managementApi();
    const { body } = await post(api, { ...mary, enabled: false, population: { id: populationId } });
    expect(body).toMatchObject({ enabled: false, account: { canAuthenticate: false } });
  });

  it.each<[object, string, string, string]>([
    [{ username: 'ADA' }, 'UNIQUENESS_VIOLATION', 'username', 'is unique but a non-unique value is provided'],
    [{ username: undefined }, 'INVALID_VALUE', 'username', 'must not be empty'],
    [{ username: 5 }, 'INVALID_VALUE', 'username', 'must not be empty'],
    [{ email: undefined }, 'INVALID_VALUE', 'email', 'must be a well-formed email address'],
    [{ email: null }, 'INVALID_VALUE', 'email', 'must be a well-formed email address'],
    [{ enabled: 'yes' }, 'INVALID_VALUE', 'enabled', 'must be true or false'],
    [
      { population: { id: 'other' } },
      'INVALID_VALUE',
      'population.id',
      'must be the ID of a population of this environment',
    ],
    [{ password: 'text' }, 'INVALID_VALUE', 'password.value', 'must not be empty'],
    [{ password: { value: '{SSHA}x' } }, 'INVALID_VALUE', 'password', 'must be plain text in the sandbox'],
    [
      { password: { value: 'mary' } },
      'INVALID_VALUE',
      'password',
      'User password did not satisfy password policy requirements',
    ],
  ])('but nobody of %j', async (change, code, target, message) => {
    const api = await managementApi();
    const answer = await post(api, { ...mary, ...change }, importType);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'INVALID_DATA', details: [{ code, target, message }] });
    expect(api.environment.directory.findByUsername('mary')).toBeUndefined();
  });

  it('and is told of a name that is taken in PingOne’s words', async () => {
    const api = await managementApi();
    const answer = await post(api, { ...mary, username: 'ada' });
    expect(answer.body).toEqual({
      id: answer.headers.get('correlation-id'),
      code: 'INVALID_DATA',
      message: 'The request could not be completed. One or more validation errors were in the request.',
      details: [
        {
          code: 'UNIQUENESS_VIOLATION',
          target: 'username',
          message: 'is unique but a non-unique value is provided',
        },
      ],
    });
  });

  it('which no user does', async () => {
    const api = await managementApi();
    const token = await api.userToken(people['ada']?.id ?? '', ['p1:read:user', 'p1:update:user']);
    for (const type of ['application/json', importType]) {
      expect((await api.call('POST', 'users', { token, type, body: mary })).status).toBe(403);
    }
  });
});
