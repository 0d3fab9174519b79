import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  authorizeUrl,
  claimsOf,
  formOf,
  type Parameters,
  redirectUri,
  refusalOf,
  seedWithNative,
  signIn,
  signInForAnswer,
} from '../../support/sandbox-client.ts';

const correlation = /^(.*) \(Correlation ID: [\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\)$/;
const invalid = 'The request could not be completed. One or more validation errors were in the request.: ';
const webShop = applicationNamed('c0000000-0000-4000-8000-000000000002').clientId;
const implicit = { client_id: webShop, code_challenge: undefined, code_challenge_method: undefined };

describe('requests that can be answered to nobody', () => {
  const cases: readonly [string, Parameters, string][] = [
    ['an unknown client', { client_id: 'unknown' }, 'The application is unknown or disabled'],
    [
      'a disabled client',
      { client_id: 'c0000000-0000-4000-8000-000000000008' },
      'The application is unknown or disabled',
    ],
    ['a redirect URI with another path', { redirect_uri: 'https://127.0.0.1:9/other' }, 'Redirect URI mismatch'],
    ['a redirect URI on another host', { redirect_uri: 'https://example.com/callback' }, 'Redirect URI mismatch'],
    ['no redirect URI, where several are registered', { redirect_uri: undefined }, 'Redirect URI mismatch'],
  ];
  it.each(cases)('%s is told on a page, not redirected', async (_name, changes, message) => {
    const sandbox = await startTestSandbox();
    const answer = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, changes));
    expect({ status: answer.status, location: answer.headers.location }).toEqual({ status: 400, location: undefined });
    expect(answer.body).toContain(message);
    expect(answer.body).toContain(String(answer.headers['correlation-id']));
  });

  it('a program that asks for JSON gets the platform’s error object', async () => {
    const sandbox = await startTestSandbox();
    const url = authorizeUrl(sandbox, { redirect_uri: 'https://127.0.0.1:9/other' });
    const answer = await plainRequest(sandbox.certificate.cert, url, { headers: { accept: 'application/json' } });
    expect(answer.json()).toMatchObject({
      id: answer.headers['correlation-id'],
      code: 'INVALID_REQUEST',
      details: [{ message: 'Redirect URI mismatch' }],
    });
  });
});

