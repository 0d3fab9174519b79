/** An OIDC application as PingOne's console has it (docs/pingone.md, section 9). */
export interface Application {
  /** UUID of the resource. */
  readonly id: string;
  /** Equals `id` for applications that PingOne made; imported ones may differ. */
  readonly clientId: string;
  readonly name: string;
  readonly type: 'WEB_APP' | 'NATIVE_APP' | 'SINGLE_PAGE_APP' | 'WORKER' | 'SERVICE';
  readonly enabled: boolean;
  readonly grantTypes: readonly GrantType[];
  readonly responseTypes: readonly ('CODE' | 'TOKEN' | 'ID_TOKEN')[];
  /** The one method accepted. */
  readonly tokenEndpointAuthMethod: TokenEndpointAuthMethod;
  readonly clientSecret?: string;
  /** Public keys for PRIVATE_KEY_JWT. */
  readonly jwks?: { readonly keys: readonly PublicJwk[] };
  readonly pkceEnforcement: 'OPTIONAL' | 'REQUIRED' | 'S256_REQUIRED';
  readonly redirectUris: readonly string[];
  /** Whether a `*` in the path or the query of a redirect URI stands for anything. */
  readonly allowWildcardInRedirectUris: boolean;
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: GrantedScopes;
  /** Whether one request may ask for scopes of several custom resources; those of the PingOne API stay apart. */
  readonly requestScopesForMultipleResourcesEnabled: boolean;
  readonly refreshTokenType: 'OPAQUE_TOKEN' | 'JSON_WEB_TOKEN';
  /** Seconds. */
  readonly refreshTokenDuration: number;
  /** Seconds from the first token of the family; absent: no absolute limit. */
  readonly refreshTokenRollingDuration?: number;
  /** Seconds in which a rotated refresh token is still taken. */
  readonly refreshTokenRollingGracePeriodDuration: number;
  /** Whether the reuse of a rotated refresh token, outside the grace period, revokes all its descendants. */
  readonly additionalRefreshTokenReplayProtectionEnabled: boolean;
  readonly parRequirement: 'OPTIONAL' | 'REQUIRED';
  /** Seconds. */
  readonly parTimeout: number;
  /** Whether authorize takes only requests that are a signed JWT; unsigned ones are then refused whatever the next setting says. */
  readonly requireSignedRequestObject: boolean;
  /** Whether the JWT in `request` may be unsigned. */
  readonly supportUnsignedRequestObject: boolean;
  /** Whether an ID token alone may end the session at `idpSignoff`. */
  readonly idpSignoff: boolean;
  /** Whether the answer to an authorize request carries `session_state`. */
  readonly opSessionCheckEnabled: boolean;
  /** Which pages of other origins may call for this application; absent, as in older ones: any, but where a cookie authenticates. */
  readonly corsSettings?: CorsSettings;
  readonly devicePathId?: string;
  /** Where a person brings the user code, if not to the sandbox's own page. */
  readonly deviceCustomVerificationUri?: string;
  /** Seconds between polls. */
  readonly devicePollingInterval: number;
  /** Seconds. */
  readonly deviceTimeout: number;
  /** Names of the sign-on policies assigned to it, which `acr_values` may ask for; the first is met unless it asks. At least one. */
  readonly signOnPolicies: readonly string[];
  /** Administrator roles; they, not scopes, decide what a worker's token may do. */
  readonly roles: readonly string[];
}

export interface CorsSettings {
  readonly behavior: 'ALLOW_NO_ORIGINS' | 'ALLOW_SPECIFIC_ORIGINS';
  /** Scheme, host and port, e.g. `https://app.example.com`; a `*` in the host stands for any part of a name. */
  readonly origins?: readonly string[];
}

export type GrantType = 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'REFRESH_TOKEN' | 'CLIENT_CREDENTIALS' | 'DEVICE_CODE';

