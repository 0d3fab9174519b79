import { describe, expect, it } from 'vitest';
import { managementApi, people } from '../support/management-api.ts';

const ada = people['ada']?.id ?? '';
const grace = people['grace']?.id ?? '';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const reset = 'application/vnd.pingidentity.password.reset+json';
const nobody = 'd0000000-0000-4000-8000-00000000ffff';

describe('who may call the management API', () => {
  it('nobody without a token, and the refusal is PingOne’s error object', async () => {
    const api = await managementApi();
    const answer = await api.call('GET', `users/${ada}`);
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({
      id: answer.headers.get('correlation-id'),
      code: 'ACCESS_FAILED',
      message: 'The request could not be completed. You do not have access to this resource.',
      details: [
        {
          code: 'INVALID_TOKEN',
          target: 'Authentication Credentials',
          message: 'The authorization token is either missing or invalid, or it has expired.',
        },
      ],
    });
    expect(answer.body.id).toMatch(uuid);
  });

  it('nobody with a token that is expired, forged or meant for another API', async () => {
    const api = await managementApi();
    const good = await api.userToken(ada, ['p1:read:user']);
    const forged = `${good.slice(0, -8)}AAAAAAAA`;
    const foreign = await api.userToken(ada, ['p1:read:user'], { aud: ['https://orders.example.com'] });
    expect((await api.call('GET', `users/${ada}`, { token: good })).status).toBe(200);
    expect((await api.call('GET', `users/${ada}`, { token: forged })).status).toBe(401);
    expect((await api.call('GET', `users/${ada}`, { token: foreign })).status).toBe(401);
    api.advance(3_600_000);
    expect((await api.call('GET', `users/${ada}`, { token: good })).status).toBe(401);
  });

  it.each([
    ['GET', `users/${ada}`, 'p1:read:user', undefined],
    ['PATCH', `users/${ada}`, 'p1:update:user', 'application/json'],
    ['GET', `users/${ada}/password`, 'p1:read:userPassword', undefined],
    ['PUT', `users/${ada}/password`, 'p1:reset:userPassword', reset],
    ['POST', `users/${ada}/password`, 'p1:validate:userPassword', 'application/vnd.pingidentity.password.check+json'],
    ['GET', `users/${ada}/sessions`, 'p1:read:sessions', undefined],
  ])('%s %s needs %s, and opens nobody else', async (method, path, scope, type) => {
    const api = await managementApi();
    const sent = { ...(type === undefined ? {} : { type, body: {} }) };
    const others = ['openid', 'p1:read:user', 'p1:update:user', 'p1:read:userPassword', 'p1:reset:userPassword'].concat(
      [...['p1:validate:userPassword', 'p1:read:sessions', 'p1:delete:sessions']],
    );
    const without = await api.userToken(
      ada,
      others.filter((other) => other !== scope),
    );
    const stranger = await api.userToken(grace, [scope]);
    const allowed = await api.userToken(ada, [scope]);
    const refused = await api.call(method, path, { ...sent, token: without });
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({
      id: refused.headers.get('correlation-id'),
      code: 'ACCESS_FAILED',
      message: 'The request could not be completed. You do not have access to this resource.',
      details: [
        { code: 'INSUFFICIENT_PERMISSIONS', message: 'The actor attempting to perform the request is not authorized.' },
      ],
    });
    expect((await api.call(method, path, { ...sent, token: stranger })).status).toBe(403);
    expect([200, 400]).toContain((await api.call(method, path, { ...sent, token: allowed })).status);
  });

  it('a worker by its roles: with one everybody, without one nobody', async () => {
    const api = await managementApi();
    const [worker, roleless] = [await api.workerToken('0003'), await api.workerToken('0004')];
    for (const path of [`users/${ada}`, `users/${grace}/password`, 'users', 'passwordPolicies', '']) {
      expect((await api.call('GET', path, { token: worker })).status).toBe(200);
      expect((await api.call('GET', path, { token: roleless })).status).toBe(403);
    }
  });

  it('password policies and the list of users are for workers only', async () => {
    const api = await managementApi();
    const token = await api.userToken(ada, ['p1:read:user', 'p1:read:userPassword']);
    for (const path of ['passwordPolicies', 'users', '']) {
      expect((await api.call('GET', path, { token })).status).toBe(403);
    }
  });
});

describe('what is not there', () => {
  it.each([
    ['users/me/nothing'],
    ['nothing'],
    [`users/${nobody}`],
    [`passwordPolicies/${nobody}`],
    [`users/${ada}/sessions/${nobody}`],
  ])('%s is 404', async (path) => {
    const api = await managementApi();
    const answer = await api.call('GET', path, { token: await api.workerToken('0003') });
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      id: answer.headers.get('correlation-id'),
      code: 'NOT_FOUND',
      message: 'The request could not be completed. The requested resource was not found.',
    });
  });

  it('there is no "me" among the users', async () => {
    const api = await managementApi();
    const token = await api.userToken(ada, ['p1:read:user']);
    expect((await api.call('GET', 'users/me', { token })).status).toBe(403);
  });

  it('another method is 405 and names those there are', async () => {
    const api = await managementApi();
    const answer = await api.call('DELETE', `users/${ada}/password`, { token: await api.workerToken('0003') });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, PUT, POST']);
  });

  it.each(['application/json', 'application/vnd.pingidentity.password.change+json', undefined])(
    'a password sent as %s is 415 and changes nothing',
    async (type) => {
      const api = await managementApi();
      const token = await api.userToken(ada, ['p1:reset:userPassword', 'p1:read:userPassword']);
      const body = { currentPassword: people['ada']?.password?.value, newPassword: 'Difference-Engine-22' };
      const answer = await api.call('PUT', `users/${ada}/password`, { token, body, ...(type ? { type } : {}) });
      expect(answer.status).toBe(415);
      expect(answer.body).toEqual({
        id: answer.headers.get('correlation-id'),
        code: 'INVALID_REQUEST',
        message:
          'The server is refusing to service the request because the entity of the request is in a format not supported by the requested resource for the requested method.',
      });
      expect(api.environment.directory.checkPassword('ada', 'Difference-Engine-22').kind).toBe('invalid');
    },
  );
});
