import { describe, expect, it } from 'vitest';
import { plainRequest } from '../support/plain-request.ts';
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const origin = 'https://app.example';

const allowedBy = async (sandbox: TestSandbox, path: string, method = 'GET', headers: Record<string, string> = {}) => {
  const answer = await plainRequest(sandbox.certificate.cert, `${sandbox.origin}${path}`, {
    method,
    headers: { origin, ...headers },
  });
  return { status: answer.status, origin: answer.headers['access-control-allow-origin'], headers: answer.headers };
};

describe('pages of other origins', () => {
  it.each(['/.well-known/openid-configuration', '/jwks'])('may read %s and its correlation ID', async (path) => {
    const sandbox = await startTestSandbox();
    const answer = await allowedBy(sandbox, new URL(sandbox.issuer).pathname + path);
    expect(answer).toMatchObject({ status: 200, origin: '*' });
    expect(answer.headers['access-control-expose-headers']).toBe('Correlation-Id');
  });

  it.each([
    ['/token', 'POST', 'authorization'],
    ['/userinfo', 'GET', 'authorization'],
    ['/revoke', 'POST', 'content-type'],
  ])('may ask whether they may call %s, without being known', async (path, method, names) => {
    const sandbox = await startTestSandbox();
    const answer = await allowedBy(sandbox, new URL(sandbox.issuer).pathname + path, 'OPTIONS', {
      'access-control-request-method': method,
      'access-control-request-headers': names,
    });
    expect(answer).toMatchObject({ status: 204, origin: '*' });
    expect(answer.headers['access-control-allow-methods']).toBe(method);
    expect(answer.headers['access-control-allow-headers']).toBe(names);
  });

  it('may call the management API, and read why it refuses', async () => {
    const sandbox = await startTestSandbox();
    const path = `/v1/environments/${sandbox.environmentId}/users`;
    const asked = { 'access-control-request-method': 'PUT' };
    expect(await allowedBy(sandbox, path, 'OPTIONS', asked)).toMatchObject({ status: 204, origin: '*' });
    expect(await allowedBy(sandbox, path)).toMatchObject({ status: 401, origin: '*' });
  });

  it.each(['as/authorize', 'as/resume', 'as/signoff', 'as/idpSignoff', 'signon/', 'flows/x', 'device'])(
    'may not read what the cookie opens: %s',
    async (path) => {
      const sandbox = await startTestSandbox();
      const answer = await allowedBy(sandbox, `/${sandbox.environmentId}/${path}`);
      expect(answer.origin).toBeUndefined();
    },
  );
});
