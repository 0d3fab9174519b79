import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { applicationNamed, authorizeUrl, id, type Parameters, refusalOf } from '../../support/sandbox-client.ts';

const correlation = /^(.*) \(Correlation ID: [\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\)$/;
const invalid = 'The request could not be completed. One or more validation errors were in the request.: ';
const webShop = applicationNamed('c0000000-0000-4000-8000-000000000002').clientId;
const implicit = { client_id: webShop, code_challenge: undefined, code_challenge_method: undefined };

describe('requests that can be answered to nobody', () => {
  const cases: readonly [string, Parameters, string][] = [
    ['no client', { client_id: undefined }, 'client_id is required'],
    ['a disabled client', { client_id: 'c0000000-0000-4000-8000-000000000008' }, 'The application is disabled'],
    ['a redirect URI with another path', { redirect_uri: 'https://127.0.0.1:9/other' }, 'Redirect URI mismatch'],
    ['a redirect URI on another host', { redirect_uri: 'https://example.com/callback' }, 'Redirect URI mismatch'],
    ['no redirect URI, where several are registered', { redirect_uri: undefined }, 'Redirect URI mismatch'],
  ];
  it.each(cases)('%s is told on a page, not redirected', async (_name, changes, message) => {
    const sandbox = await startTestSandbox();
    const answer = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, changes));
    expect({ status: answer.status, location: answer.headers.location }).toEqual({ status: 400, location: undefined });
    expect(answer.body).toContain(message);
    expect(answer.body).toContain(
      'The request could not be completed. One or more validation errors were in the request.',
    );
    expect(answer.body).toContain(String(answer.headers['correlation-id']));
  });

  it('a program that asks for JSON gets the platform’s error object', async () => {
    const sandbox = await startTestSandbox();
    const url = authorizeUrl(sandbox, { redirect_uri: 'https://127.0.0.1:9/other' });
    const answer = await plainRequest(sandbox.certificate.cert, url, { headers: { accept: 'application/json' } });
    expect(answer.json()).toMatchObject({
      id: answer.headers['correlation-id'],
      code: 'INVALID_DATA',
      message: 'The request could not be completed. One or more validation errors were in the request.',
      details: [{ message: 'Redirect URI mismatch' }],
    });
  });

  it('a redirect URI that is not registered is told with those that are, and how to have it so, in the page and the log', async () => {
    const sandbox = await startTestSandbox();
    const url = authorizeUrl(sandbox, { redirect_uri: 'http://localhost:3000/other' });
    const { body } = await plainRequest(sandbox.certificate.cert, url);
    const { notice } = sandbox.requests().at(-1) ?? {};
    for (const said of [body, notice]) {
      expect(said).toContain('https://127.0.0.1/callback');
      expect(said).toContain('ping14c sandbox --redirect-uri http://localhost:3000/other');
    }
    // What PingOne says in JSON is all that a program gets.
    const { body: json } = await plainRequest(sandbox.certificate.cert, url, {
      headers: { accept: 'application/json' },
    });
    expect(json).not.toContain('sandbox');
    expect(sandbox.requests().at(-1)?.notice).toBe(notice);
  });

  const unknown: readonly [string, (sandbox: TestSandbox) => string][] = [
    ['client', (sandbox) => authorizeUrl(sandbox, { client_id: 'unknown' })],
    ['environment', (sandbox) => authorizeUrl(sandbox).replace(sandbox.environmentId, id('01'))],
  ];
  it.each(unknown)(
    'an unknown %s is not found, on a page for a browser and in JSON for others',
    async (_what, urlOf) => {
      const sandbox = await startTestSandbox();
      const found = {
        code: 'NOT_FOUND',
        message: 'The request could not be completed. The requested resource was not found.',
      };
      const answer = await plainRequest(sandbox.certificate.cert, urlOf(sandbox));
      expect({ status: answer.status, ...answer.json() }).toEqual({
        ...{ status: 404, id: answer.headers['correlation-id'] },
        ...found,
      });
      const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
      const page = await plainRequest(sandbox.certificate.cert, urlOf(sandbox), { headers });
      expect({ status: page.status, type: page.headers['content-type'] }).toEqual({
        status: 404,
        type: 'text/html; charset=utf-8',
      });
      for (const words of [found.code, found.message, String(page.headers['correlation-id'])]) {
        expect(page.body).toContain(words);
      }
    },
  );
});

describe('a response type that the application has not', () => {
  it.each([
    ['token', '#'],
    ['id_token token', '#'],
    ['code id_token', '#'],
    ['nonsense', '?'],
  ])('%s is refused behind %s, where a client looks that asked for it', async (response_type, separator) => {
    const sandbox = await startTestSandbox();
    const answer = await plainRequest(sandbox.certificate.cert, authorizeUrl(sandbox, { response_type }));
    expect(answer.headers.location).toContain(`/callback${separator}error=unsupported_response_type&`);
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
      'Request failed: User authentication is required',
    ],
    [
      'sign-on policies that the application has not',
      { acr_values: 'Multi_Factor Palm_Reading' },
      'invalid_request',
      `${invalid}Invalid sign-on policy provided in acr_values parameter`,
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
