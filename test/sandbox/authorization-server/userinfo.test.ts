import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { applicationNamed, basic, post, tokensOf } from '../../support/sandbox-client.ts';

const worker = applicationNamed('c0000000-0000-4000-8000-000000000003');

function get(sandbox: TestSandbox, path: string, headers: Record<string, string> = {}) {
  return plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/${path}`, { headers });
}

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

describe('userinfo', () => {
  it('tells the claims that the scopes allow, in every scope’s own', async () => {
    const sandbox = await startTestSandbox();
    const { access_token: token } = await tokensOf(sandbox, { scope: 'openid email address phone' });
    expect((await get(sandbox, 'userinfo', bearer(token))).json()).toEqual({
      sub: ada.id,
      email: 'ada@example.com',
      email_verified: true,
      address: { country: 'GB', postal_code: 'SW1Y 4JH', locality: 'London', street_address: '12 St James’s Square' },
      phone_number: expect.stringMatching(/^\+44/),
      env: sandbox.environmentId,
      org: sandbox.seed.environment.organizationId,
      'p1.region': 'NA',
    });
  });

  it('refuses in the platform’s words who has no valid token, an expired one, or not a user’s', async () => {
    const sandbox = await startTestSandbox();
    const { access_token: token, id_token: idToken } = await tokensOf(sandbox);
    const workers = await post(
      sandbox,
      'token',
      { grant_type: 'client_credentials' },
      basic(worker.clientId, worker.clientSecret ?? ''),
    );
    const answers = [
      await get(sandbox, 'userinfo'),
      await get(sandbox, 'userinfo', bearer(idToken)),
      await get(sandbox, 'userinfo', bearer(workers.json()['access_token'])),
    ];
    sandbox.advance({ seconds: 3600 });
    answers.push(await get(sandbox, 'userinfo', bearer(token)));
    expect(answers.map((answer) => [answer.status, answer.json()['code']])).toEqual([
      [401, 'ACCESS_FAILED'],
      [401, 'ACCESS_FAILED'],
      [403, 'ACCESS_FAILED'],
      [401, 'ACCESS_FAILED'],
    ]);
  });
});
