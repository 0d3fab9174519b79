import { describe, expect, it } from 'vitest';
import { type ManagementApi, managementApi, people } from '../../support/management-api.ts';

const ada = people['ada']?.id ?? '';
const path = `users/${ada}`;
const type = 'application/json';

async function asAda(api: ManagementApi, method = 'GET', body?: unknown, query = '') {
  const token = await api.userToken(ada, ['p1:read:user', 'p1:update:user']);
  return api.call(method, `${path}${query}`, { token, ...(body === undefined ? {} : { type, body }) });
}

describe('the user record', () => {
  it('has PingOne’s shape', async () => {
    const api = await managementApi();
    const { body, headers } = await asAda(api);
    const base = `${api.environment.apiUrl}/environments/${api.environment.seed.environment.id}`;
    const password = { href: `${base}/${path}/password` };
    expect(headers.get('content-type')).toMatch(/json/);
    expect(headers.get('correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toEqual({
      _links: {
        self: { href: `${base}/${path}` },
        environment: { href: base },
        population: { href: `${base}/populations/b0000000-0000-4000-8000-000000000001` },
        devices: { href: `${base}/${path}/devices` },
        roleAssignments: { href: `${base}/${path}/roleAssignments` },
        password,
        'password.set': password,
        'password.reset': password,
        'password.check': password,
        'password.recover': password,
        'account.sendVerificationCode': { href: `${base}/${path}` },
        linkedAccounts: { href: `${base}/${path}/linkedAccounts` },
      },
      _embedded: {
        password: {
          environment: { id: api.environment.seed.environment.id },
          user: { id: ada },
          passwordPolicy: { id: 'f0000000-0000-4000-8000-000000000001' },
          status: 'OK',
          lastChangedAt: '2026-10-24T12:00:00.000Z',
        },
      },
      id: ada,
      environment: { id: api.environment.seed.environment.id },
      account: { canAuthenticate: true, status: 'OK' },
      createdAt: '2025-10-19T12:00:00.000Z',
      enabled: true,
      identityProvider: { type: 'PING_ONE' },
      lifecycle: { status: 'ACCOUNT_OK' },
      mfaEnabled: false,
      population: { id: 'b0000000-0000-4000-8000-000000000001' },
      updatedAt: '2025-10-19T12:00:00.000Z',
      username: 'ada',
      verifyStatus: 'NOT_INITIATED',
      ...people['ada']?.attributes,
    });
  });

  it('adds groups to who asks for them', async () => {
    const api = await managementApi();
    const { body } = await asAda(api, 'GET', undefined, '?include=memberOfGroupIDs,memberOfGroupNames');
    expect(body.memberOfGroupIDs).toEqual(['90000000-0000-4000-8000-000000000001']);
    expect(body.memberOfGroupNames).toEqual(['Mathematicians']);
  });

  it('tells the last sign-on once there is one', async () => {
    const api = await managementApi();
    api.environment.directory.recordSignOn(ada, '127.0.0.1');
    expect((await asAda(api)).body.lastSignOn).toEqual({ at: '2026-11-23T12:00:00.000Z', remoteIp: '127.0.0.1' });
  });

  it('tells a lockout as times', async () => {
    const api = await managementApi();
    const read = async () =>
      (await api.call('GET', `users/${people['edsger']?.id}`, { token: await api.workerToken('0003') })).body.account;
    api.advance(60_000);
    expect(await read()).toEqual({
      canAuthenticate: false,
      status: 'LOCKED',
      lockedAt: '2026-11-23T12:00:00.000Z',
      secondsUntilUnlock: 840,
      unlockAt: '2026-11-23T12:15:00.000Z',
    });
    api.advance(840_000);
    expect(await read()).toEqual({ canAuthenticate: true, status: 'OK' });
  });

  it('of a user kept elsewhere names the provider and embeds no password', async () => {
    const api = await managementApi();
    const { body } = await api.call('GET', `users/${people['donald']?.id}`, { token: await api.workerToken('0003') });
    expect(body.identityProvider).toEqual({ id: '1d000000-0000-4000-8000-000000000001', type: 'SAML' });
    expect(body).not.toHaveProperty('_embedded');
  });

  it('never holds a password', async () => {
    const api = await managementApi();
    const all = JSON.stringify((await api.call('GET', 'users', { token: await api.workerToken('0003') })).body);
    for (const { password } of Object.values(people)) expect(all).not.toContain(password?.value ?? 'a seeded password');
  });
});

