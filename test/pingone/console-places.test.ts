import { describe, expect, it } from 'vitest';
import { consoleChecklist } from '../../src/pingone/console-places.ts';

const settings = {
  authMethod: 'none',
  redirectUri: 'https://127.0.0.1/callback',
  scope: ['openid', 'profile', 'offline_access', 'p1:read:user', 'p1:reset:userPassword'],
  grant: 'authorization_code',
  responseType: 'token id_token',
} as const;

function checked(over: Partial<Parameters<typeof consoleChecklist>[0]>): Record<string, string> {
  return Object.fromEntries(consoleChecklist({ ...settings, ...over }).map(({ place, value }) => [place, value]));
}

describe('what to check in the console', () => {
  it('is all that the application needs, in the console’s order', () => {
    expect(Object.entries(checked({}))).toEqual([
      ['Applications → Applications → (your application)', 'switched on'],
      ['Overview → Type', 'Native, or Single-Page'],
      ['Configuration → Response type', 'Code'],
      ['Configuration → Grant type', 'Authorization Code, Refresh Token'],
      ['Configuration → PKCE enforcement', 'S256_REQUIRED'],
      ['Configuration → Redirect URIs', 'https://127.0.0.1/callback (any port)'],
      ['Configuration → Token endpoint authentication method', 'None'],
      ['Resources → OpenID Connect scopes', 'profile, offline_access'],
      ['Resources → PingOne API scopes', 'p1:read:user, p1:reset:userPassword'],
      ['Directory → Users', 'at least one user'],
    ]);
  });

  it.each([
    ['client_secret_basic', 'Client Secret Basic'],
    ['client_secret_post', 'Client Secret Post'],
    ['client_secret_jwt', 'Client Secret JWT'],
    ['private_key_jwt', 'Private Key JWT'],
  ] as const)('is a web application that authenticates with %s', (authMethod, inConsole) => {
    expect(checked({ authMethod })).toMatchObject({
      'Overview → Type': 'OIDC Web App',
      'Configuration → Token endpoint authentication method': inConsole,
    });
  });

  it.each([
    ['token id_token', 'Token, ID Token'],
    ['id_token', 'ID Token'],
    ['token', 'Token'],
  ] as const)('names the response types of the implicit grant (%s), which has no PKCE', (responseType, inConsole) => {
    const items = checked({ grant: 'implicit', responseType });
    expect(items).toMatchObject({
      'Configuration → Response type': inConsole,
      'Configuration → Grant type': 'Implicit',
      'Configuration → Redirect URIs': expect.stringContaining(settings.redirectUri),
    });
    expect(items).not.toHaveProperty(['Configuration → PKCE enforcement']);
  });

  it('leaves out what a device needs not: PKCE and redirect URI', () => {
    const items = checked({ grant: 'device_code' });
    expect(items).toMatchObject({
      'Configuration → Response type': '(none needed)',
      'Configuration → Grant type': 'Device Authorization, Refresh Token',
    });
    expect(items).not.toHaveProperty(['Configuration → PKCE enforcement']);
    expect(items).not.toHaveProperty(['Configuration → Redirect URIs']);
  });

  it('has the sign-off URL where there is one, and says where no scope is needed', () => {
    expect(checked({ postLogoutRedirectUri: 'https://example.com/bye', scope: ['openid'] })).toMatchObject({
      'Configuration → Sign-off URLs': 'https://example.com/bye',
      'Resources → OpenID Connect scopes': '(none)',
      'Resources → PingOne API scopes': '(none)',
    });
  });
  it('names the scopes of a custom resource beside PingOne’s own', () => {
    const items = checked({ scope: ['openid', 'email', 'orders:read', 'p1:read:user', 'shop'] });
    expect(items).toMatchObject({
      'Resources → OpenID Connect scopes': 'email',
      'Resources → PingOne API scopes': 'p1:read:user',
      'Resources → scopes of your custom resource': 'orders:read, shop',
    });
    expect(checked({})).not.toHaveProperty(['Resources → scopes of your custom resource']);
  });
});