describe('requests that the application is told about', () => {
  const cases: readonly [string, Parameters, string, string][] = [
    ['no response type', { response_type: undefined }, 'invalid_request', `${invalid}response_type is required`],
    [
      'a response type that the application has not',
      { response_type: 'token' },
      'unsupported_response_type',
      'Request failed: Unsupported response type: token',
    ],
    ['no code challenge', { code_challenge: undefined }, 'invalid_request', `${invalid}code_challenge is required`],
    [
      'a plain code challenge',
      { code_challenge_method: 'plain' },
      'invalid_request',
      `${invalid}code_challenge_method must be S256`,
    ],
    [
      'a code challenge without its method, which means plain',
      { code_challenge_method: undefined },
      'invalid_request',
      `${invalid}code_challenge_method must be S256`,
    ],
    ['a short code challenge', { code_challenge: 'x' }, 'invalid_request', `${invalid}code_challenge is malformed`],
    [
      'scopes of two resources',
      { scope: 'openid p1:read:user orders:read' },
      'invalid_scope',
      `${invalid}May not request scopes for multiple resources`,
    ],
    [
      'scopes of which none is granted',
      { scope: 'p1:delete:device' },
      'invalid_scope',
      `${invalid}At least one scope must be granted`,
    ],
    ['no scope', { scope: undefined }, 'invalid_scope', `${invalid}At least one scope must be granted`],
    ['prompt none and login', { prompt: 'none login' }, 'invalid_request', `${invalid}prompt none excludes all others`],
    [
      'prompt none without a session',
      { prompt: 'none' },
      'login_required',
      'Request failed: The user is not signed on',
    ],
    ['a maximum age in words', { max_age: 'hour' }, 'invalid_request', `${invalid}max_age must be a number`],
    [
      'an unknown response mode',
      { response_mode: 'jwt' },
      'invalid_request',
      `${invalid}Unsupported response mode: jwt`,
    ],
  ];
  it.each(cases)('%s', async (_name, changes, error, description) => {
    const sandbox = await startTestSandbox();
    const told = await refusalOf(sandbox, changes);
    expect(told.get('error')).toBe(error);
    expect(told.get('error_description')).toMatch(correlation);
    expect(correlation.exec(told.get('error_description') ?? '')?.[1]).toBe(description);
    expect(told.get('state')).toBe('the-state');
  });

  it('a repeated parameter', async () => {
    const sandbox = await startTestSandbox();
    const url = `${authorizeUrl(sandbox)}&state=another`;
    const { headers } = await plainRequest(sandbox.certificate.cert, url);
    expect(new URL(String(headers.location)).searchParams.get('error_description')).toContain(
      'state must not be repeated',
    );
  });

  it('an ID token without a nonce, in the fragment', async () => {
    const sandbox = await startTestSandbox();
    const url = authorizeUrl(sandbox, { ...implicit, response_type: 'id_token', nonce: undefined });
    const { headers } = await plainRequest(sandbox.certificate.cert, url);
    expect(String(headers.location)).toMatch(/#error=invalid_request&.*nonce\+is\+required/);
  });
});

describe('the hops of a sign-on', () => {
  it('lead from authorize to the sign-on pages, to resume, to the redirect URI', async () => {
    const sandbox = await startTestSandbox();
    const { certificate, issuer, origin, environmentId } = sandbox;
    const first = await plainRequest(certificate.cert, authorizeUrl(sandbox));
    const flow = new RegExp(`^${origin}/${environmentId}/signon/\\?flowId=([\\da-f-]{36})$`);
    const [, flowId] = flow.exec(String(first.headers.location)) ?? [];
    const [cookie = ''] = first.headers['set-cookie'] ?? [];
    expect(first.status).toBe(302);
    expect(cookie).toMatch(new RegExp(`^ST=[\\w-]{43}; Path=/${environmentId}; Secure; HttpOnly`));

    const headers = { cookie: cookie.split(';', 1)[0] ?? '' };
    const check = { action: 'usernamePassword.check', username: ada.username, password: ada.password };
    const signedOn = await plainRequest(certificate.cert, String(first.headers.location), { headers, form: check });
    const renewed = { cookie: String(signedOn.headers['set-cookie']).split(';', 1)[0] ?? '' };
    const done = await plainRequest(certificate.cert, String(signedOn.headers.location), { headers: renewed });
    expect(done.headers.location).toBe(`${issuer}/resume?flowId=${flowId}`);

    const last = await plainRequest(certificate.cert, String(done.headers.location), { headers: renewed });
    expect(last.headers.location).toMatch(
      new RegExp(`^${redirectUri}\\?code=[\\da-f]{8}(-[\\da-f]{4}){3}-[\\da-f]{12}&state=the-state$`),
    );
    const again = await plainRequest(certificate.cert, String(done.headers.location), { headers: renewed });
    expect({ status: again.status, location: again.headers.location }).toEqual({ status: 400, location: undefined });
  });

  it('cannot be finished in another browser than they were begun in', async () => {
    const sandbox = await startTestSandbox();
    const { certificate } = sandbox;
    const first = await plainRequest(certificate.cert, authorizeUrl(sandbox));
    const other = await plainRequest(certificate.cert, String(first.headers.location));
    expect(other.status).toBe(400);
    expect(other.body).toContain('The sign-on flow is unknown or has expired');
  });

  it('end after a quarter of an hour', async () => {
    const sandbox = await startTestSandbox();
    const first = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox));
    sandbox.advance(15 * 60);
    const headers = { cookie: String(first.headers['set-cookie']).split(';', 1)[0] ?? '' };
    const page = await plainRequest(sandbox.certificate.cert, String(first.headers.location), { headers });
    expect(page.status).toBe(400);
  });

  it('take parameters by POST as well', async () => {
    const sandbox = await startTestSandbox();
    const [endpoint = '', query = ''] = authorizeUrl(sandbox).split('?');
    const answer = await plainRequest(sandbox.certificate.cert, endpoint, { form: new URLSearchParams(query) });
    expect(answer.headers.location).toContain('/signon/?flowId=');
  });
});

describe('a session that is alive', () => {
  it('signs on without a page, also for prompt none', async () => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    const { url } = await browser.visit(
      authorizeUrl(sandbox, { redirect_uri: `${sandbox.origin}/callback`, prompt: 'none' }),
    );
    expect(new URL(url).searchParams.get('code')).toMatch(/^[\da-f-]{36}$/);
  });

  it.each<[string, Parameters]>([
    ['prompt login', { prompt: 'login' }],
    ['a maximum age that has passed', { max_age: '60' }],
    ['a maximum age of zero', { max_age: '0' }],
  ])('does not satisfy %s', async (_name, changes) => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    sandbox.advance(60);
    const { url } = await browser.visit(authorizeUrl(sandbox, changes));
    expect(url).toContain('/signon/?flowId=');
  });

  it('is of 30 days since the last sign-on', async () => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    sandbox.advance(30 * 24 * 60 * 60);
    const { url } = await browser.visit(authorizeUrl(sandbox));
    expect(url).toContain('/signon/?flowId=');
  });
});

