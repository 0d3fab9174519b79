import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { applicationNamed, basic, id, type Parameters, post, seedWith, told } from '../../support/sandbox-client.ts';

const worker = applicationNamed(id('03'));
const service = applicationNamed(id('05'));
const jwtClient = applicationNamed(id('06'));

const clientCredentials = { grant_type: 'client_credentials' };

describe('client authentication', () => {
  const secretJwt = (sandbox: TestSandbox, changes: Record<string, unknown> = {}, alg = 'HS256') =>
    new SignJWT({
      iss: jwtClient.clientId,
      sub: jwtClient.clientId,
      aud: sandbox.issuer,
      jti: crypto.randomUUID(),
      ...changes,
    })
      .setProtectedHeader({ alg })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(new TextEncoder().encode(jwtClient.clientSecret));
  const assertionForm = (assertion: string): Parameters => ({
    ...clientCredentials,
    scope: 'orders:read',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });

  it.each<[string, Parameters, Record<string, string>]>([
    ['a wrong secret', {}, basic(worker.clientId, 'wrong')],
    ['an unknown client', {}, basic('unknown', 'wrong')],
    ['nothing at all', {}, {}],
    [
      'Basic with the client ID in the body too',
      { client_id: worker.clientId },
      basic(worker.clientId, worker.clientSecret ?? ''),
    ],
    ['the secret in the body instead of Basic', { client_id: worker.clientId, client_secret: worker.clientSecret }, {}],
    [
      'Basic instead of the secret in the body',
      { scope: 'orders:read' },
      basic(service.clientId, service.clientSecret ?? ''),
    ],
    ['another scheme', { client_id: worker.clientId }, { authorization: 'Digest x' }],
  ])('refuses %s in the same words', async (_name, form, headers) => {
    const sandbox = await startTestSandbox();
    const answer = await post(sandbox, 'token', { ...clientCredentials, ...form }, headers);
    expect(told(answer)).toEqual({
      status: 401,
      error: 'invalid_client',
      text: 'Request denied: Unsupported authentication method',
      rest: {},
    });
  });

  it.each<[string, Parameters, Record<string, string>]>([
    [`no application has the client ID "unknown"`, {}, basic('unknown', 'wrong')],
    ['"Switched off" is disabled', { client_id: id('08') }, {}],
    ['the request names no client', {}, {}],
    ['the Authorization header is not Basic', {}, { authorization: 'Digest x' }],
    [`"${worker.name}": the secret is wrong`, {}, basic(worker.clientId, 'wrong')],
    [`"${service.name}": the secret is wrong`, { client_id: service.clientId, client_secret: 'wrong' }, {}],
    [
      `"${worker.name}" has the method CLIENT_SECRET_BASIC; the request has client_secret`,
      { client_id: worker.clientId, client_secret: worker.clientSecret },
      {},
    ],
    [
      `"${worker.name}" has the method CLIENT_SECRET_BASIC; the request has Basic and client_id in the body`,
      { client_id: worker.clientId },
      basic(worker.clientId, worker.clientSecret ?? ''),
    ],
    [
      `"${service.name}" has the method CLIENT_SECRET_POST; the request has nothing but client_id`,
      { client_id: service.clientId },
      {},
    ],
  ])('says only in the log that %s', async (why, form, headers) => {
    const sandbox = await startTestSandbox();
    await post(sandbox, 'token', { ...clientCredentials, ...form }, headers);
    expect(sandbox.requests()).toMatchObject([{ status: 401, notice: `invalid_client: ${why}` }]);
  });

  it.each<[string, Parameters, Record<string, unknown>]>([
    [
      'client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      { client_assertion_type: 'jwt' },
      {},
    ],
    ['the assertion must have a jti', {}, { jti: undefined }],
    ['iss and sub of the assertion must be the client ID', {}, { iss: 'somebody' }],
    ['aud of the assertion must be the issuer or the token endpoint', {}, { aud: 'https://auth.pingone.com' }],
  ])('says only in the log of an assertion: %s', async (why, form, claims) => {
    const sandbox = await startTestSandbox();
    await post(sandbox, 'token', { ...assertionForm(await secretJwt(sandbox, claims)), ...form });
    expect(sandbox.requests()).toMatchObject([{ status: 401, notice: `invalid_client: "${jwtClient.name}": ${why}` }]);
  });

  it('says in the log that an assertion was used before, or is signed with another key', async () => {
    const sandbox = await startTestSandbox();
    const form = assertionForm(await secretJwt(sandbox));
    for (const _time of [1, 2]) await post(sandbox, 'token', form);
    await post(sandbox, 'token', { ...form, client_assertion: `${form['client_assertion']}x` });
    expect(sandbox.requests().map(({ notice }) => notice)).toEqual([
      undefined,
      `invalid_client: "${jwtClient.name}": the jti of the assertion was used before`,
      `invalid_client: "${jwtClient.name}": the assertion is not signed with the key of this application, or has expired`,
    ]);
  });

  it('reads Basic credentials form-encoded (RFC 6749, section 2.3.1)', async () => {
    const secret = 'a+b %:/~é';
    const sandbox = await startTestSandbox({ seed: seedWith(worker.clientId, { clientSecret: secret }) });
    const answer = await post(sandbox, 'token', clientCredentials, basic(worker.clientId, secret));
    expect(answer.status).toBe(200);
  });

  it.each(['a+b', 'a%zz', 'a:b+c', 'sandbox~secret+1'])(
    'reads Basic credentials as curl sends them: %s',
    async (secret) => {
      const sandbox = await startTestSandbox({ seed: seedWith(worker.clientId, { clientSecret: secret }) });
      const plain = Buffer.from(`${worker.clientId}:${secret}`).toString('base64');
      const answer = await post(sandbox, 'token', clientCredentials, { authorization: `Basic ${plain}` });
      expect(answer.status).toBe(200);
    },
  );

  it.each(['HS256', 'HS384', 'HS512'])('takes a JWT signed with the secret by %s', async (alg) => {
    const sandbox = await startTestSandbox();
    expect((await post(sandbox, 'token', assertionForm(await secretJwt(sandbox, {}, alg)))).status).toBe(200);
  });

  it('takes the token endpoint as audience as well', async () => {
    const sandbox = await startTestSandbox();
    const assertion = await secretJwt(sandbox, { aud: `${sandbox.issuer}/token` });
    expect((await post(sandbox, 'token', assertionForm(assertion))).status).toBe(200);
  });

  it('takes an assertion once', async () => {
    const sandbox = await startTestSandbox();
    const form = assertionForm(await secretJwt(sandbox));
    const statuses = [];
    for (const _time of [1, 2]) statuses.push((await post(sandbox, 'token', form)).status);
    expect(statuses).toEqual([200, 401]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another audience', { aud: 'https://example.com' }],
    ['another issuer', { iss: 'someone' }],
    ['no ID', { jti: undefined }],
    ['an ID that is no text, and would be another one each time', { jti: { id: 'one' } }],
  ])('refuses an assertion with %s', async (_name, changes) => {
    const sandbox = await startTestSandbox();
    const answer = await post(sandbox, 'token', assertionForm(await secretJwt(sandbox, changes)));
    expect(told(answer).error).toBe('invalid_client');
  });

  it.each(['RS256', 'RS384', 'RS512'])('takes a JWT signed with the registered private key by %s', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const clientId = 'sandbox-private-key-client';
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] };
    const sandbox = await startTestSandbox({ seed: seedWith(clientId, { jwks }) });
    const key = await importJWK({ ...(await exportJWK(privateKey)), alg }, alg);
    const assertion = await new SignJWT({ iss: clientId, sub: clientId, aud: sandbox.issuer, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, kid: 'one' })
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(key);
    expect((await post(sandbox, 'token', assertionForm(assertion))).status).toBe(200);
  });
});
