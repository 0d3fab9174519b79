import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ada, nativeClientId, startTestSandbox } from '../support/sandbox.ts';
import { authorizeUrl } from '../support/sandbox-client.ts';

describe('its fetch', () => {
  it('takes what Node’s own does: requests, forms, and the end of patience', async () => {
    const sandbox = await startTestSandbox();
    const { access_token: token } = await sandbox.signIn('ada');
    const asked = new Request(`${sandbox.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    expect(await sandbox.fetch(asked).then((answer) => answer.json())).toMatchObject({ sub: ada.id });
    const body = new URLSearchParams({ grant_type: 'none', client_id: nativeClientId });
    const refused = await sandbox.fetch(`${sandbox.issuer}/token`, { method: 'POST', body });
    expect(await refused.json()).toMatchObject({ error: 'unsupported_grant_type' });
    const ended = sandbox.fetch(sandbox.origin, { signal: AbortSignal.abort(new Error('no patience')) });
    await expect(ended).rejects.toThrow('no patience');
  });

  it('gives what Node’s own does: a Response, whole, with its address, its cookies, and none of a body where there is none', async () => {
    const sandbox = await startTestSandbox();
    const [read, gone, preflight] = await Promise.all([
      sandbox.fetch(sandbox.discoveryUrl),
      sandbox.fetch(authorizeUrl(sandbox), { redirect: 'manual' }),
      sandbox.fetch(`${sandbox.issuer}/token`, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
      }),
    ]);
    for (const answer of [read, gone, preflight]) expect(answer).toBeInstanceOf(Response);
    expect([read.url, read.redirected, read.ok]).toEqual([sandbox.discoveryUrl, false, true]);
    expect(await read.clone().json()).toEqual(await read.json());
    expect([gone.status, gone.headers.getSetCookie().length]).toEqual([302, 1]);
    const followed = await sandbox.fetch(authorizeUrl(sandbox));
    expect([followed.redirected, new URL(followed.url).pathname]).toEqual([true, expect.stringContaining('/signon/')]);
    expect([preflight.status, preflight.body]).toEqual([204, null]);
  });

  it('gives a body that can be read however late', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const sandbox = await startTestSandbox();
    const answer = await sandbox.fetch(sandbox.discoveryUrl);
    for (let turn = 0; turn < 10; turn++) {
      collectGarbage();
      await setImmediate();
    }
    expect(await answer.json()).toMatchObject({ issuer: sandbox.issuer });
  });

  it('trusts nobody else, another sandbox included', async () => {
    const [sandbox, other] = await Promise.all([startTestSandbox(), startTestSandbox()]);
    await expect(sandbox.fetch(other.discoveryUrl)).rejects.toThrow('fetch failed');
  });
});
