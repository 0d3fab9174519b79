import { connect } from 'node:net';
import * as oidc from 'openid-client';
import { Agent, fetch as undiciFetch } from 'undici';
import { describe, expect, it } from 'vitest';
import { json } from '../../src/sandbox/response.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { plainRequest } from '../support/plain-request.ts';
import { ada, nativeClientId, startTestSandbox } from '../support/sandbox.ts';
import { uuid } from '../support/sandbox-client.ts';

describe('the sandbox', () => {
  it('satisfies openid-client through a whole sign-in, userinfo, refresh and revocation', async () => {
    const sandbox = await startTestSandbox();
    const dispatcher = new Agent({ connect: { ca: sandbox.certificate.cert } });
    const customFetch: oidc.CustomFetch = (url, options) =>
      undiciFetch(url, { ...options, dispatcher } as never) as unknown as Promise<Response>;
    const config = await oidc.discovery(new URL(sandbox.issuer), nativeClientId, undefined, oidc.None(), {
      [oidc.customFetch]: customFetch,
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
    await dispatcher.close();
    expect([subject, userinfo.preferred_username]).toEqual([ada.id, 'ada']);
    expect(refreshed.claims()?.sub).toBe(ada.id);
  });

  it('logs method, path and status of each request, and nothing secret', async () => {
    const told: unknown[] = [];
    const sandbox = await startTestSandbox({ onRequest: (entry) => told.push(entry) });
    await plainRequest(sandbox.certificate.cert, `${sandbox.origin}/v1/environments?secret=1`);
    expect(sandbox.requests).toMatchObject([{ method: 'GET', path: '/v1/environments', status: 401 }]);
    expect(JSON.stringify(sandbox.requests)).not.toContain('secret');
    expect(told).toEqual(sandbox.requests);
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
    expect(sandbox.requests.map(({ status }) => status)).toEqual([503, 0]);
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
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes at once, with idle and half-open connections', async () => {
    const sandbox = await startSandbox();
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
