import type { TokenSet } from '../auth/token-set.ts';

/** What a session belongs to. Where one of these changes, the session's tokens are not used (docs/security.md, rule 19). */
export interface SessionIdentity {
  readonly profile: string;
  readonly issuer: string;
  readonly environmentId: string;
  readonly clientId: string;
}

/** A signed-in user. */
export interface Session extends SessionIdentity {
  /** `sub` of the verified ID token: the PingOne user ID. */
  readonly subject: string;
  /** What to call the person: from the verified ID token, e.g. `Ada Lovelace (ada@example.com)`. */
  readonly displayName: string;
  readonly tokens: TokenSet;
  /** Milliseconds since the epoch. */
  readonly signedInAt: number;
}