describe('answers through the browser', () => {
  it('carry the tokens of the implicit grant in the fragment, the ID token bound to the access token', async () => {
    const sandbox = await startTestSandbox();
    const told = await signInForAnswer(sandbox, { ...implicit, response_type: 'token id_token' });
    expect([...told.keys()].sort()).toEqual(['access_token', 'expires_in', 'id_token', 'scope', 'state', 'token_type']);
    expect(claimsOf(told.get('id_token'))).toMatchObject({
      nonce: 'the-nonce',
      at_hash: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  it.each(['id_token', 'token', 'code id_token', 'code token', 'code token id_token', 'id_token token'])(
    'have the parts of response_type=%s and no others',
    async (responseType) => {
      const sandbox = await startTestSandbox();
      const told = await signInForAnswer(sandbox, { ...implicit, response_type: responseType });
      const parts = { code: told.has('code'), token: told.has('access_token'), id_token: told.has('id_token') };
      const wanted = responseType.split(' ');
      expect(parts).toEqual({
        code: wanted.includes('code'),
        token: wanted.includes('token'),
        id_token: wanted.includes('id_token'),
      });
      expect(told.has('refresh_token')).toBe(false);
    },
  );

  it('are posted by a page of their own with response_mode=form_post', async () => {
    const posted: string[] = [];
    const sandbox = await startTestSandbox({
      intercept: (request, proceed) => {
        if (request.url.pathname === '/callback') posted.push(request.method, request.body);
        return proceed();
      },
    });
    await signIn(sandbox, { response_mode: 'form_post' });
    expect(posted[0]).toBe('POST');
    expect(new URLSearchParams(posted[1]).get('code')).toMatch(/^[\da-f-]{36}$/);
  });

  it('are a flow object with response_mode=pi.flow', async () => {
    const sandbox = await startTestSandbox();
    const answer = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, { response_mode: 'pi.flow' }));
    expect(answer.json()).toMatchObject({
      status: 'USERNAME_PASSWORD_REQUIRED',
      resumeUrl: expect.stringContaining(`${sandbox.issuer}/resume?flowId=`),
      session: { id: expect.any(String) },
      _embedded: { application: { name: expect.any(String) } },
    });
  });

  it('say access_denied when the person cancels', async () => {
    const sandbox = await startTestSandbox();
    const { url } = await sandbox.browser().deny(authorizeUrl(sandbox, { redirect_uri: `${sandbox.origin}/callback` }));
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({ error: 'access_denied', state: 'the-state' });
  });
});

describe('a pushed authorization request', () => {
  const pushed = { client_id: applicationNamed('c0000000-0000-4000-8000-000000000001').clientId };
  const push = (sandbox: Awaited<ReturnType<typeof startTestSandbox>>, changes: Parameters = {}) =>
    plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/par`, {
      form: formOf({ ...Object.fromEntries(new URL(authorizeUrl(sandbox)).searchParams), ...changes }),
    });

  it('stands for its parameters once', async () => {
    const sandbox = await startTestSandbox();
    const answer = await push(sandbox);
    expect({ status: answer.status, ...answer.json() }).toEqual({
      status: 201,
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/),
      expires_in: 60,
    });
    const url = `${sandbox.issuer}/authorize?${formOf({ ...pushed, request_uri: String(answer.json()['request_uri']) })}`;
    const statuses = [];
    for (const _time of [1, 2]) statuses.push((await plainRequest(sandbox.certificate.cert, url)).status);
    expect(statuses).toEqual([302, 400]);
  });

  it('expires', async () => {
    const sandbox = await startTestSandbox();
    const uri = String((await push(sandbox)).json()['request_uri']);
    sandbox.advance(60);
    const url = `${sandbox.issuer}/authorize?${formOf({ ...pushed, request_uri: uri })}`;
    expect((await plainRequest(sandbox.certificate.cert, url)).status).toBe(400);
  });

  it('is refused at once for what authorize would refuse', async () => {
    const sandbox = await startTestSandbox();
    const answer = await push(sandbox, { redirect_uri: 'https://example.com/' });
    expect({ status: answer.status, ...answer.json() }).toMatchObject({
      status: 400,
      error: 'invalid_request',
      error_description: expect.stringContaining('Redirect URI mismatch'),
    });
  });

  it('is demanded where the application requires it', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ parRequirement: 'REQUIRED' }) });
    const told = await refusalOf(sandbox, {});
    expect(told.get('error')).toBe('invalid_request');
  });
});

describe('a request object', () => {
  const client = applicationNamed('c0000000-0000-4000-8000-000000000006');
  const inside = { ...Object.fromEntries(new URL(authorizeUrl({ issuer: 'https://as.example' })).searchParams) };
  const signed = (secret: string) =>
    new SignJWT({ ...inside, client_id: client.clientId, state: 'from inside', prompt: 'none' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(secret));

  it('signed with the client’s secret stands for the parameters', async () => {
    const sandbox = await startTestSandbox();
    const told = await refusalOf(sandbox, {
      client_id: client.clientId,
      request: await signed(client.clientSecret ?? ''),
    });
    expect([told.get('error'), told.get('state')]).toEqual(['login_required', 'from inside']);
  });

  it.each([
    ['signed by somebody else', () => signed('another-secret-that-is-as-long-as-the-real-one')],
    ['not signed at all', async () => new UnsecuredJWT(inside).encode()],
  ])('%s is refused', async (_name, make) => {
    const sandbox = await startTestSandbox();
    const url = authorizeUrl(sandbox, { client_id: client.clientId, request: await make() });
    expect((await plainRequest(sandbox.certificate.cert, url)).status).toBe(400);
  });
});
