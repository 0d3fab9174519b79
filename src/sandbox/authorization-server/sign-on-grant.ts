import type { Directory } from '../directory.ts';
import type { Application } from '../seed/applications.ts';
import type { SignOnSession } from '../sign-on-session.ts';

/** What an access token may be used for, and where. */
export interface ScopeGrant {
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly accessTokenSeconds: number;
}

/** What a user has let an application have: the source of every token issued for them. */
export interface SignOnGrant {
  readonly clientId: string;
  readonly userId: string;
  /** Tokens carry the session's ID as `sid`, and refresh tokens die with the session. */
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** What the access token is for (docs/pingone.md, section 5): the PingOne API, or custom resources. */
  readonly audience: readonly string[];
  readonly accessTokenSeconds: number;
  /** When the user signed on, in milliseconds since the epoch. */
  readonly authenticatedAt: number;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly nonce: string | undefined;
}

/** Says what the user who is signed on in the session lets the application have. */
export function signOnGrant(
  { directory }: { readonly directory: Directory },
  request: {
    readonly application: Application;
    readonly granted: ScopeGrant;
    readonly nonce?: string | undefined;
    /** The sign-on policy of this request; absent: the one that the session began with. */
    readonly acr?: string;
  },
  session: SignOnSession,
): SignOnGrant {
  const { user } = session;
  if (!user) throw new Error(`Nobody is signed on in the sandbox's session ${session.id}.`);
  const { granted, application, nonce, acr = user.acr } = request;
  const external = directory.find(user.userId)?.identityProvider !== undefined;
  return {
    clientId: application.clientId,
    userId: user.userId,
    sessionId: session.id,
    ...granted,
    scopes: external ? scopesOfExternalUser(granted.scopes) : granted.scopes,
    authenticatedAt: user.authenticatedAt,
    acr,
    amr: user.amr,
    nonce,
  };
}

/** Some scopes are silently dropped for a user of an outside identity provider (docs/pingone.md, section 6). */
function scopesOfExternalUser(scopes: readonly string[]): readonly string[] {
  return scopes.filter((scope) => !/^p1:update:user$|:userPassword$/.test(scope));
}
