/** The ways in which a client shows the token endpoint who it is (OpenID Connect Core, section 9). */
export const authMethods = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const;

export type AuthMethod = (typeof authMethods)[number];

/** Who asks, and whom. */
export interface ClientSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly authMethod: AuthMethod;
  readonly clientSecret?: string | undefined;
  /** A JWK or PEM file. */
  readonly privateKeyFile?: string | undefined;
}

/** The grants with which a user signs in (RFC 6749, sections 4.1 and 4.2; RFC 8628). */
export const signInGrants = ['authorization_code', 'implicit', 'device_code'] as const;

export type SignInGrant = (typeof signInGrants)[number];

/** What the implicit grant may ask for (OpenID Connect Core, section 3.2.2.1; `token` alone is RFC 6749's). */
export const implicitResponseTypes = ['token id_token', 'id_token', 'token'] as const;

export type ImplicitResponseType = (typeof implicitResponseTypes)[number];
