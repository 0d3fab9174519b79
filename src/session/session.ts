import type { TokenSet } from '../auth/token-set.ts';

/** What a session belongs to. Where one of these changes, the session's tokens are not used (docs/security.md, rule 19). */
export interface SessionIdentity {
  readonly profile: string;
  readonly issuer: string;
  readonly environmentId: string;
  readonly clientId: string;
}

/** The API that the settings name now, and where they name it: the session's access token goes there or nowhere. */
export interface ApiInForce {
  /** Without a slash at its end, e.g. `https://api.pingone.eu/v1`. */
  readonly base: string;
  /** In words, e.g. `PINGONE_API_DOMAIN`. */
  readonly from: string;
}

/** Which session is looked for, and with which API it must have been made. */
export interface ExpectedSession extends SessionIdentity {
  readonly api: ApiInForce;
}

/** A signed-in user. */
export interface Session extends SessionIdentity {
  /** Base of the API that the session was made for; absent in sessions that ping14c kept before it noted that. */
  readonly apiBase?: string;
  /** `sub` of the verified ID token: the PingOne user ID. */
  readonly subject: string;
  /** What to call the person: from the verified ID token, e.g. `Ada Lovelace (ada@example.com)`. */
  readonly displayName: string;
  readonly tokens: TokenSet;
  /** Milliseconds since the epoch. */
  readonly signedInAt: number;
}
