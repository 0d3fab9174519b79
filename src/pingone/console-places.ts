import { namedPort } from '../loopback-host.ts';

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

/** What the application in the PingOne console must look like for these settings. */
interface ChecklistSettings {
  readonly authMethod: keyof typeof consoleMethods;
  readonly redirectUri: string;
  readonly scope: readonly string[];
  readonly grant: keyof typeof grants;
  /** Of the implicit grant. */
  readonly responseType: string;
  readonly postLogoutRedirectUri?: string | undefined;
}

interface ChecklistItem {
  /** Where in the console's application, e.g. `Configuration → Redirect URIs`. */
  readonly place: string;
  readonly value: string;
}

/** What the console calls the methods (docs/pingone.md, section 4.1). */
const consoleMethods = {
  none: 'None',
  client_secret_basic: 'Client Secret Basic',
  client_secret_post: 'Client Secret Post',
  client_secret_jwt: 'Client Secret JWT',
  private_key_jwt: 'Private Key JWT',
} as const;

const grants = {
  authorization_code: 'Authorization Code, and Refresh Token to stay signed in',
  implicit: 'Implicit',
  device_code: 'Device Authorization, and Refresh Token to stay signed in',
} as const;

/** Those that are granted there one by one; `openid` comes with all of them. */
const oidcScopes = ['profile', 'email', 'address', 'phone', 'offline_access'];

/** Each thing to check in the console, in the console's order (docs/pingone.md, section 9). */
export function consoleChecklist(settings: ChecklistSettings): readonly ChecklistItem[] {
  const { authMethod, redirectUri, scope, grant, responseType, postLogoutRedirectUri } = settings;
  const listed = (names: readonly string[]) => names.join(', ') || '(none)';
  return [
    { place: consolePlaces.application, value: 'switched on (the toggle at the top right)' },
    {
      place: consolePlaces.type,
      value: authMethod === 'none' ? 'Native, or Single-Page' : 'OIDC Web App',
    },
    { place: consolePlaces.responseType, value: responseTypesShown(grant, responseType) },
    { place: consolePlaces.grantType, value: grants[grant] },
    ...(grant === 'authorization_code' ? [{ place: consolePlaces.pkce, value: 'S256_REQUIRED (recommended)' }] : []),
    ...(grant === 'device_code'
      ? []
      : [{ place: consolePlaces.redirectUris, value: `${redirectUri}${anyPort(redirectUri)}` }]),
    ...(postLogoutRedirectUri ? [{ place: consolePlaces.signOffUrls, value: postLogoutRedirectUri }] : []),
    { place: consolePlaces.tokenAuth, value: consoleMethods[authMethod] },
    { place: consolePlaces.openidScopes, value: listed(scope.filter((name) => oidcScopes.includes(name))) },
    { place: consolePlaces.apiScopes, value: listed(scope.filter((name) => name.startsWith('p1:'))) },
    { place: consolePlaces.users, value: 'at least one user in the same environment' },
  ];
}

function responseTypesShown(grant: keyof typeof grants, responseType: string): string {
  if (grant === 'implicit')
    return responseType
      .split(' ')
      .map((name) => (name === 'token' ? 'Token' : 'ID Token'))
      .join(', ');
  return grant === 'authorization_code' ? 'Code' : '(none needed)';
}

function anyPort(redirectUri: string): string {
  return namedPort(redirectUri) === undefined ? ' (PingOne accepts any port for loopback addresses)' : '';
}
