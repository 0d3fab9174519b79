import { describe, expect, it } from 'vitest';
import { hostName } from '../../src/config/setting-parsers.ts';
import { plainRequest } from '../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import {
  authorizeUrl,
  claimsOf,
  exchange,
  id,
  post,
  refresh,
  seedWithNative,
  signInForAnswer,
  tokensOf,
} from '../support/sandbox-client.ts';
import { client, sandboxMachine } from '../support/sandbox-machine.ts';

/** The sandbox as it is to somebody who takes it for a custom domain (docs/pingone.md, section 1). */
const asDomain = (sandbox: TestSandbox): TestSandbox => ({ ...sandbox, issuer: `${sandbox.origin}/as` });

describe('asked as a custom domain is, without the environment’s ID,', () => {
  it('the sandbox signs in, and its tokens are good wherever the others are', async () => {
    const sandbox = await startTestSandbox();
    const domain = asDomain(sandbox);
    const tokens = await tokensOf(domain);
    expect([claimsOf(tokens.id_token)['iss'], claimsOf(tokens.access_token)['iss']]).toEqual([
      domain.issuer,
      domain.issuer,
    ]);
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const user = `${sandbox.apiUrl}/environments/${sandbox.environmentId}/users/${ada.id}`;
    for (const url of [`${domain.issuer}/userinfo`, `${sandbox.issuer}/userinfo`, user])
      expect((await plainRequest(sandbox.ca, url, { headers })).status).toBe(200);
    const renewed = (await refresh(sandbox, tokens.refresh_token)).json();
    expect(claimsOf(renewed['access_token'])['iss']).toBe(sandbox.issuer);
  });

  it('it knows the browser again, until it signs off', async () => {
    const domain = asDomain(await startTestSandbox());
    const browser = domain.browser();
    const silently = async () => signInForAnswer(domain, { prompt: 'none' }, ada, browser);
    await signInForAnswer(domain, {}, ada, browser);
    expect((await silently()).get('code')).not.toBeNull();
    await browser.visit(`${domain.issuer}/signoff`);
    expect((await silently()).get('error')).toBe('login_required');
  });

  it('it takes a device through its page', async () => {
    const domain = asDomain(await startTestSandbox());
    const device = (await post(domain, 'device_authorization', { client_id: id('01'), scope: 'openid' })).json();
    const page = await domain
      .browser()
      .signIn(String(device['verification_uri']), { ...ada, userCode: String(device['user_code']) });
    expect(page.html).toContain('The device is signed in');
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const device_code = String(device['device_code']);
    const polled = await post(domain, 'token', { grant_type, client_id: id('01'), device_code });
    expect(claimsOf(polled.json()['id_token'])['iss']).toBe(domain.issuer);
  });

  it('it lets pages of the listed origins drive a flow, and no others', async () => {
    const corsSettings = { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins: ['https://app.example'] } as const;
    const domain = asDomain(await startTestSandbox({ seed: seedWithNative({ corsSettings }) }));
    const url = authorizeUrl(domain, { redirect_uri: `${domain.origin}/callback`, response_mode: 'pi.flow' });
    const readers = async (origin: string) => {
      const { headers, json } = await plainRequest(domain.ca, url, { headers: { origin } });
      const flow = await plainRequest(domain.ca, `${domain.origin}/flows/${String(json()['id'])}`, {
        headers: { origin, cookie: String(headers['set-cookie']).split(';', 1)[0] ?? '' },
      });
      return [flow.status, headers['access-control-allow-origin'], flow.headers['access-control-allow-origin']];
    };
    expect(await readers('https://app.example')).toEqual([200, 'https://app.example', 'https://app.example']);
    expect(await readers('https://other.example')).toEqual([200, undefined, undefined]);
  });

  it('it redeems there what the sign-on brought elsewhere', async () => {
    const sandbox = await startTestSandbox();
    const callback = await signInForAnswer(sandbox);
    const tokens = (await exchange(asDomain(sandbox), callback.get('code'))).json();
    expect(claimsOf(tokens['id_token'])['iss']).toBe(`${sandbox.origin}/as`);
  });

  it('it has nothing at the top but what lies under an environment', async () => {
    const { ca, origin } = await startTestSandbox();
    const status = async (path: string) => (await plainRequest(ca, `${origin}${path}`)).status;
    expect(await Promise.all(['/as', '/other', '/saml20/x', '/As/jwks'].map(status))).toEqual([403, 403, 501, 403]);
  });

  it('it is what --custom-domain leads ping14c to', async () => {
    const env = { PING14C_AUTH_URL: undefined, PING14C_CLIENT_ID: client.native, BROWSER: 'a browser' };
    const machine = await sandboxMachine({ env });
    const domain = hostName(new URL(machine.sandbox.origin).host);
    expect(domain).toHaveProperty('value');
    const flag = ['--custom-domain', new URL(machine.sandbox.origin).host];
    const login = await machine.run('login', ...flag);
    expect(login.exitCode, login.stderr).toBe(0);
    const { stdout } = await machine.run('whoami', '--json', ...flag);
    expect(JSON.parse(stdout)).toMatchObject({ issuer: `${machine.sandbox.origin}/as`, subject: ada.id });
    expect((await machine.run('logout', ...flag)).exitCode).toBe(0);
  });
});