export type TokenEndpointAuthMethod =
  | 'NONE'
  | 'CLIENT_SECRET_BASIC'
  | 'CLIENT_SECRET_POST'
  | 'CLIENT_SECRET_JWT'
  | 'PRIVATE_KEY_JWT';

/** A public key in JSON (RFC 7517), with the key ID that assertions may name. */
type PublicJwk = Readonly<Record<string, unknown>>;

/** The scopes that were granted to the application, by resource. */
export interface GrantedScopes {
  /**
   * Of the resource `openid`. With `offline_access` among them a refresh token must be asked for; without, it is always given
   * (docs/pingone.md, section 4.3).
   */
  readonly openid: readonly string[];
  /** Of the resource `PingOne API`, e.g. `p1:read:user`. */
  readonly pingOneApi: readonly string[];
  /** Of custom resources, by the resource's ID. */
  readonly custom: Readonly<Record<string, readonly string[]>>;
}

/** The seeded API of the customer's own, whose scopes are in `custom`. */
export const ordersResourceId = 'a0000000-0000-4000-8000-000000000001';

/** What PingOne gives an application that says nothing else (docs/pingone.md, sections 2, 4.3 and 9). */
export const applicationDefaults = {
  enabled: true,
  pkceEnforcement: 'OPTIONAL',
  redirectUris: [],
  allowWildcardInRedirectUris: false,
  postLogoutRedirectUris: [],
  responseTypes: [],
  refreshTokenType: 'OPAQUE_TOKEN',
  refreshTokenDuration: 2_592_000,
  refreshTokenRollingDuration: 15_552_000,
  refreshTokenRollingGracePeriodDuration: 0,
  additionalRefreshTokenReplayProtectionEnabled: true,
  parRequirement: 'OPTIONAL',
  parTimeout: 60,
  requireSignedRequestObject: false,
  supportUnsignedRequestObject: false,
  idpSignoff: false,
  opSessionCheckEnabled: false,
  devicePollingInterval: 5,
  deviceTimeout: 600,
  scopes: { openid: [], pingOneApi: [], custom: {} },
  requestScopesForMultipleResourcesEnabled: false,
  signOnPolicies: ['Single_Factor'],
  roles: [],
} as const satisfies Partial<Application>;

/** PingOne matches loopback addresses on any port (docs/pingone.md, section 9). */
const loopbackRedirectUris = [
  'https://127.0.0.1/callback',
  'http://127.0.0.1/callback',
  'https://localhost/callback',
  'http://localhost/callback',
];
const signedOffUris = ['https://127.0.0.1/signed-off', 'https://example.com/signed-off'];

/** All that lets people who sign in be told who they are, and keep their own record and password. */
export const signInScopes: GrantedScopes = {
  openid: ['profile', 'email', 'address', 'phone'],
  pingOneApi: [
    'p1:read:user',
    'p1:update:user',
    'p1:read:userPassword',
    'p1:reset:userPassword',
    'p1:validate:userPassword',
    'p1:read:sessions',
    'p1:delete:sessions',
  ],
  custom: {},
};

