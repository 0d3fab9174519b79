import type { TokenSet } from '../oidc/token-set.ts';
import { accountName } from './stored-record.ts';

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
  /** Where it was set, in words, e.g. `PINGONE_API_DOMAIN`. */
  readonly from: string;
}

/** Which session is looked for, and with which API it must have been made. */
export interface ExpectedSession extends SessionIdentity {
  readonly api: ApiInForce;
}

/** A signed-in user. */
export interface Session extends SessionIdentity {
  /** Base of the API that the session was made for; absent in sessions that ping14c kept before it noted that. */
  readonly apiBase?: string | undefined;
  /** `sub` of the verified ID token: the PingOne user ID. */
  readonly subject: string;
  /** What to call the person: from the verified ID token, e.g. `Ada Lovelace (ada@example.com)`. */
  readonly displayName: string;
  readonly tokens: TokenSet;
  /** Milliseconds since the epoch. */
  readonly signedInAt: number;
}

/**
 * The name a session is stored under. All that the session belongs to is in it, so that with another issuer, environment,
 * client or profile there is no session (docs/security.md, rule 19). It is fit for a file name, and the profile can be read
 * in a keychain's list.
 */
export function accountOf({ profile, issuer, environmentId, clientId }: SessionIdentity): string {
  return accountName(profile, [profile, issuer, environmentId, clientId]);
}
