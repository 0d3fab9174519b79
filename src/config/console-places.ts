/**
 * Where in the PingOne console each setting is found, in one table: the checklist, the preflight and the explanations
 * must not name two places for one thing. All but the first and the last three are in the application.
 */
export const consolePlaces = {
  application: 'Applications → Applications → (your application)',
  clientId: 'Overview → Client ID',
  type: 'Overview → Type',
  responseType: 'Configuration → Response type',
  grantType: 'Configuration → Grant type',
  pkce: 'Configuration → PKCE enforcement',
  par: 'Configuration → Require Pushed Authorization Request',
  redirectUris: 'Configuration → Redirect URIs',
  signOffUrls: 'Configuration → Sign-off URLs',
  tokenAuth: 'Configuration → Token endpoint authentication method',
  refreshToken: 'Configuration → Refresh Token duration',
  openidScopes: 'Resources → OpenID Connect scopes',
  apiScopes: 'Resources → PingOne API scopes',
  attributes: 'Attribute Mappings',
  policies: 'Policies',
  environment: 'Settings → Environment Properties',
  users: 'Directory → Users',
} as const;

export type ConsolePlace = keyof typeof consolePlaces;
