import { describe, expect, it } from 'vitest';
import { plainRequest } from '../../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../../support/sandbox.ts';
import { authorizeUrl, refresh, seedWithNative, signIn, tokensOf } from '../../support/sandbox-client.ts';

function get(sandbox: TestSandbox, path: string, headers: Record<string, string> = {}) {
  return plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/${path}`, { headers });
}

describe('sign-off', () => {
  const signedOff = 'https://example.com/signed-off';

  it('in the browser ends the session, and says so where there is no way back', async () => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    const page = await browser.visit(`${sandbox.issuer}/signoff`);
    const after = await browser.visit(authorizeUrl(sandbox));
    expect([page.status, after.url.includes('/signon/')]).toEqual([200, true]);
    expect(page.html).toContain('You are signed out');
  });

  it('sends state along, and refuses other applications’ and unregistered URIs', async () => {
    const sandbox = await startTestSandbox();
    const { id_token: hint } = await tokensOf(sandbox);
    const query = (uri: string) =>
      new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: uri, state: 's' });
    const sound = await get(sandbox, `signoff?${query(signedOff)}`);
    const other = await get(sandbox, `signoff?${query('https://example.com/other')}`);
    const forged = await get(sandbox, 'signoff?id_token_hint=x.y.z');
    expect([sound.status, sound.headers.location]).toEqual([302, `${signedOff}?state=s`]);
    expect(String(sound.headers['set-cookie'])).toContain('ST=; ');
    expect([other.status, forged.status]).toEqual([400, 400]);
    expect(other.body).toContain('postLogoutRedirectUris');
    expect(sandbox.requests().map(({ notice }) => notice)).toContainEqual(expect.stringContaining(`, ${signedOff}. `));
  });

  it('by idpSignoff needs no cookie: 204, and the refresh token is dead', async () => {
    const sandbox = await startTestSandbox();
    const tokens = await tokensOf(sandbox);
    sandbox.advance({ seconds: 7200 });
    const path = `idpSignoff?${new URLSearchParams({ id_token_hint: tokens.id_token })}`;
    const answer = await get(sandbox, path, { accept: 'application/json' });
    expect([answer.status, answer.body]).toEqual([204, '']);
    expect((await refresh(sandbox, tokens.refresh_token)).status).toBe(400);
  });

  it('by idpSignoff is refused where the application does not allow it', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ idpSignoff: false }) });
    const tokens = await tokensOf(sandbox);
    const path = `idpSignoff?${new URLSearchParams({ id_token_hint: tokens.id_token })}`;
    expect((await get(sandbox, path, { accept: 'application/json' })).status).toBe(400);
    expect((await refresh(sandbox, tokens.refresh_token)).status).toBe(200);
  });
});
