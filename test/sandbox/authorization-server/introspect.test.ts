import { describe, expect, it } from 'vitest';
import { ada, nativeClientId, startTestSandbox } from '../../support/sandbox.ts';
import { applicationNamed, basic, claimsOf, post, refresh, tokensOf } from '../../support/sandbox-client.ts';

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
});
