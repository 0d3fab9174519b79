import { describe, expect, it } from 'vitest';
import { ada, nativeClientId, startTestSandbox } from '../support/sandbox.ts';

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

  it('trusts nobody else, another sandbox included', async () => {
    const [sandbox, other] = await Promise.all([startTestSandbox(), startTestSandbox()]);
    await expect(sandbox.fetch(other.discoveryUrl)).rejects.toThrow('fetch failed');
  });
});
