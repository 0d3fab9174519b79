import { describe, expect, it } from 'vitest';
import { plainRequest } from '../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { authorizeUrl, seedWithNative } from '../support/sandbox-client.ts';

const origin = 'https://app.example';

const allowedBy = async (sandbox: TestSandbox, path: string, method = 'GET', headers: Record<string, string> = {}) => {
  const answer = await plainRequest(sandbox.certificate.cert, `${sandbox.origin}${path}`, {
    method,
    headers: { origin, ...headers },
  });
  return {
    status: answer.status,
    origin: answer.headers['access-control-allow-origin'],
    credentials: answer.headers['access-control-allow-credentials'],
    headers: answer.headers,
  };
};
const below = ({ issuer }: TestSandbox, path: string) => new URL(issuer).pathname + path;
const pathOf = (url: string) => url.slice(new URL(url).origin.length);
const listing = (origins: readonly string[]) =>
  seedWithNative({ corsSettings: { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins } });

describe('pages of other origins', () => {
  it('are told of in the log where the browser keeps the answer from them, and where nothing is kept are not', async () => {
    const sandbox = await startTestSandbox({ seed: listing(['https://other.example']) });
    const url = pathOf(authorizeUrl(sandbox, { prompt: 'none' }));
    await allowedBy(sandbox, url, 'GET', { 'sec-fetch-mode': 'cors' });
    await allowedBy(sandbox, url, 'POST', { 'sec-fetch-mode': 'navigate' });
    await allowedBy(sandbox, url, 'GET', { 'sec-fetch-mode': 'cors', origin: 'https://other.example' });
    const kept = sandbox.requests().map(({ notice = '' }) => /may not read this: list (\S+) in/.exec(notice)?.[1]);
    expect(kept).toEqual([origin, undefined, undefined]);
  });

  it.each(['/.well-known/openid-configuration', '/jwks'])('may read %s and its correlation ID', async (path) => {
    const sandbox = await startTestSandbox();
    const answer = await allowedBy(sandbox, below(sandbox, path));
    expect(answer).toMatchObject({ status: 200, origin: '*', credentials: undefined });
    expect(answer.headers['access-control-expose-headers']).toBe('Correlation-Id');
  });

  it.each([
    ['/introspect', 'POST', 'authorization'],
    ['/device_authorization', 'POST', 'content-type'],
  ])('may ask whether they may call %s, without being known', async (path, method, names) => {
    const sandbox = await startTestSandbox();
    const answer = await allowedBy(sandbox, below(sandbox, path), 'OPTIONS', {
      'access-control-request-method': method,
      'access-control-request-headers': names,
    });
    expect(answer).toMatchObject({ status: 204, origin: '*', credentials: undefined });
    expect(answer.headers['access-control-allow-methods']).toBe(method);
    expect(answer.headers['access-control-allow-headers']).toBe(names);
  });

  it.each([
    ['Authorization, X-Ping-Sandbox, content-type', 'Authorization,content-type', 'X-Ping-Sandbox'],
    ['x-requested-with,x-requested-platform', 'x-requested-with,x-requested-platform', undefined],
    ['traceparent', undefined, 'traceparent'],
    [' ,', undefined, undefined],
  ])('may send the headers that PingOne takes, of %j, and the log names the others', async (asked, allowed, others) => {
    const sandbox = await startTestSandbox();
    const answer = await allowedBy(sandbox, below(sandbox, '/token'), 'OPTIONS', {
      'access-control-request-method': 'POST',
      'access-control-request-headers': asked,
    });
    expect([answer.status, answer.headers['access-control-allow-headers']]).toEqual([204, allowed]);
    const [{ notice = '' } = {}] = sandbox.requests();
    expect(/PingOne takes no header (\S+) from/.exec(notice)?.[1]).toBe(others);
  });

  it.each([
    ['/par', 'POST'],
    ['/token', 'POST'],
    ['/userinfo', 'GET'],
    ['/revoke', 'POST'],
    ['/idpSignoff', 'GET'],
  ])('may call %s with credentials, as Ping’s JavaScript packages do', async (path, method) => {
    const sandbox = await startTestSandbox();
    const asked = { 'access-control-request-method': method };
    const named = { origin, credentials: 'true' };
    expect(await allowedBy(sandbox, below(sandbox, path), 'OPTIONS', asked)).toMatchObject({ status: 204, ...named });
    const answer = await allowedBy(sandbox, below(sandbox, path), method);
    expect(answer).toMatchObject(named);
    expect(answer.headers['access-control-expose-headers']).toBe('Correlation-Id');
    expect(answer.headers.vary).toContain('Origin');
  });

  it('may call the management API, and read why it refuses', async () => {
    const sandbox = await startTestSandbox();
    const path = `/v1/environments/${sandbox.environmentId}/users`;
    const asked = { 'access-control-request-method': 'PUT' };
    expect(await allowedBy(sandbox, path, 'OPTIONS', asked)).toMatchObject({ status: 204, origin: '*' });
    expect(await allowedBy(sandbox, path)).toMatchObject({ status: 401, origin: '*' });
  });

  it.each(['as/authorize', 'as/resume', 'as/signoff', 'signon/', 'flows/x', 'device'])(
    'may not read what the cookie opens: %s',
    async (path) => {
      const sandbox = await startTestSandbox();
      const asked = { 'access-control-request-method': 'GET' };
      expect((await allowedBy(sandbox, `/${sandbox.environmentId}/${path}`)).origin).toBeUndefined();
      expect((await allowedBy(sandbox, `/${sandbox.environmentId}/${path}`, 'OPTIONS', asked)).origin).toBeUndefined();
    },
  );
});

