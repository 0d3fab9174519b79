import { describe, expect, it } from 'vitest';
import { managementApi, people } from '../../support/management-api.ts';

const ada = people['ada']?.id ?? '';
const scopes = ['p1:read:sessions', 'p1:delete:sessions'];

describe('a user’s sessions', () => {
  it('are listed, the one of the token marked', async () => {
    const api = await managementApi();
    const [here, there] = [api.signedOn(ada), api.signedOn(ada)];
    const token = await api.userToken(ada, scopes, { sid: here.id });
    const { body } = await api.call('GET', `users/${ada}/sessions`, { token });
    expect([body.count, body.size]).toEqual([2, 2]);
    expect(body._embedded.sessions).toMatchObject([
      { id: here.id, current: true, user: { id: ada }, createdAt: '2026-11-23T12:00:00.000Z' },
      { id: there.id, current: false },
    ]);
    expect(JSON.stringify(body)).not.toContain(here.cookie);
    const one = await api.call('GET', `users/${ada}/sessions/${there.id}`, { token });
    expect(one.body).toEqual(body._embedded.sessions[1]);
  });

  it('are deleted, but not the current one', async () => {
    const api = await managementApi();
    const [here, there] = [api.signedOn(ada), api.signedOn(ada)];
    const token = await api.userToken(ada, scopes, { sid: here.id });
    const remove = (id: string) => api.call('DELETE', `users/${ada}/sessions/${id}`, { token });
    expect(await remove(there.id)).toMatchObject({ status: 204, body: undefined });
    expect(await remove(there.id)).toMatchObject({ status: 404 });
    expect(await remove(here.id)).toMatchObject({ status: 400, body: { code: 'REQUEST_FAILED' } });
    expect(api.environment.sessions.ofUser(ada)).toEqual([here]);
  });

  it('of others are not theirs to see', async () => {
    const api = await managementApi();
    const theirs = api.signedOn(people['grace']?.id ?? '');
    const token = await api.userToken(ada, scopes);
    expect((await api.call('DELETE', `users/${ada}/sessions/${theirs.id}`, { token })).status).toBe(404);
  });

  it('are at most ten', async () => {
    const api = await managementApi();
    for (let count = 0; count < 12; count++) api.signedOn(ada);
    const { body } = await api.call('GET', `users/${ada}/sessions`, { token: await api.userToken(ada, scopes) });
    expect(body.count).toBe(10);
  });
});

describe('POST sessions/me', () => {
  const type = 'application/vnd.pingidentity.sso.session.logout';

  it('ends the session of the cookie, without an access token', async () => {
    const api = await managementApi();
    const session = api.signedOn(ada);
    expect((await api.call('POST', 'sessions/me', { type, cookie: `ST=${session.cookie}` })).status).toBe(204);
    expect(api.environment.sessions.ofUser(ada)).toEqual([]);
  });

  it('ends nothing without the cookie or with another media type', async () => {
    const api = await managementApi();
    const { cookie } = api.signedOn(ada);
    expect((await api.call('POST', 'sessions/me', { type })).status).toBe(204);
    expect((await api.call('POST', 'sessions/me', { type: 'application/json', cookie: `ST=${cookie}` })).status).toBe(
      415,
    );
    expect(api.environment.sessions.ofUser(ada)).toHaveLength(1);
  });
});
