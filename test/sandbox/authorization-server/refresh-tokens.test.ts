import { describe, expect, it } from 'vitest';
import { ada, startTestSandbox } from '../../support/sandbox.ts';
import {
  applicationNamed,
  basic,
  claimsOf,
  id,
  post,
  refresh,
  seedWithNative,
  signInForAnswer,
  tokensOf,
  told,
} from '../../support/sandbox-client.ts';

/** Stands still but for what tests move. */
const start = Date.now();

describe('refresh tokens', () => {
  it('rotate: each use gives new tokens of the same session', async () => {
    const sandbox = await startTestSandbox();
    const first = await tokensOf(sandbox);
    const second = (await refresh(sandbox, first.refresh_token)).json();
    const third = (await refresh(sandbox, String(second['refresh_token']))).json();
    expect(new Set([first.refresh_token, second['refresh_token'], third['refresh_token']]).size).toBe(3);
    expect(claimsOf(third['access_token'])['sid']).toBe(claimsOf(first.access_token)['sid']);
    expect(claimsOf(third['id_token'])).toMatchObject({
      sub: ada.id,
      auth_time: claimsOf(first.id_token)['auth_time'],
    });
    expect(claimsOf(third['id_token'])).not.toHaveProperty('nonce');
  });

  it('revoke the whole family when an old one is used again', async () => {
    const sandbox = await startTestSandbox();
    const first = await tokensOf(sandbox);
    const second = (await refresh(sandbox, first.refresh_token)).json();
    const replay = await refresh(sandbox, first.refresh_token);
    const newest = await refresh(sandbox, String(second['refresh_token']));
    expect([replay.status, told(replay).error, told(newest).error]).toEqual([400, 'invalid_grant', 'invalid_grant']);
  });

  it('leave the family alone where replay protection is off', async () => {
    const seed = seedWithNative({ additionalRefreshTokenReplayProtectionEnabled: false });
    const sandbox = await startTestSandbox({ seed });
    const first = await tokensOf(sandbox);
    const second = (await refresh(sandbox, first.refresh_token)).json();
    const replay = await refresh(sandbox, first.refresh_token);
    const newest = await refresh(sandbox, String(second['refresh_token']));
    expect([replay.status, newest.status]).toEqual([400, 200]);
  });

  it('are taken again within the grace period, not after it', async () => {
    const sandbox = await startTestSandbox({
      seed: seedWithNative({ refreshTokenRollingGracePeriodDuration: 30 }),
      now: () => start,
    });
    const { refresh_token: first } = await tokensOf(sandbox);
    const statuses = [(await refresh(sandbox, first)).status];
    sandbox.advance({ seconds: 29 });
    statuses.push((await refresh(sandbox, first)).status);
    sandbox.advance({ seconds: 1 });
    statuses.push((await refresh(sandbox, first)).status);
    expect(statuses).toEqual([200, 200, 400]);
  });

  it.each([
    ['after their own duration', { refreshTokenDuration: 60 }, 60],
    ['with the rolling duration, though used', { refreshTokenDuration: 60, refreshTokenRollingDuration: 90 }, 45],
  ])('end %s', async (_name, changes, seconds) => {
    const sandbox = await startTestSandbox({ seed: seedWithNative(changes) });
    let { refresh_token: token } = await tokensOf(sandbox);
    sandbox.advance({ seconds: 45 });
    token = String((await refresh(sandbox, token)).json()['refresh_token']);
    sandbox.advance({ seconds });
    expect(told(await refresh(sandbox, token)).error).toBe('invalid_grant');
  });

  it('end with the session, 30 days after the sign-on', async () => {
    const sandbox = await startTestSandbox();
    let { refresh_token: token } = await tokensOf(sandbox);
    sandbox.advance({ seconds: 20 * 86_400 });
    token = String((await refresh(sandbox, token)).json()['refresh_token']);
    sandbox.advance({ seconds: 10 * 86_400 });
    expect(told(await refresh(sandbox, token)).error).toBe('invalid_grant');
  });

  it('belong to their client', async () => {
    const sandbox = await startTestSandbox();
    const { refresh_token: token } = await tokensOf(sandbox);
    const { clientId, clientSecret = '' } = applicationNamed(id('09'));
    const stolen = { client_id: clientId, client_secret: clientSecret };
    expect(told(await refresh(sandbox, token, stolen)).error).toBe('invalid_grant');
    expect((await refresh(sandbox, token)).status).toBe(200);
  });

  it('may be used for fewer scopes, never for more', async () => {
    const sandbox = await startTestSandbox();
    const { refresh_token: token } = await tokensOf(sandbox);
    expect(told(await refresh(sandbox, token, { scope: 'p1:update:user' })).error).toBe('invalid_scope');
    const fewer = await refresh(sandbox, token, { scope: 'p1:read:user p1:update:user offline_access' });
    expect(fewer.json()).toMatchObject({ scope: 'p1:read:user' });
    expect(fewer.json()).not.toHaveProperty('id_token');
  });

  it.each([
    ['', false],
    [' offline_access', true],
  ])('come only to who asks, where offline_access is granted: "openid%s"', async (more, given) => {
    const web = applicationNamed(id('02'));
    const sandbox = await startTestSandbox();
    const callback = await signInForAnswer(sandbox, { client_id: web.clientId, scope: `openid${more}` });
    const answer = await post(
      sandbox,
      'token',
      {
        grant_type: 'authorization_code',
        code: callback.get('code') ?? undefined,
        redirect_uri: `${sandbox.origin}/callback`,
        code_verifier: 'a-code-verifier-of-the-tests-that-is-long-enough-for-RFC-7636',
      },
      basic(web.clientId, web.clientSecret ?? ''),
    );
    expect('refresh_token' in answer.json()).toBe(given);
  });
});
