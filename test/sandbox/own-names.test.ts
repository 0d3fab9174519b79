import { decodeJwt, SignJWT } from 'jose';
import * as oidc from 'openid-client';
import { Agent, fetch as undiciFetch } from 'undici';
import { describe, expect, it } from 'vitest';
import { originNamed, ownOrigins } from '../../src/sandbox/own-names.ts';
import { hasIpv6 } from '../support/ipv6.ts';
import { plainRequest } from '../support/plain-request.ts';
import { ada, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import {
  applicationNamed,
  authorizeUrl,
  claimsOf,
  exchange,
  id,
  post,
  refresh,
  seedWithNative,
  signIn,
  signInForAnswer,
  type Tokens,
  tokensOf,
} from '../support/sandbox-client.ts';

/** As in a URL; the last one only where the machine has it. */
const names = ['127.0.0.1', 'localhost', ...(hasIpv6 ? ['[::1]'] : [])];
const elsewhere = names.flatMap((from) => names.filter((to) => to !== from).map((to) => [from, to] as const));

/** The sandbox as it is to somebody who calls it by this name. */
function called(sandbox: TestSandbox, name: string): TestSandbox {
  const renamed = (address: string) => address.replace('127.0.0.1', name);
  const { origin, issuer, apiUrl } = sandbox;
  return { ...sandbox, origin: renamed(origin), issuer: renamed(issuer), apiUrl: renamed(apiUrl) };
}

/** An application of the seed has it, for whichever port; the sandbox is called otherwise than by this name. */
const callbackAt = ({ origin }: TestSandbox) => ({
  redirect_uri: `https://127.0.0.1:${new URL(origin).port}/callback`,
});

async function tokensAt(sandbox: TestSandbox): Promise<Tokens> {
  const callback = await signInForAnswer(sandbox, callbackAt(sandbox));
  return (await exchange(sandbox, callback.get('code'), callbackAt(sandbox))).json() as unknown as Tokens;
}

const userUrl = ({ apiUrl, environmentId }: TestSandbox) => `${apiUrl}/environments/${environmentId}/users/${ada.id}`;

/** What the user's record and userinfo answer to a token. */
async function statusesOf(sandbox: TestSandbox, token: string) {
  const headers = { authorization: `Bearer ${token}` };
  const urls = [userUrl(sandbox), `${sandbox.issuer}/userinfo`];
  return Promise.all(urls.map(async (url) => (await plainRequest(sandbox.certificate.cert, url, { headers })).status));
}

describe.each(names)('called %s, the sandbox', (name) => {
  it('is what openid-client discovers, signs in to and verifies', async () => {
    const sandbox = called(await startTestSandbox(), name);
    const dispatcher = new Agent({ connect: { ca: sandbox.certificate.cert } });
    const customFetch: oidc.CustomFetch = (url, options) =>
      undiciFetch(url, { ...options, dispatcher } as never) as unknown as Promise<Response>;
    const config = await oidc.discovery(new URL(sandbox.issuer), id('01'), undefined, oidc.None(), {
      [oidc.customFetch]: customFetch,
    });
    oidc.enableNonRepudiationChecks(config);
    const [pkceCodeVerifier, expectedNonce] = [oidc.randomPKCECodeVerifier(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(config, {
      ...callbackAt(sandbox),
      scope: 'openid p1:read:user',
      nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const { url: callback } = await sandbox.browser().signIn(url.href, ada);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(callback), { pkceCodeVerifier, expectedNonce });
    await dispatcher.close();
    expect(tokens.claims()).toMatchObject({ sub: ada.id, iss: sandbox.issuer });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ iss: sandbox.issuer, aud: [sandbox.origin] });
  });

  it('names itself so wherever it names itself', async () => {
    const sandbox = called(await startTestSandbox(), name);
    const trust = sandbox.certificate.cert;
    const { access_token } = await tokensAt(sandbox);
    const headers = { authorization: `Bearer ${access_token}` };
    const page = await sandbox.browser().visit(authorizeUrl(sandbox, callbackAt(sandbox)));
    const answers = [
      (await plainRequest(trust, `${sandbox.issuer}/.well-known/openid-configuration`)).body,
      (await plainRequest(trust, userUrl(sandbox), { headers })).body,
      (await post(sandbox, 'device_authorization', { client_id: id('01'), scope: 'openid' })).body,
      page.url,
    ];
    for (const answer of answers) {
      expect(answer).toContain(sandbox.origin);
      expect(answer.replaceAll(sandbox.origin, '')).not.toMatch(/https:\/\/(?:localhost|127\.0\.0\.1|\[::1\])/);
    }
  });
});

describe.each(elsewhere)('what was issued at %s is good at %s:', (here, there) => {
  it('a token, for the API and for userinfo; a code and a refresh token', async () => {
    const sandbox = await startTestSandbox();
    const [first, second] = [called(sandbox, here), called(sandbox, there)];
    const callback = await signInForAnswer(first, callbackAt(first));
    const tokens = (await exchange(second, callback.get('code'), callbackAt(first))).json() as unknown as Tokens;
    expect(claimsOf(tokens.access_token)).toMatchObject({ iss: second.issuer, aud: [second.origin] });
    expect(await statusesOf(first, tokens.access_token)).toEqual([200, 200]);
    const renewed = (await refresh(first, tokens.refresh_token)).json() as unknown as Tokens;
    expect(claimsOf(renewed.access_token)).toMatchObject({ iss: first.issuer, aud: [first.origin] });
    expect(await statusesOf(second, renewed.access_token)).toEqual([200, 200]);
  });

  it('an ID token, as the hint that signs off', async () => {
    const sandbox = await startTestSandbox({ seed: seedWithNative({ idpSignoff: true }) });
    const { id_token, refresh_token } = await tokensAt(called(sandbox, here));
    const url = `${called(sandbox, there).issuer}/idpSignoff?id_token_hint=${id_token}`;
    const headers = { accept: 'application/json' };
    expect((await plainRequest(sandbox.certificate.cert, url, { headers })).status).toBe(204);
    expect((await refresh(called(sandbox, here), refresh_token)).json()['error']).toBe('invalid_grant');
  });

  it.each(['', '/token'])('a client assertion for the issuer%s; any introspection', async (path) => {
    const sandbox = await startTestSandbox();
    const clientId = id('06');
    const secret = new TextEncoder().encode(applicationNamed(clientId).clientSecret);
    const assertion = () =>
      new SignJWT({ iss: clientId, sub: clientId, aud: called(sandbox, here).issuer + path })
        .setProtectedHeader({ alg: 'HS256' })
        .setJti(crypto.randomUUID())
        .setExpirationTime('1m')
        .sign(secret);
    const at = called(sandbox, there);
    const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const form = { client_assertion_type, client_assertion: await assertion() };
    const granted = await post(at, 'token', { ...form, grant_type: 'client_credentials', scope: 'orders:read' });
    expect(granted.status).toBe(200);
    const token = String(granted.json()['access_token']);
    const asked = { ...form, client_assertion: await assertion(), token };
    expect((await post(called(sandbox, here), 'introspect', asked)).json()).toMatchObject({ active: true });
  });
});

describe('a request that names another host', () => {
  it.each([
    'evil.example',
    'evil.example:PORT',
    'localhost',
    '127.0.0.1:1',
    'localhost.:PORT',
    '127.1:PORT',
    '[::2]:PORT',
  ])('in the header Host (%s) is refused, and nothing is done for it', async (host) => {
    const sandbox = await startTestSandbox({ faults: ['api-503'] });
    const { access_token } = await tokensOf(sandbox);
    const headers = {
      host: host.replace('PORT', new URL(sandbox.origin).port),
      origin: 'https://evil.example',
      authorization: `Bearer ${access_token}`,
    };
    const asked = { headers, servername: 'localhost' };
    const answer = await plainRequest(sandbox.certificate.cert, userUrl(called(sandbox, 'localhost')), asked);
    expect(answer.status).toBe(421);
    expect(answer.json()).toMatchObject({ code: 'MISDIRECTED_REQUEST' });
    for (const name of names) expect(answer.json()['message']).toContain(called(sandbox, name).origin);
    expect(answer.body).not.toContain('evil');
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expect(sandbox.requests().at(-1)).toMatchObject({ status: 421, faults: undefined });
    expect(sandbox.requests().at(-1)?.notice).toBe(`the sandbox is not called "${headers.host}"`);
  });

  it('in its target is answered as if it had not', async () => {
    const sandbox = await startTestSandbox();
    const { status, url } = await sandbox.browser().visit(`${sandbox.origin}//evil.example/as`);
    expect([status, new URL(url).origin]).toEqual([403, sandbox.origin]);
  });
});

it.each([
  [
    ['127.0.0.1', '[::1]'],
    ['https://127.0.0.1:9443', 'https://localhost:9443', 'https://[::1]:9443'],
  ],
  [['127.0.0.1'], ['https://127.0.0.1:9443', 'https://localhost:9443']],
])('at %j it has the origins %j', (addresses, origins) => {
  expect(ownOrigins(9443, addresses)).toEqual(origins);
});

describe('a session of the browser', () => {
  it('is kept for each name apart, as cookies are', async () => {
    const sandbox = await startTestSandbox();
    const browser = sandbox.browser();
    await signIn(sandbox, {}, ada, browser);
    const other = called(sandbox, 'localhost');
    const silent = { prompt: 'none', ...callbackAt(sandbox) };
    expect((await signInForAnswer(sandbox, silent, ada, browser)).get('code')).not.toBeNull();
    expect((await signInForAnswer(other, silent, ada, browser)).get('error')).toBe('login_required');
  });
});

it.each([
  ['localhost', 443, 'https://localhost'],
  ['localhost:443', 443, 'https://localhost'],
  ['[::1]:9443', 9443, 'https://[::1]:9443'],
  ['LocalHost:9443', 9443, 'https://localhost:9443'],
  ['localhost:09443', 9443, undefined],
  ['user@localhost:9443', 9443, undefined],
  ['localhost:9443/x', 9443, undefined],
  ['[0:0:0:0:0:0:0:1]:9443', 9443, undefined],
  ['', 9443, undefined],
  [undefined, 9443, undefined],
])('the host %j at port %i names %j', (host, port, origin) => {
  expect(originNamed(host, port)).toBe(origin);
});
