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
