import { describe, expect, it } from 'vitest';
import { filledIn, type PingOne, standingValues, startPingOne } from './pingone.ts';
import { allRoutes, type Route } from './routes.ts';

const variables: Readonly<Record<string, string>> = { userId: '{ada}', flowId: 'a-flow', sessionId: 'a-session' };

/** The route as nobody in particular asks it: no secret, no token, no cookie. */
function askedByNobody(pingone: PingOne, { method, path, mediaTypes }: Route) {
  const to = path.replace(/:(\w+)/g, (_, name: string) => variables[name] ?? 'x');
  const [type] = mediaTypes;
  const form = type === 'application/x-www-form-urlencoded';
  const grant = path.endsWith('/token') ? { grant_type: 'refresh_token' } : {};
  const request = {
    to,
    method,
    ...(form ? { form: { token: 'x', ...grant } } : {}),
    ...(type !== undefined && !form ? { headers: { 'content-type': type }, json: {} } : {}),
  };
  return pingone.ask(filledIn(request, standingValues(pingone.sandbox)));
}

describe('who may ask, as the table of routes tells it', () => {
  const titled = allRoutes.map((route) => [`${route.method} ${route.path} ${route.mediaTypes.join()}`, route] as const);

  it.each(titled.filter(([, { asks }]) => asks === 'client'))('not who is no client: %s', async (_, route) => {
    const answer = await askedByNobody(await startPingOne(), route);
    expect([answer.status, answer.json()['error']]).toEqual([401, 'invalid_client']);
  });

  it.each(titled.filter(([, { asks }]) => /token with|worker/.test(asks)))(
    'not who has no access token: %s',
    async (_, route) => {
      const answer = await askedByNobody(await startPingOne(), route);
      expect([answer.status, answer.json()['code']]).toEqual([401, 'ACCESS_FAILED']);
    },
  );

  it.each(titled.filter(([, { asks }]) => !/client|token with|worker/.test(asks)))(
    'whoever has the address: %s',
    async (_, route) => {
      const { status } = await askedByNobody(await startPingOne(), route);
      expect([401, 403, 405, 501]).not.toContain(status);
    },
  );
});
