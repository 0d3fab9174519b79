import { describe, expect, it } from 'vitest';
import { defaultSeed } from '../../../src/sandbox/seed.ts';
import { plainRequest } from '../../support/plain-request.ts';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  basic,
  claimsOf,
  id,
  invalid,
  type Parameters,
  post,
  seedWith,
  told,
  uuid,
} from '../../support/sandbox-client.ts';

describe('malformed token requests', () => {
  it.each<[string, Parameters, string]>([
    ['without grant type', {}, 'invalid_request'],
    ['with an unknown grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    [
      'with a token exchange, for which no application is enabled',
      { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', client_id: id('01') },
      'unauthorized_client',
    ],
    [
      'with a CIBA request, for which no application is enabled',
      { grant_type: 'urn:openid:params:grant-type:ciba', client_id: id('01') },
      'unauthorized_client',
    ],
    ['without a code', { grant_type: 'authorization_code', client_id: id('01') }, 'invalid_request'],
    ['without a refresh token', { grant_type: 'refresh_token', client_id: id('01') }, 'invalid_request'],
    [
      'with a made-up refresh token',
      { grant_type: 'refresh_token', client_id: id('01'), refresh_token: 'x' },
      'invalid_grant',
    ],
  ])('%s', async (_name, form, error) => {
    const sandbox = await startTestSandbox();
    expect(told(await post(sandbox, 'token', form))).toMatchObject({ status: 400, error });
  });

  it('are told by their media type and their size', async () => {
    const { certificate, issuer } = await startTestSandbox();
    const send = (body: string, type: string) =>
      plainRequest(certificate.cert, `${issuer}/token`, { method: 'POST', headers: { 'content-type': type }, body });
    const answers = [await send('{}', 'application/json'), await send('x'.repeat(1024 * 1024), 'text/plain')];
    expect(answers.map(({ status }) => status)).toEqual([400, 413]);
  });

  it('are refused by the gateway with another method than POST', async () => {
    const { certificate, issuer } = await startTestSandbox();
    const answer = await plainRequest(certificate.cert, `${issuer}/token`);
    expect({ status: answer.status, ...answer.json() }).toEqual({
      status: 403,
      message: 'Missing Authentication Token',
    });
  });
});

const worker = applicationNamed(id('03'));
const roleless = applicationNamed(id('04'));
const service = applicationNamed(id('05'));

const clientCredentials = { grant_type: 'client_credentials' };
const workerToken = (sandbox: TestSandbox, form: Parameters = {}) =>
  post(sandbox, 'token', { ...clientCredentials, ...form }, basic(worker.clientId, worker.clientSecret ?? ''));

describe('the client credentials grant', () => {
  it('gives a worker a token without subject and scope', async () => {
    const sandbox = await startTestSandbox();
    const answer = (await workerToken(sandbox)).json();
    expect(answer).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
    const claims = claimsOf(answer['access_token']);
    expect(claims).toEqual({
      client_id: worker.clientId,
      iss: sandbox.issuer,
      jti: expect.stringMatching(uuid),
      iat: expect.any(Number),
      exp: Number(claims['iat']) + 3600,
      aud: [sandbox.origin],
      env: sandbox.environmentId,
      org: sandbox.seed.environment.organizationId,
      'p1.rid': claims['jti'],
    });
  });

  it('gives a service the scopes of its own resource', async () => {
    const sandbox = await startTestSandbox();
    const form = { ...clientCredentials, client_id: service.clientId, client_secret: service.clientSecret };
    const answer = (await post(sandbox, 'token', { ...form, scope: 'orders:read p1:x' })).json();
    const sound = (await post(sandbox, 'token', { ...form, scope: 'orders:read openid' })).json();
    expect(answer).toMatchObject({ error: 'invalid_scope' });
    expect(claimsOf(sound['access_token'])).toMatchObject({
      aud: ['https://orders.example.com'],
      scope: 'orders:read',
    });
  });

  it.each([true, false])('takes scopes of two resources where the application may mix them: %s', async (mixed) => {
    const [orders] = defaultSeed.customResources;
    if (!orders) throw new Error('The seed has no API of the customer.');
    const stock = { ...orders, id: id('99'), audience: 'https://stock.example.com', scopes: ['stock:read'] };
    const { applications } = seedWith(service.clientId, {
      requestScopesForMultipleResourcesEnabled: mixed,
      scopes: { openid: [], pingOneApi: [], custom: { [orders.id]: ['orders:read'], [stock.id]: ['stock:read'] } },
    });
    const customResources = [orders, { ...stock, accessTokenValiditySeconds: 300 }];
    const sandbox = await startTestSandbox({ seed: { ...defaultSeed, applications, customResources } });
    const form = { ...clientCredentials, client_id: service.clientId, client_secret: service.clientSecret };
    const answer = await post(sandbox, 'token', { ...form, scope: 'orders:read stock:read' });
    if (!mixed) return expect(told(answer).text).toBe(`${invalid}May not request scopes for multiple resources`);
    expect(answer.json()).toMatchObject({ scope: 'orders:read stock:read', expires_in: 300 });
    expect(claimsOf(answer.json()['access_token'])['aud']).toEqual([orders.audience, stock.audience]);
  });

  it.each([
    ['a worker without roles', basic(roleless.clientId, roleless.clientSecret ?? ''), {}],
    [
      'a worker that asks for self-service scopes',
      basic(worker.clientId, worker.clientSecret ?? ''),
      { scope: 'p1:read:user' },
    ],
    ['a service that asks for nothing', {}, { client_id: service.clientId, client_secret: service.clientSecret }],
  ])('refuses %s', async (_name, headers, form) => {
    const sandbox = await startTestSandbox();
    const answer = await post(sandbox, 'token', { ...clientCredentials, ...form }, headers as Record<string, string>);
    expect(told(answer)).toEqual({
      status: 400,
      error: 'invalid_scope',
      text: `${invalid}At least one scope must be granted`,
      rest: {},
    });
  });

  it('is closed to applications that lack the grant, and to public ones', async () => {
    const sandbox = await startTestSandbox();
    const answer = await post(sandbox, 'token', { ...clientCredentials, client_id: id('01') });
    expect(told(answer)).toMatchObject({ status: 400, error: 'unauthorized_client' });
  });
});
