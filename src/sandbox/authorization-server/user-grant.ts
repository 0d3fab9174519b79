/** What a user has let an application have: the source of every token issued for them. */
export interface UserGrant {
  readonly clientId: string;
  readonly userId: string;
  /** The sign-on session: tokens carry it as `sid`, refresh tokens die with it. */
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** What the access token is for (docs/pingone.md, section 5): the PingOne API, or a custom resource. */
  readonly audience: string;
  readonly accessTokenSeconds: number;
  /** Milliseconds since the epoch. */
  readonly authenticatedAt: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly nonce: string | undefined;
}