/** One application for each way of being a client. The last digits tell them apart. */
export const applications: readonly Application[] = [
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000001',
    clientId: 'c0000000-0000-4000-8000-000000000001',
    name: 'ping14c (native, public)',
    type: 'NATIVE_APP',
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'DEVICE_CODE'],
    responseTypes: ['CODE'],
    tokenEndpointAuthMethod: 'NONE',
    pkceEnforcement: 'S256_REQUIRED',
    redirectUris: loopbackRedirectUris,
    postLogoutRedirectUris: signedOffUris,
    scopes: signInScopes,
    idpSignoff: true,
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000002',
    clientId: 'c0000000-0000-4000-8000-000000000002',
    name: 'Web shop (secret by Basic, implicit too)',
    type: 'WEB_APP',
    grantTypes: ['AUTHORIZATION_CODE', 'IMPLICIT', 'REFRESH_TOKEN'],
    responseTypes: ['CODE', 'TOKEN', 'ID_TOKEN'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
    clientSecret: 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002',
    redirectUris: [...loopbackRedirectUris, 'https://127.0.0.1/signed-in'],
    postLogoutRedirectUris: signedOffUris,
    // With offline_access granted, a refresh token comes only to those who ask for it.
    scopes: { ...signInScopes, openid: [...signInScopes.openid, 'offline_access'] },
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000003',
    clientId: 'c0000000-0000-4000-8000-000000000003',
    name: 'Worker (with a role)',
    type: 'WORKER',
    grantTypes: ['CLIENT_CREDENTIALS'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
    clientSecret: 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003',
    roles: ['Identity Data Admin'],
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000004',
    clientId: 'c0000000-0000-4000-8000-000000000004',
    name: 'Worker (without roles)',
    type: 'WORKER',
    grantTypes: ['CLIENT_CREDENTIALS'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
    clientSecret: 'sandbox~roleless.secret-as-long-as-those-that-PingOne-makes-0004',
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000005',
    clientId: 'c0000000-0000-4000-8000-000000000005',
    name: 'Service (custom resource, secret in the body)',
    type: 'SERVICE',
    grantTypes: ['CLIENT_CREDENTIALS'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
    clientSecret: 'sandbox~service.secret-as-long-as-those-that-PingOne-makes--0005',
    scopes: { openid: [], pingOneApi: [], custom: { [ordersResourceId]: ['orders:read', 'orders:write'] } },
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000006',
    clientId: 'c0000000-0000-4000-8000-000000000006',
    name: 'Web client (secret signs a JWT)',
    type: 'WEB_APP',
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
    responseTypes: ['CODE'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_JWT',
    clientSecret: 'sandbox~jwt.secret-as-long-as-those-that-PingOne-makes------0006',
    redirectUris: loopbackRedirectUris,
    scopes: { ...signInScopes, custom: { [ordersResourceId]: ['orders:read'] } },
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000007',
    clientId: 'sandbox-private-key-client',
    name: 'Web client (private key signs a JWT, PAR required)',
    type: 'WEB_APP',
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS'],
    responseTypes: ['CODE'],
    tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT',
    parRequirement: 'REQUIRED',
    redirectUris: loopbackRedirectUris,
    refreshTokenType: 'JSON_WEB_TOKEN',
    scopes: { ...signInScopes, custom: { [ordersResourceId]: ['orders:read'] } },
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000008',
    clientId: 'c0000000-0000-4000-8000-000000000008',
    name: 'Switched off',
    type: 'NATIVE_APP',
    enabled: false,
    grantTypes: ['AUTHORIZATION_CODE'],
    responseTypes: ['CODE'],
    tokenEndpointAuthMethod: 'NONE',
    redirectUris: loopbackRedirectUris,
    scopes: signInScopes,
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000009',
    clientId: 'c0000000-0000-4000-8000-000000000009',
    name: 'Web client (secret in the body)',
    type: 'WEB_APP',
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
    responseTypes: ['CODE'],
    tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
    clientSecret: 'sandbox~body.secret-as-long-as-those-that-PingOne-makes-----0009',
    redirectUris: loopbackRedirectUris,
    scopes: signInScopes,
  },
  {
    ...applicationDefaults,
    id: 'c0000000-0000-4000-8000-000000000010',
    clientId: 'c0000000-0000-4000-8000-000000000010',
    name: 'Single-page application (implicit, public)',
    type: 'SINGLE_PAGE_APP',
    grantTypes: ['AUTHORIZATION_CODE', 'IMPLICIT'],
    responseTypes: ['CODE', 'TOKEN', 'ID_TOKEN'],
    tokenEndpointAuthMethod: 'NONE',
    pkceEnforcement: 'OPTIONAL',
    redirectUris: loopbackRedirectUris,
    postLogoutRedirectUris: signedOffUris,
    scopes: signInScopes,
  },
];
