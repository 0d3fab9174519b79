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
  customScopes: 'Resources → scopes of your custom resource',
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
export const consoleMethods = {
  none: 'None',
  client_secret_basic: 'Client Secret Basic',
  client_secret_post: 'Client Secret Post',
  client_secret_jwt: 'Client Secret JWT',
  private_key_jwt: 'Private Key JWT',
} as const;

const grants = {
  authorization_code: 'Authorization Code, Refresh Token',
  implicit: 'Implicit',
  device_code: 'Device Authorization, Refresh Token',
} as const;

const oidcScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

/** The scopes, each where the console allows it; a custom resource is named where one has a scope. */
export function scopesByPlace(
  scope: readonly string[],
): readonly { readonly place: string; readonly names: readonly string[] }[] {
  const ofApi = scope.filter((name) => name.startsWith('p1:'));
  const ofOidc = scope.filter((name) => oidcScopes.includes(name));
  const custom = scope.filter((name) => ![...ofApi, ...ofOidc].includes(name));
  return [
    { place: consolePlaces.openidScopes, names: ofOidc },
    { place: consolePlaces.apiScopes, names: ofApi },
    ...(custom.length > 0 ? [{ place: consolePlaces.customScopes, names: custom }] : []),
  ];
}

/** Each thing to check in the console, in the console's order (docs/pingone.md, section 9). */
export function consoleChecklist(settings: ChecklistSettings): readonly ChecklistItem[] {
  const { authMethod, redirectUri, scope, grant, responseType, postLogoutRedirectUri } = settings;
  // It comes with any of the others.
  const granted = scope.filter((name) => name !== 'openid');
  return [
    { place: consolePlaces.application, value: 'switched on' },
    {
      place: consolePlaces.type,
      value: authMethod === 'none' ? 'Native, or Single-Page' : 'OIDC Web App',
    },
    { place: consolePlaces.responseType, value: responseTypesShown(grant, responseType) },
    { place: consolePlaces.grantType, value: grants[grant] },
    ...(grant === 'authorization_code' ? [{ place: consolePlaces.pkce, value: 'S256_REQUIRED' }] : []),
    ...(grant === 'device_code'
      ? []
      : [{ place: consolePlaces.redirectUris, value: `${redirectUri}${anyPort(redirectUri)}` }]),
    ...(postLogoutRedirectUri ? [{ place: consolePlaces.signOffUrls, value: postLogoutRedirectUri }] : []),
    { place: consolePlaces.tokenAuth, value: consoleMethods[authMethod] },
    ...scopesByPlace(granted).map(({ place, names }) => ({ place, value: names.join(', ') || '(none)' })),
    { place: consolePlaces.users, value: 'at least one user' },
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
  return namedPort(redirectUri) === undefined ? ' (any port)' : '';
}