describe('origins that an application lists', () => {
  it('may drive a whole sign-on by flows, with the cookie', async () => {
    const sandbox = await startTestSandbox({ seed: listing([origin]) });
    const allowed = { status: 200, origin, credentials: 'true' };
    const url = authorizeUrl(sandbox, { response_mode: 'pi.flow' });
    const begun = await plainRequest(sandbox.certificate.cert, url, { headers: { origin } });
    const [cookie = ''] = begun.headers['set-cookie']?.[0]?.split(';') ?? [];
    expect(begun.headers['access-control-allow-origin']).toBe(origin);
    const flow = `/${sandbox.environmentId}/flows/${begun.json()['id']}`;
    expect(await allowedBy(sandbox, flow, 'GET', { cookie })).toMatchObject(allowed);
    const checked = await plainRequest(sandbox.certificate.cert, sandbox.origin + flow, {
      method: 'POST',
      headers: { origin, cookie, 'content-type': 'application/vnd.pingidentity.usernamePassword.check+json' },
      body: JSON.stringify({ username: ada.username, password: ada.password }),
    });
    expect(checked.headers['access-control-allow-origin']).toBe(origin);
    const [renewed = ''] = checked.headers['set-cookie']?.[0]?.split(';') ?? [];
    const resume = pathOf(String(checked.json()['resumeUrl']));
    expect(await allowedBy(sandbox, resume, 'GET', { cookie: renewed })).toMatchObject(allowed);
  });

  it('are answered before authorize and signoff, which name no application in a preflight', async () => {
    const sandbox = await startTestSandbox({ seed: listing([origin]) });
    const asked = { 'access-control-request-method': 'POST' };
    for (const path of ['/authorize', '/signoff']) {
      expect(await allowedBy(sandbox, below(sandbox, path), 'OPTIONS', asked)).toMatchObject({ status: 204, origin });
    }
  });

  it('are the application’s own: another one’s requests are not opened by them', async () => {
    const sandbox = await startTestSandbox({ seed: listing([origin]) });
    const others = authorizeUrl(sandbox, { client_id: 'c0000000-0000-4000-8000-000000000002' });
    expect((await allowedBy(sandbox, pathOf(others))).origin).toBeUndefined();
  });

  it('open no other application by a flow of theirs, which authorize does not ask for', async () => {
    const sandbox = await startTestSandbox({ seed: listing([origin]) });
    const theirs = authorizeUrl(sandbox, { response_mode: 'pi.flow' });
    const flow = (await plainRequest(sandbox.certificate.cert, theirs, { headers: { origin } })).json();
    const others = authorizeUrl(sandbox, { client_id: 'c0000000-0000-4000-8000-000000000002' });
    expect((await allowedBy(sandbox, `${pathOf(others)}&flowId=${flow['id']}`)).origin).toBeUndefined();
  });

  it.each([
    [['https://*.example'], true],
    [['http://app.example'], false],
    [['https://app.example:8443'], false],
    [['https://*app.example'], false],
    [['https:*example'], false],
    [[], false],
  ])('%j let https://app.example call: %s', async (origins, allowed) => {
    const sandbox = await startTestSandbox({ seed: listing(origins) });
    const answer = await allowedBy(sandbox, pathOf(authorizeUrl(sandbox)));
    expect(answer.origin).toBe(allowed ? origin : undefined);
  });

  it('are the only ones that may redeem its codes', async () => {
    const asking = async (origins: readonly string[]) => {
      const sandbox = await startTestSandbox({ seed: listing(origins) });
      const form = { grant_type: 'authorization_code', client_id: 'c0000000-0000-4000-8000-000000000001' };
      const { headers } = await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/token`, {
        form,
        headers: { origin },
      });
      return headers['access-control-allow-origin'];
    };
    expect([await asking([origin]), await asking(['https://other.example'])]).toEqual([origin, undefined]);
  });

  it('are none where the application says so', async () => {
    const corsSettings = { behavior: 'ALLOW_NO_ORIGINS', origins: [origin] } as const;
    const sandbox = await startTestSandbox({ seed: seedWithNative({ corsSettings }) });
    expect((await allowedBy(sandbox, pathOf(authorizeUrl(sandbox)))).origin).toBeUndefined();
  });
});
