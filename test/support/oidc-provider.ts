import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { makeCertificate } from '../../src/loopback/certificate.ts';

/** The same path as PingOne's issuer, because the settings know no other. */
export const providerEnvironment = 'e0000000-0000-4000-8000-00000000000c';

export const providerClients = {
  user: { id: 'ping14c-user', secret: 'a secret of the user client' },
  worker: { id: 'ping14c-worker', secret: 'a secret of the worker client' },
  implicit: { id: 'ping14c-implicit' },
  device: { id: 'ping14c-device' },
} as const;

export interface SecondServer {
  readonly origin: string;
  readonly certificate: { readonly cert: string };
  close(): Promise<void>;
}

/**
 * oidc-provider, certified by the OpenID Foundation: the server that the client must work with besides our own sandbox.
 * Client and sandbox are written by the same people, so what one gets wrong the other may share.
 *
 * @param redirectUri exact, port included, because its `web` clients match on nothing less
 */
export async function startOidcProvider(redirectUri: string): Promise<SecondServer> {
  const certificate = makeCertificate({ now: Date.now(), days: 2 });
  const server = createServer({ cert: certificate.cert, key: certificate.key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(`${origin}/${providerEnvironment}/as`, await configuration(redirectUri));
  const handle = provider.callback();
  const root = `/${providerEnvironment}/as`;
  server.on('request', (request, response) => {
    // Mounted below a path as its documentation says: it reads `originalUrl` to know its own addresses.
    Object.assign(request, { originalUrl: request.url });
    request.url = request.url?.startsWith(root) ? request.url.slice(root.length) || '/' : (request.url ?? '/');
    handle(request, response);
  });
  return {
    origin,
    certificate,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function configuration(redirectUri: string): Promise<object> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const { user, worker, implicit, device } = providerClients;
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'provider', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: ['only for this test'] },
    clients: [
      {
        client_id: user.id,
        client_secret: user.secret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
      {
        client_id: worker.id,
        client_secret: worker.secret,
        redirect_uris: [],
        response_types: [],
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        client_id: implicit.id,
        redirect_uris: [redirectUri],
        grant_types: ['implicit'],
        response_types: ['id_token token', 'id_token'],
        token_endpoint_auth_method: 'none',
      },
      {
        client_id: device.id,
        redirect_uris: [],
        response_types: [],
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
        token_endpoint_auth_method: 'none',
      },
    ],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, name: 'Grace Hopper', email: 'grace@example.com' }),
    }),
    responseTypes: ['code', 'id_token', 'id_token token', 'none'],
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true },
      pushedAuthorizationRequests: { enabled: true },
      deviceFlow: { enabled: true },
    },
  };
}
