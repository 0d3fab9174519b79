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
  /** Public keys for PRIVATE_KEY_JWT; see `service-key.ts` for where the seeded application's comes from. */
  readonly jwks?: { readonly keys: readonly PublicJwk[] };
  readonly pkceEnforcement: 'OPTIONAL' | 'REQUIRED' | 'S256_REQUIRED';
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: GrantedScopes;
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
  /** Whether an ID token alone may end the session at `idpSignoff`. */
  readonly idpSignoff: boolean;
  readonly devicePathId?: string;
  /** Seconds between polls. */
  readonly devicePollingInterval: number;
  /** Seconds. */
  readonly deviceTimeout: number;
  /** Administrator roles; they, not scopes, rule what a worker's token may do. */
  readonly roles: readonly string[];
}

export type GrantType = 'AUTHORIZATION_CODE' | 'IMPLICIT' | 'REFRESH_TOKEN' | 'CLIENT_CREDENTIALS' | 'DEVICE_CODE';

export type TokenEndpointAuthMethod =
  | 'NONE'
  | 'CLIENT_SECRET_BASIC'
  | 'CLIENT_SECRET_POST'
  | 'CLIENT_SECRET_JWT'
  | 'PRIVATE_KEY_JWT';

/** A public key in JSON (RFC 7517), with the key ID that assertions may name. */
export type PublicJwk = Readonly<Record<string, unknown>>;

/** The application's resource grants. */
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

/** What PingOne gives an application that says nothing else (docs/pingone.md, sections 2, 4.3 and 9). */
export const applicationDefaults = {
  enabled: true,
  pkceEnforcement: 'OPTIONAL',
  redirectUris: [],
  postLogoutRedirectUris: [],
  responseTypes: [],
  refreshTokenType: 'OPAQUE_TOKEN',
  refreshTokenDuration: 2_592_000,
  refreshTokenRollingDuration: 15_552_000,
  refreshTokenRollingGracePeriodDuration: 0,
  additionalRefreshTokenReplayProtectionEnabled: true,
  parRequirement: 'OPTIONAL',
  parTimeout: 60,
  idpSignoff: false,
  devicePollingInterval: 5,
  deviceTimeout: 600,
  scopes: { openid: [], pingOneApi: [], custom: {} },
  roles: [],
} as const satisfies Partial<Application>;
