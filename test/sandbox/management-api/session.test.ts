import { describe, expect, it } from 'vitest';
import { managementApi, people } from '../../support/management-api.ts';

const ada = people['ada']?.id ?? '';
const scopes = ['p1:read:sessions', 'p1:delete:sessions'];

describe('a user’s sessions', () => {
  it('are listed, the newest first, with what is known of the browser', async () => {
    const api = await managementApi();
    const older = api.signedOn(ada, 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0');
    api.advance(1000);
    const newer = api.signedOn(ada, 'curl/8.5.0');
    const token = await api.userToken(ada, scopes);
    const { body } = await api.call('GET', `users/${ada}/sessions`, { token });
    expect([body.count, body.size]).toEqual([2, 2]);
    const base = `${api.environment.apiUrl}/environments/${api.environment.seed.environment.id}`;
    const signOn = { at: '2026-11-23T12:00:00.000Z', remoteIp: '127.0.0.1' };
    expect(body._embedded.sessions[0]).toMatchObject({ id: newer.id, browser: { name: 'curl', version: '8.5.0' } });
    expect(body._embedded.sessions[1]).toEqual({
      _links: {
        self: { href: `${base}/users/${ada}/sessions/${older.id}` },
        environment: { href: base },
        user: { href: `${base}/users/${ada}` },
      },
      id: older.id,
      environment: { id: api.environment.seed.environment.id },
      user: { id: ada },
      createdAt: '2026-11-23T12:00:00.000Z',
      activeAt: '2026-11-23T12:00:00.000Z',
      lastSignOn: signOn,
      browser: { name: 'Firefox', version: '145.0' },
      operatingSystem: { name: 'Linux' },
      device: { type: 'Computer' },
      locations: [signOn],
    });
    const one = await api.call('GET', `users/${ada}/sessions/${older.id}`, { token });
    expect(one.body).toEqual(body._embedded.sessions[1]);
  });

  it('are in the order of their last sign-on, and among them those that have expired', async () => {
    const api = await managementApi();
    const [first, second] = [api.signedOn(ada), api.signedOn(ada)];
    api.advance(31 * 86_400_000);
    api.environment.sessions.signOn(first, { userId: ada, acr: 'Single_Factor', amr: ['pwd'] });
    const { body } = await api.call('GET', `users/${ada}/sessions`, { token: await api.userToken(ada, scopes) });
    expect(body._embedded.sessions.map(({ id }: { id: string }) => id)).toEqual([first.id, second.id]);
  });

  it('are deleted, but not the current one', async () => {
    const api = await managementApi();
    const [here, there] = [api.signedOn(ada), api.signedOn(ada)];
    const token = await api.userToken(ada, scopes, { sid: here.id });
    const remove = (id: string) => api.call('DELETE', `users/${ada}/sessions/${id}`, { token });
    expect(await remove(there.id)).toMatchObject({ status: 204, body: undefined });
    expect(await remove(there.id)).toMatchObject({ status: 404 });
    expect(await remove(here.id)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_FAILED', details: [{ code: 'CONSTRAINT_VIOLATION', target: 'sessionId' }] },
    });
    expect(api.environment.sessions.ofUser(ada)).toEqual([here]);
  });

  it('of others are not theirs to see', async () => {
    const api = await managementApi();
    const theirs = api.signedOn(people['grace']?.id ?? '');
    const token = await api.userToken(ada, scopes);
    expect((await api.call('DELETE', `users/${ada}/sessions/${theirs.id}`, { token })).status).toBe(404);
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

describe('POST sessions/{id}', () => {
  const type = 'application/vnd.pingidentity.sso.session.logout';

  it('ends a session without its cookie, for a worker', async () => {
    const api = await managementApi();
    const [one, other] = [api.signedOn(ada), api.signedOn(ada)];
    const token = await api.workerToken('0003');
    const own = await api.userToken(ada, scopes);
    expect((await api.call('POST', `sessions/${one.id}`, { token: own, type })).status).toBe(403);
    expect((await api.call('POST', `sessions/${one.id}`, { token, type: 'application/json' })).status).toBe(415);
    expect((await api.call('POST', `sessions/${one.id}`, { token, type })).status).toBe(204);
    expect((await api.call('POST', `sessions/${one.id}`, { token, type })).status).toBe(404);
    expect(api.environment.sessions.ofUser(ada)).toEqual([other]);
  });
});
