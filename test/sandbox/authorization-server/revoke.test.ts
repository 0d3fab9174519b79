import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { nativeClientId, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { claimsOf, post, refresh, seedWithNative, tokensOf } from '../../support/sandbox-client.ts';

const resource = 'a0000000-0000-4000-8000-000000000001';
const native = { client_id: nativeClientId };

function get(sandbox: TestSandbox, path: string, headers: Record<string, string> = {}) {
  return plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/${path}`, { headers });
}

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

/** The native client with a scope of a custom resource. */
const withOrders = seedWithNative({
  scopes: { openid: ['profile'], pingOneApi: [], custom: { [resource]: ['orders:read'] } },
});

describe('revocation', () => {
  it('ends a refresh token, not the session nor the access token for the PingOne API', async () => {
    const sandbox = await startTestSandbox();
    const tokens = await tokensOf(sandbox);
    const answers = [
      await post(sandbox, 'revoke', { ...native, token: tokens.refresh_token }),
      await post(sandbox, 'revoke', { ...native, token: tokens.access_token }),
    ];
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, ''],
      [200, ''],
    ]);
    expect((await refresh(sandbox, tokens.refresh_token)).json()).toMatchObject({ error: 'invalid_grant' });
    expect((await get(sandbox, 'userinfo', bearer(tokens.access_token))).status).toBe(200);
  });

  it('ends a user’s access token for a custom resource', async () => {
    const sandbox = await startTestSandbox({ seed: withOrders });
    const { access_token: token } = await tokensOf(sandbox, { scope: 'openid orders:read' });
    expect(claimsOf(token)['aud']).toEqual(['https://orders.example.com']);
    await post(sandbox, 'revoke', { ...native, token });
    expect((await get(sandbox, 'userinfo', bearer(token))).status).toBe(401);
  });

  it('answers 200 for tokens that it does not know', async () => {
    const sandbox = await startTestSandbox();
    expect((await post(sandbox, 'revoke', { ...native, token: 'made-up' })).status).toBe(200);
  });
});
