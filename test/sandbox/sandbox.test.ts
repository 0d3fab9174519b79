import { connect } from 'node:net';
import { decodeJwt } from 'jose';
import * as oidc from 'openid-client';
import { describe, expect, it } from 'vitest';
import { type FaultName, faults } from '../../src/sandbox/faults.ts';
import { json } from '../../src/sandbox/response.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import type { Application } from '../../src/sandbox/seed/applications.ts';
import { plainRequest } from '../support/plain-request.ts';
import { ada, nativeClientId, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { uuid } from '../support/sandbox-client.ts';

describe('the sandbox', () => {
  it('satisfies openid-client through a whole sign-in, userinfo, refresh and revocation', async () => {
    const sandbox = await startTestSandbox();
    const config = await oidc.discovery(new URL(sandbox.issuer), nativeClientId, undefined, oidc.None(), {
      [oidc.customFetch]: sandbox.fetch as oidc.CustomFetch,
    });
    oidc.enableNonRepudiationChecks(config);
    const [pkceCodeVerifier, expectedState, expectedNonce] = [
      oidc.randomPKCECodeVerifier(),
      oidc.randomState(),
      oidc.randomNonce(),
    ];
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${sandbox.origin}/callback`,
      scope: 'openid profile',
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const { url: callback } = await sandbox.browser().signIn(url.href, ada);
    const checks = { pkceCodeVerifier, expectedState, expectedNonce };
    const tokens = await oidc.authorizationCodeGrant(config, new URL(callback), checks);
    const subject = tokens.claims()?.sub ?? '';
    const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, subject);
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await oidc.tokenRevocation(config, refreshed.refresh_token ?? '');
    expect([subject, userinfo.preferred_username]).toEqual([ada.id, 'ada']);
    expect(refreshed.claims()?.sub).toBe(ada.id);
  });

  it('logs method, path and status of each request, and nothing secret', async () => {
    const told: unknown[] = [];
    const sandbox = await startTestSandbox({ onRequest: (entry) => told.push(entry) });
    await plainRequest(sandbox.certificate.cert, `${sandbox.origin}/v1/environments?secret=1`);
    expect(sandbox.requests()).toMatchObject([{ method: 'GET', path: '/v1/environments', status: 401 }]);
    expect(JSON.stringify(sandbox.requests())).not.toContain('secret');
    expect(told).toEqual(sandbox.requests());
  });

  it('can be made to answer wrongly, or to hang up', async () => {
    const sandbox = await startTestSandbox({
      intercept: async (request, proceed) => {
        if (request.url.pathname === '/gone') return undefined;
        return { ...(await proceed()), status: 503 };
      },
    });
    const busy = await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/jwks`);
    expect(busy.status).toBe(503);
    await expect(plainRequest(sandbox.certificate.cert, `${sandbox.origin}/gone`)).rejects.toThrow(
      /hang up|ECONNRESET/,
    );
    expect(sandbox.requests().map(({ status }) => status)).toEqual([503, 0]);
  });

  it('shows a page to who opens its address in a browser, and to no client', async () => {
    const sandbox = await startTestSandbox();
    const [page, refusal] = await Promise.all(
      ['text/html,*/*;q=0.8', '*/*'].map((accept) => sandbox.fetch(sandbox.origin, { headers: { accept } })),
    );
    expect([page?.status, await page?.text()]).toEqual([200, expect.stringContaining('The sandbox is running')]);
    expect([refusal?.status, await refusal?.json()]).toEqual([403, { message: 'Missing Authentication Token' }]);
  });

  it.each(['/', '/unknown', '//example.com/as', '/%', '/e0000000-0000-4000-8000-000000000001/as/constructor'])(
    'leaves %s to the gateway, which knows no such path',
    async (path) => {
      const { certificate, origin } = await startTestSandbox();
      const bare = await plainRequest(certificate.cert, origin + path);
      expect(bare.json()).toEqual({ message: 'Missing Authentication Token' });
      expect(bare.headers).toMatchObject({
        'content-type': 'application/json',
        'x-amzn-errortype': 'MissingAuthenticationTokenException',
        'x-amzn-requestid': expect.stringMatching(uuid),
      });
      expect(bare.headers).not.toHaveProperty('correlation-id');
      const headers = { authorization: 'Bearer test' };
      const withToken = await plainRequest(certificate.cert, origin + path, { headers });
      expect([bare.status, withToken.status]).toEqual([403, 403]);
      expect(withToken.headers['x-amzn-errortype']).toBe('IncompleteSignatureException');
      expect(withToken.json()).toEqual({
        message:
          "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '5HgA8L6E/r9qT3H/ktnd9sUx9+b7qXJllZim7sEmIMI='.",
      });
    },
  );

  it.each(['as/checksession', 'as/cibaAuthorization', 'saml20/idp/sso', 'davinci/policy/x/start'])(
    'says of %s that PingOne has it',
    async (path) => {
      const { certificate, origin, environmentId } = await startTestSandbox();
      const answer = await plainRequest(certificate.cert, `${origin}/${environmentId}/${path}`);
      expect({ status: answer.status, ...answer.json() }).toMatchObject({
        ...{ status: 501, id: answer.headers['correlation-id'], code: 'NOT_IMPLEMENTED' },
        message: expect.stringContaining('PingOne has this endpoint'),
      });
    },
  );

  it('answers HEAD as it does GET, without the content', async () => {
    const sandbox = await startTestSandbox();
    const url = `${sandbox.issuer}/jwks`;
    const head = await plainRequest(sandbox.certificate.cert, url, { method: 'HEAD' });
    const get = await plainRequest(sandbox.certificate.cert, url);
    expect([head.status, head.headers['content-type'], head.body]).toEqual([200, get.headers['content-type'], '']);
    const post = await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/token`, { method: 'HEAD' });
    expect([post.status, post.headers['x-amzn-errortype']]).toEqual([403, 'MissingAuthenticationTokenException']);
  });

  it('reads JSON that begins with a byte order mark', async () => {
    const sandbox = await startTestSandbox({ intercept: async (request) => json(200, request.json()) });
    const answer = await plainRequest(sandbox.certificate.cert, sandbox.origin, {
      method: 'POST',
      body: '\uFEFF{"a":"é"}',
    });
    expect(answer.json()).toEqual({ a: 'é' });
  });

  it('says when its port is taken', async () => {
    const { origin } = await startTestSandbox();
    const port = Number(new URL(origin).port);
    await expect(createSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes at once, with idle and half-open connections', async () => {
    const sandbox = await createSandbox();
    const socket = connect(Number(new URL(sandbox.origin).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const cut = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/jwks`);
    await sandbox.close();
    await cut;
    await expect(plainRequest(sandbox.certificate.cert, sandbox.origin)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

describe('createSandbox', () => {
  it('says where everything is, and who is there', async () => {
    const sandbox = await startTestSandbox();
    const discovered = await sandbox.fetch(sandbox.discoveryUrl).then((answer) => answer.json());
    expect(discovered).toMatchObject({ issuer: sandbox.issuer, jwks_uri: `${sandbox.issuer}/jwks` });
    expect(sandbox.apiUrl).toBe(`${sandbox.origin}/v1`);
    expect(sandbox.users).toContainEqual({ ...ada, note: 'an ordinary user' });
    expect(sandbox.applications.map(({ clientId }) => clientId)).toContain(nativeClientId);
  });

  it('begins as ever after a test without types has written into the applications of another', async () => {
    const [first] = (await startTestSandbox()).applications as [Application];
    Object.assign(first, { redirectUris: ['https://elsewhere.example/cb'] });
    const another = await startTestSandbox();
    expect(another.applications[0]).not.toEqual(first);
  });

  it('closes at the end of its block', async () => {
    const sandbox = await createSandbox();
    await sandbox[Symbol.asyncDispose]();
    await sandbox[Symbol.asyncDispose]();
    await expect(sandbox.fetch(sandbox.origin)).rejects.toThrow('is closed');
  });

  it('says clearly that it is closed, whatever is called then but for what it was asked', async () => {
    const sandbox = await createSandbox();
    await sandbox.fetch(sandbox.discoveryUrl);
    await Promise.all([sandbox.close(), sandbox.close()]);
    await sandbox.close();
    const closed = `The sandbox at ${sandbox.origin} is closed.`;
    for (const call of [() => sandbox.advance({ days: 1 }), () => sandbox.fault('token-5xx'), () => sandbox.reset()]) {
      expect(call).toThrow(closed);
    }
    expect(sandbox.requests()).toMatchObject([{ path: new URL(sandbox.discoveryUrl).pathname, status: 200 }]);
    await expect(sandbox.signIn('ada')).rejects.toThrow(closed);
    await expect(sandbox.authorize(sandbox.issuer, 'ada')).rejects.toThrow(closed);
    await expect(sandbox.fetch(sandbox.origin)).rejects.toThrow(closed);
    await expect(sandbox.rotateKeys()).rejects.toThrow(closed);
  });

  it('refuses a fault that is not there, with the name that was meant, and does not start', async () => {
    const faults = ['token-6xx' as FaultName];
    await expect(createSandbox({ faults })).rejects.toThrow(/no fault "token-6xx"\. Did you mean token-5xx/);
    const sandbox = await startTestSandbox();
    expect(() => sandbox.fault('constructor' as FaultName)).toThrow(RangeError);
  });
});

describe('a hundred in one process', () => {
  it('stay apart: ports, tokens, users, clocks, faults and logs; and are gone when they are closed', async () => {
    const sandboxes = await Promise.all(Array.from({ length: 100 }, () => startTestSandbox()));
    const [first, second, third] = sandboxes as [TestSandbox, TestSandbox, TestSandbox];
    const signedIn = await Promise.all(
      sandboxes.map(async (sandbox) => ({ sandbox, token: (await sandbox.signIn('ada')).access_token })),
    );
    first.advance({ hours: 2 });
    second.fault('userinfo-other-sub');
    third.directory.changePassword(ada.id, ada.password, 'Difference-Engine-1822');
    const asked = await Promise.all(
      signedIn.map(async ({ sandbox, token }, index) => {
        const headers = { authorization: `Bearer ${token}` };
        const other = sandboxes[(index + 1) % sandboxes.length] ?? sandbox;
        const own = await sandbox.fetch(`${sandbox.issuer}/userinfo`, { headers });
        // They share a key here, and still do not take each other's tokens.
        const elsewhere = await other.fetch(`${other.issuer}/userinfo`, { headers });
        const { name } = (await own.json()) as { readonly name?: string };
        return { own: own.status, elsewhere: elsewhere.status, stranger: name === 'Somebody Else' };
      }),
    );
    const usual = { own: 200, elsewhere: 401, stranger: false };
    expect(asked).toEqual([
      { ...usual, own: 401 },
      { ...usual, stranger: true },
      ...Array.from({ length: 98 }, () => usual),
    ]);
    expect(new Set(sandboxes.map(({ origin }) => origin)).size).toBe(100);
    expect(new Set(sandboxes.map(({ ca }) => ca)).size).toBe(100);
    expect(new Set(sandboxes.map((sandbox) => sandbox.requests().length))).toEqual(new Set([2]));
    const changed = sandboxes.filter(({ directory }) => directory.checkPassword('ada', ada.password).kind !== 'ok');
    expect(changed).toEqual([third]);
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    const left = await Promise.allSettled(sandboxes.map(({ ca, origin }) => plainRequest(ca, origin)));
    expect(left.filter(({ status }) => status === 'fulfilled')).toEqual([]);
  });
});

describe('fault', () => {
  it.each(Object.keys(faults) as FaultName[])('%s can come and go', async (name) => {
    const sandbox = await startTestSandbox();
    const before = await stateOf(sandbox);
    const fault = sandbox.fault(name);
    expect([fault.name, sandbox.faults]).toEqual([name, [name]]);
    fault[Symbol.dispose]();
    expect(sandbox.faults).toEqual([]);
    expect(await stateOf(sandbox)).toEqual(before);
  });

  it('changes settings and keys for those who are signed in already, and keeps what they have', async () => {
    const sandbox = await startTestSandbox();
    const { access_token } = await sandbox.signIn('ada');
    const userinfo = () =>
      sandbox.fetch(`${sandbox.issuer}/userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
    const published = async () => (await sandbox.fetch(`${sandbox.issuer}/jwks`)).json();
    const keys = await published();
    const fault = sandbox.fault('jwks-unknown-kid');
    expect(await published()).not.toEqual(keys);
    fault.off();
    expect(await published()).toEqual(keys);
    const trouble = sandbox.fault('userinfo-other-sub');
    expect(await (await userinfo()).json()).toMatchObject({ name: 'Somebody Else' });
    trouble.off();
    expect(await (await userinfo()).json()).toMatchObject({ sub: ada.id });
    expect(sandbox.requests().map(({ faults: met }) => met?.[0])).toContain('userinfo-other-sub');
  });
});

describe('reset', () => {
  it('brings back users, sessions, tokens, clock, faults and log, and keeps address, certificate and keys', async () => {
    const sandbox = await startTestSandbox({ faults: ['api-503'] });
    const start = await stateOf(sandbox);
    const keys = await (await sandbox.fetch(`${sandbox.issuer}/jwks`)).text();
    const { access_token, refresh_token = '' } = await sandbox.signIn('ada');
    const fault = sandbox.fault('token-5xx');
    sandbox.directory.changePassword(ada.id, ada.password, 'Difference-Engine-1822');
    sandbox.advance({ days: 200 });
    sandbox.reset();
    expect([sandbox.requests(), sandbox.faults]).toEqual([[], ['api-503']]);
    expect(sandbox.directory.checkPassword('ada', ada.password).kind).toBe('ok');
    const body = new URLSearchParams({ grant_type: 'refresh_token', client_id: nativeClientId, refresh_token });
    const refused = await sandbox.fetch(`${sandbox.issuer}/token`, { method: 'POST', body });
    expect(await refused.json()).toMatchObject({ error: 'invalid_grant' });
    expect(await (await sandbox.fetch(`${sandbox.issuer}/jwks`)).text()).toBe(keys);
    const { iat = 0 } = decodeJwt((await sandbox.signIn('ada')).access_token);
    expect(iat - (decodeJwt(access_token).iat ?? 0)).toBeLessThan(86_400);
    // It was for the life before.
    fault.off();
    expect(sandbox.faults).toEqual(['api-503']);
    expect(await stateOf(sandbox)).toEqual(start);
  });
});

/** What a client could see of the environment's settings, and of its users. */
async function stateOf(sandbox: Awaited<ReturnType<typeof startTestSandbox>>) {
  const discovery = await sandbox.fetch(sandbox.discoveryUrl);
  const page = await sandbox.fetch(`${sandbox.issuer}/authorize?client_id=${nativeClientId}`, { redirect: 'manual' });
  return {
    discovery: await discovery.json(),
    page: page.status,
    passwords: sandbox.directory.users().map(({ username, password }) => `${username} ${password.status()}`),
  };
}
