import { consolePlaces as places } from './console-places.ts';

/** What the application in the PingOne console must look like for these settings. */
export interface ChecklistSettings {
  readonly authMethod: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly grant: string;
  readonly responseType?: string | undefined;
  readonly postLogoutRedirectUri?: string | undefined;
}

export interface ChecklistItem {
  /** Where in the console's application, e.g. `Configuration → Redirect URIs`. */
  readonly place: string;
  readonly value: string;
}

/** What the console calls the methods (docs/pingone.md, section 4.1). */
const consoleMethods: Readonly<Record<string, string>> = {
  none: 'None',
  client_secret_basic: 'Client Secret Basic',
  client_secret_post: 'Client Secret Post',
  client_secret_jwt: 'Client Secret JWT',
  private_key_jwt: 'Private Key JWT',
};

interface GrantInConsole {
  readonly types: string;
  readonly pkce: boolean;
}

const grants: Readonly<Record<string, GrantInConsole>> = {
  authorization_code: { types: 'Authorization Code, and Refresh Token to stay signed in', pkce: true },
  implicit: { types: 'Implicit', pkce: false },
  device_code: { types: 'Device Authorization, and Refresh Token to stay signed in', pkce: false },
};

const oidcScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

/** Each thing to check in the console, in the console's order (docs/pingone.md, section 9). */
export function consoleChecklist(settings: ChecklistSettings): readonly ChecklistItem[] {
  const { authMethod, redirectUri, scope, responseType, postLogoutRedirectUri } = settings;
  const grant = grants[settings.grant] ?? { types: settings.grant, pkce: false };
  const scopes = scope.split(' ').filter((name) => name !== 'openid');
  const listed = (names: readonly string[]) => names.join(', ') || '(none)';
  return [
    { place: places.application, value: 'switched on (the toggle at the top right)' },
    {
      place: places.type,
      value: authMethod === 'none' ? 'Native, or Single-Page' : 'OIDC Web App',
    },
    { place: places.responseType, value: responseTypesShown(settings.grant, responseType) },
    { place: places.grantType, value: grant.types },
    ...(grant.pkce ? [{ place: places.pkce, value: 'S256_REQUIRED (recommended)' }] : []),
    ...(settings.grant === 'device_code'
      ? []
      : [{ place: places.redirectUris, value: `${redirectUri}${anyPort(redirectUri)}` }]),
    ...(postLogoutRedirectUri ? [{ place: places.signOffUrls, value: postLogoutRedirectUri }] : []),
    {
      place: places.tokenAuth,
      value: consoleMethods[authMethod] ?? authMethod,
    },
    {
      place: places.openidScopes,
      value: listed(scopes.filter((name) => oidcScopes.includes(name))),
    },
    { place: places.apiScopes, value: listed(scopes.filter((name) => name.startsWith('p1:'))) },
    { place: places.users, value: 'at least one user in the same environment' },
  ];
}

function responseTypesShown(grant: string, responseType = 'token id_token'): string {
  if (grant === 'implicit')
    return responseType
      .split(' ')
      .map((name) => (name === 'token' ? 'Token' : 'ID Token'))
      .join(', ');
  return grant === 'authorization_code' ? 'Code' : '(none needed)';
}

function anyPort(redirectUri: string): string {
  return new URL(redirectUri).port ? '' : ' (PingOne accepts any port for loopback addresses)';
}