describe('a user changes their own attributes', () => {
  it('by PATCH: what is not named stays, null removes, complex ones are merged', async () => {
    const api = await managementApi();
    api.advance(1000);
    const { status, body } = await asAda(api, 'PATCH', {
      nickname: null,
      title: 'Author',
      name: { given: 'Augusta', middle: null },
    });
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('nickname');
    expect(body).toMatchObject({ title: 'Author', email: 'ada@example.com', updatedAt: '2026-11-23T12:00:01.000Z' });
    expect(body.name).toEqual({ given: 'Augusta', family: 'Lovelace', formatted: 'Ada King Lovelace' });
    expect((await asAda(api)).body).toEqual(body);
  });

  it('by PUT: what is not named is gone, and the record itself may be sent back', async () => {
    const api = await managementApi();
    const { body: before } = await asAda(api);
    const { body } = await asAda(api, 'PUT', { ...before, nickname: undefined });
    expect(body).not.toHaveProperty('nickname');
    expect(body).toMatchObject({ username: 'ada', email: 'ada@example.com', id: ada, enabled: true });
  });

  it('and a new email address is not verified', async () => {
    const api = await managementApi();
    expect((await asAda(api, 'PATCH', { title: 'x' })).body.emailVerified).toBe(true);
    expect((await asAda(api, 'PATCH', { email: 'countess@example.com' })).body.emailVerified).toBe(false);
  });

  it.each([
    [{ email: 'nonsense' }, 'email', 'must be a well-formed email address'],
    [{ nickname: 5 }, 'nickname', 'must be a text'],
    [{ name: 'Ada' }, 'name', 'must be an object'],
    [{ username: ' ' }, 'username', 'must not be empty'],
    [{ username: 'a'.repeat(129) }, 'username', 'must have 128 characters at most'],
    [{ address: { locality: 5 } }, 'address', 'must hold texts only'],
  ])('not to %j', async (body, target, problem) => {
    const api = await managementApi();
    const answer = await asAda(api, 'PATCH', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      id: answer.headers.get('correlation-id'),
      code: 'INVALID_DATA',
      message: `Validation Error : [${target} ${problem}]`,
      details: [{ code: 'INVALID_VALUE', target, message: problem }],
    });
    expect((await asAda(api)).body.updatedAt).toBe('2025-10-19T12:00:00.000Z');
  });

  it('while what is no attribute of a user is ignored', async () => {
    const api = await managementApi();
    const { status, body } = await asAda(api, 'PATCH', {
      ...{ colour: 'red', Nickname: 'Ada', id: 'x', enabled: false, account: { canAuthenticate: false } },
      name: { first: 'Augusta', given: 'Augusta' },
    });
    const { name, nickname } = people['ada']?.attributes ?? {};
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: ada, enabled: true, nickname, account: { canAuthenticate: true } });
    expect(body.name).toEqual({ ...name, given: 'Augusta' });
    expect(Object.keys(body)).not.toContain('colour');
  });

  it('and their user name, which nobody else has, in whatever case; PUT does not go without one', async () => {
    const api = await managementApi();
    expect((await asAda(api, 'PATCH', { username: 'countess' })).body.username).toBe('countess');
    expect(api.environment.directory.findByUsername('ada')).toBeUndefined();
    expect((await asAda(api, 'PATCH', { username: 'Countess' })).body.username).toBe('Countess');
    const taken = await asAda(api, 'PATCH', { username: 'GRACE' });
    expect([taken.status, taken.body.details[0].code]).toEqual([400, 'UNIQUENESS_VIOLATION']);
    const without = await asAda(api, 'PUT', { email: 'ada@example.com' });
    expect([without.status, without.body.details[0].target]).toEqual([400, 'username']);
  });

  it('not with a body of another media type', async () => {
    const api = await managementApi();
    const token = await api.userToken(ada, ['p1:update:user']);
    expect((await api.call('PATCH', path, { token, type: 'text/plain', body: '{}' })).status).toBe(415);
  });
});

describe('a worker deletes a user', () => {
  it('who then has neither a record, nor sessions, nor tokens, nor a sign-on', async () => {
    const api = await managementApi();
    const session = api.signedOn(ada);
    const [token, own] = [await api.workerToken('0003'), await api.userToken(ada, ['p1:read:user'])];
    expect(await api.call('DELETE', path, { token })).toMatchObject({ status: 204, body: undefined });
    expect((await api.call('GET', path, { token })).status).toBe(404);
    expect((await api.call('DELETE', path, { token })).status).toBe(404);
    expect((await api.call('GET', path, { token: own })).status).toBe(401);
    expect(api.environment.sessions.byId(session.id)).toBeUndefined();
    const password = people['ada']?.password?.value ?? '';
    expect(api.environment.directory.checkPassword('ada', password)).toEqual({ kind: 'invalid' });
  });

  it('which a user does not do to themselves', async () => {
    const api = await managementApi();
    expect((await asAda(api, 'DELETE')).status).toBe(403);
  });
});
