import { describe, expect, it } from 'vitest';
import { defaultSeed } from '../../../src/sandbox/seed.ts';
import { ada, nativeClientId, startTestSandbox } from '../../support/sandbox.ts';
import { applicationNamed, basic, claimsOf, id, post, refresh, tokensOf } from '../../support/sandbox-client.ts';

const worker = applicationNamed('c0000000-0000-4000-8000-000000000003');
const native = { client_id: nativeClientId };

describe('introspection', () => {
  it('describes access, refresh and ID tokens to the application that got them', async () => {
    const sandbox = await startTestSandbox();
    const tokens = await tokensOf(sandbox, { scope: 'openid' });
    const { sid } = claimsOf(tokens.access_token);
    const about = async (token: string) => (await post(sandbox, 'introspect', { ...native, token })).json();
    const times = { iat: expect.any(Number), exp: expect.any(Number) };
    const shared = { active: true, client_id: nativeClientId, sub: ada.id, iss: sandbox.issuer, sid };
    expect(await about(tokens.access_token)).toEqual({
      ...shared,
      ...times,
      scope: 'openid',
      token_type: 'Bearer',
      aud: [sandbox.origin],
    });
    expect(await about(tokens.refresh_token)).toEqual({ ...shared, scope: 'openid', exp: expect.any(Number) });
    expect(await about(tokens.id_token)).toEqual({ ...shared, ...times, aud: nativeClientId });
  });

  it('says no more than "inactive" of used, expired, made-up and other applications’ tokens', async () => {
    const sandbox = await startTestSandbox();
    const first = await tokensOf(sandbox);
    await refresh(sandbox, first.refresh_token);
    const headers = basic(worker.clientId, worker.clientSecret ?? '');
    const answers = [
      await post(sandbox, 'introspect', { ...native, token: first.refresh_token }),
      await post(sandbox, 'introspect', { ...native, token: 'made-up' }),
      await post(sandbox, 'introspect', { token: first.access_token }, headers),
    ];
    sandbox.advance({ seconds: 3600 });
    answers.push(await post(sandbox, 'introspect', { ...native, token: first.access_token }));
    expect(answers.map((answer) => answer.json())).toEqual(answers.map(() => ({ active: false })));
  });

  it('says "inactive" of all tokens of a user who has been deleted', async () => {
    const sandbox = await startTestSandbox();
    const tokens = await tokensOf(sandbox);
    sandbox.directory.remove(ada.id);
    const of = async (token: string) => (await post(sandbox, 'introspect', { ...native, token })).json();
    expect([await of(tokens.access_token), await of(tokens.id_token)]).toEqual([{ active: false }, { active: false }]);
  });

  it('tells an API, which has a secret of its own, of the access tokens that are for it', async () => {
    const [orders, secret] = [defaultSeed.customResources[0], 'secret-of-the-orders-api'];
    if (!orders) throw new Error('The seed has no API of the customer.');
    const sandbox = await startTestSandbox({ seed: { ...defaultSeed, customResources: [{ ...orders, secret }] } });
    const { clientId, clientSecret = '' } = applicationNamed(id('05'));
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const forOrders = String((await post(sandbox, 'token', { ...form, scope: 'orders:read' })).json()['access_token']);
    const forPingOne = (await tokensOf(sandbox)).access_token;
    const asked = { client_id: orders.id, client_secret: secret };
    const answers = [
      await post(sandbox, 'introspect', { token: forOrders }, basic(orders.id, secret)),
      await post(sandbox, 'introspect', { ...asked, token: forOrders }),
      await post(sandbox, 'introspect', { ...asked, token: forPingOne }),
    ];
    const its = { active: true, client_id: clientId, scope: 'orders:read', aud: [orders.audience] };
    expect(answers.map((answer) => answer.json())).toEqual([
      expect.objectContaining(its),
      expect.objectContaining(its),
      { active: false },
    ]);
    const wrong = await post(sandbox, 'introspect', { ...asked, client_secret: 'wrong', token: forOrders });
    expect(wrong.status).toBe(401);
  });
});
