import { importJWK, type JWK } from 'jose';
import * as client from 'openid-client';
import { Agent, fetch as undiciFetch } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSeed } from '../../src/sandbox/seed/read-seed.ts';
import { createServiceKey } from '../../src/sandbox/seed/service-key.ts';
import { ada, nativeClientId, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';

const pushingClientId = 'sandbox-private-key-client';

describe('openid-client, bare', () => {
  it('signs in with PKCE, asks who it is, refreshes, introspects and revokes', async () => {
    const sandbox = await startTestSandbox();
    const config = await discover(sandbox, nativeClientId, client.None());
    const tokens = await signIn(sandbox, config, client.buildAuthorizationUrl);
    const sub = tokens.claims()?.sub ?? '';
    expect(sub).toBe(ada.id);
    expect(await client.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ email: 'ada@example.com' });
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    const refreshToken = refreshed.refresh_token ?? '';
    expect(await client.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true, sub });
    await client.tokenRevocation(config, refreshToken);
    expect(await client.tokenIntrospection(config, refreshToken)).toEqual({ active: false });
    await expect(client.refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('pushes its request, and signs for itself with the sandbox’s private key', async () => {
    const sandbox = await startTestSandbox();
    const { kid, ...jwk } = await sandbox.privateJwk();
    const key = await signingKey(jwk);
    const config = await discover(sandbox, pushingClientId, client.PrivateKeyJwt({ key, kid }));
    const tokens = await signIn(sandbox, config, client.buildAuthorizationUrlWithPAR);
    expect(tokens.claims()?.sub).toBe(ada.id);
    const own = await client.clientCredentialsGrant(config, { scope: 'orders:read' });
    expect(await client.tokenIntrospection(config, own.access_token)).toMatchObject({ client_id: pushingClientId });
    sandbox.reset();
    expect(await client.clientCredentialsGrant(config, { scope: 'orders:read' })).toMatchObject({
      token_type: 'bearer',
    });
  });

  it('signs with that key for an application of a seed that brings none, and with no other', async () => {
    const signer = { name: 'Signer', clientId: 'signer', tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' } as const;
    const applications = [{ ...signer, grantTypes: ['CLIENT_CREDENTIALS' as const], scopes: ['orders:read'] }];
    const sandbox = await startTestSandbox({ seed: readSeed({ applications }, 'The seed') });
    const token = async (key: client.CryptoKey) =>
      client.clientCredentialsGrant(await discover(sandbox, 'signer', client.PrivateKeyJwt(key)), {
        scope: 'orders:read',
      });
    const another = await signingKey(await createServiceKey().privateJwk());
    // Before the key is made, and after.
    await expect(token(another)).rejects.toMatchObject({ error: 'invalid_client' });
    const own = await signingKey(await sandbox.privateJwk());
    expect((await token(own)).scope).toBe('orders:read');
    await expect(token(another)).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('signs in a device', async () => {
    const sandbox = await startTestSandbox();
    const config = await discover(sandbox, nativeClientId, client.None());
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
    await sandbox.browser().signIn(device.verification_uri_complete ?? '', { ...ada, userCode: device.user_code });
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 });
    expect(tokens.claims()?.sub).toBe(ada.id);
  });

  it('says what the sandbox says when nobody is signed on', async () => {
    const sandbox = await startTestSandbox();
    const config = await discover(sandbox, nativeClientId, client.None());
    await expect(signIn(sandbox, config, client.buildAuthorizationUrl, { prompt: 'none' })).rejects.toMatchObject({
      error: 'login_required',
      error_description: expect.stringContaining('User authentication is required'),
    });
  });
});

/** An RSA key is read as one of the platform's own. */
async function signingKey(jwk: JWK): Promise<client.CryptoKey> {
  return (await importJWK(jwk)) as client.CryptoKey;
}

/** A client that knows the sandbox by its discovery document and trusts its certificate; else as it comes. */
async function discover(sandbox: TestSandbox, clientId: string, authentication: client.ClientAuth) {
  const dispatcher = new Agent({ connect: { ca: sandbox.certificate.cert } });
  onTestFinished(() => dispatcher.close());
  const send = (url: string, options: object) => undiciFetch(url, { ...options, dispatcher });
  return client.discovery(new URL(sandbox.issuer), clientId, {}, authentication, {
    [client.customFetch]: send as unknown as client.CustomFetch,
  });
}

/** From the request to the checked tokens; `request` builds the address, by pushing or not. */
async function signIn(
  sandbox: TestSandbox,
  config: client.Configuration,
  request: (config: client.Configuration, parameters: Record<string, string>) => URL | Promise<URL>,
  wishes: Readonly<Record<string, string>> = {},
) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const url = await request(config, {
    redirect_uri: `${sandbox.origin}/callback`,
    scope: 'openid email',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...wishes,
  });
  const visit = await sandbox.browser().signIn(url.href, ada);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce };
  return client.authorizationCodeGrant(config, new URL(visit.url), checks);
}
