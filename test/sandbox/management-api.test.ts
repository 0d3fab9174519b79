import { describe, expect, it } from 'vitest';
import { routes } from '../../src/sandbox/management-api.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';
import { managementApi, people } from '../support/management-api.ts';

const ada = people['ada']?.id ?? '';
const grace = people['grace']?.id ?? '';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const nobody = 'd0000000-0000-4000-8000-00000000ffff';
/** Of self-service; `openid` is among them, and opens nothing here. */
const everyScope = ['openid', ...new Set(routes.flatMap(({ scope }) => scope ?? []))];

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

  const titled = routes.map((route) => ({ ...route, what: [route.method, route.path, ...route.mediaTypes].join(' ') }));
  describe.each(titled.filter((route) => route.of !== 'browser'))(
    '$what',
    ({ method, path, mediaTypes: [type], scope }) => {
      /** The route for this user; where it is about none, the user makes no difference. */
      const of = (userId: string) => {
        const inThisOne = path.replace(':environmentId', defaultSeed.environment.id);
        return `/${inThisOne.replace(':userId', userId).replace(/\/$/, '').replace(/:\w+/, nobody)}`;
      };
      const sent = type === undefined ? {} : { type, body: {} };

      it('refuses who has no token, and a worker without a role', async () => {
        const api = await managementApi();
        expect((await api.call(method, of(ada), sent)).status).toBe(401);
        expect((await api.call(method, of(ada), { ...sent, token: await api.workerToken('0004') })).status).toBe(403);
      });

      it('lets a worker with a role ask, about anybody', async () => {
        const api = await managementApi();
        const { status } = await api.call(method, of(grace), { ...sent, token: await api.workerToken('0003') });
        expect([200, 204, 400, 404]).toContain(status);
      });

      it('lets a user ask about themselves with its scope alone, where it has one', async () => {
        const api = await managementApi();
        const call = async (asked: string, scopes: readonly string[]) =>
          (await api.call(method, of(asked), { ...sent, token: await api.userToken(ada, scopes) })).status;
        expect(
          await call(
            ada,
            everyScope.filter((other) => other !== scope),
          ),
        ).toBe(403);
        expect(await call(grace, everyScope)).toBe(403);
        if (scope !== undefined) expect([200, 204, 400, 404]).toContain(await call(ada, [scope]));
      });
    },
  );

  it('who is refused is told so in PingOne’s words', async () => {
    const api = await managementApi();
    const refused = await api.call('GET', `users/${grace}`, { token: await api.userToken(ada, ['p1:read:user']) });
    expect(refused.status).toBe(403);
    expect(refused.body).toEqual({
      id: refused.headers.get('correlation-id'),
      code: 'ACCESS_FAILED',
      message: 'The request could not be completed. You do not have access to this resource.',
      details: [
        { code: 'INSUFFICIENT_PERMISSIONS', message: 'The actor attempting to perform the request is not authorized.' },
      ],
    });
  });
});

describe('what is not there', () => {
  it.each([[`users/${nobody}`], [`passwordPolicies/${nobody}`], [`users/${ada}/sessions/${nobody}`], ['../x/users']])(
    '%s is 404',
    async (path) => {
      const api = await managementApi();
      const answer = await api.call('GET', path, { token: await api.workerToken('0003') });
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({
        id: answer.headers.get('correlation-id'),
        code: 'NOT_FOUND',
        message: 'The request could not be completed. The requested resource was not found.',
      });
    },
  );

  it('names an environment that is not there', async () => {
    const api = await managementApi();
    const answer = await api.call('GET', `../${nobody}`, { token: await api.workerToken('0003') });
    expect([answer.status, answer.body]).toEqual([
      404,
      {
        id: answer.headers.get('correlation-id'),
        code: 'NOT_FOUND',
        message: `Unable to find environment with ID: '${nobody}'`,
      },
    ]);
  });

  it.each([
    ['GET', 'applications'],
    ['DELETE', `users/${ada}/devices`],
    ['PUT', `users/${ada}/verifyStatus`],
    ['PUT', ''],
    ['POST', '..'],
    ['GET', '../../roles'],
  ])('%s %s is there on PingOne only, and 501 here, for who has a token', async (method, path) => {
    const api = await managementApi();
    const answer = await api.call(method, path, { token: await api.workerToken('0003') });
    expect([answer.status, answer.body.id]).toEqual([501, answer.headers.get('correlation-id')]);
    // Ping's Go SDK would otherwise try again for minutes.
    expect(answer.headers.get('retry-after')).toBe('0');
    expect((await api.call(method, path)).status).toBe(401);
  });

  it.each([
    ['GET', 'nothing'],
    ['GET', 'users/me/nothing'],
    ['GET', '../../nothing'],
    ['DELETE', `users/${ada}/password`],
    ['PATCH', 'passwordPolicies'],
    ['OPTIONS', 'users'],
  ])('%s %s is nowhere: the gateway refuses it, whoever asks', async (method, path) => {
    const api = await managementApi();
    for (const token of [await api.workerToken('0003'), undefined]) {
      const answer = await api.call(method, path, token === undefined ? {} : { token });
      expect([answer.status, Object.keys(answer.body)]).toEqual([403, ['message']]);
      expect(answer.headers.get('x-amzn-errortype')).not.toBeNull();
      expect(answer.headers.get('correlation-id')).toBeNull();
    }
  });

  it('there is no "me" among the users', async () => {
    const api = await managementApi();
    const token = await api.userToken(ada, ['p1:read:user']);
    expect((await api.call('GET', 'users/me', { token })).status).toBe(403);
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
