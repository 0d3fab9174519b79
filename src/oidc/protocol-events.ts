import type { JWTPayload } from 'jose';

/*
 * What happens in a sign-in, told to whoever looks on. The types of what is told stand here as well, below all the files that
 * make and check these things, so that nothing imports in a circle.
 */

/** One authorization request: where the browser goes, and what must come back. */
export interface AuthorizationRequest {
  readonly url: string;
  /** To the letter: servers compare it so with what was registered, and again with the token request. */
  readonly redirectUri: string;
  /** Whether the parameters were pushed beforehand (RFC 9126): the URL works once then, and not for long. */
  readonly pushed: boolean;
  readonly state: string;
  readonly nonce: string;
  /** Of use to the grants that redeem a code. */
  readonly codeVerifier: string;
  readonly maxAge: number | undefined;
}

/** What this ID token must say beyond what every one must. */
export interface IdTokenExpectations {
  readonly nonce?: string | undefined;
  /** The access token that came with it: an `at_hash` must be of this one. */
  readonly accessToken?: string | undefined;
  /** Both came through the browser, where they could have been exchanged: `at_hash` is then required. */
  readonly throughBrowser?: true;
  /** Seconds since the person signed on, at most: `auth_time` is then required. */
  readonly maxAge?: number | undefined;
  /** Who is signed in already. */
  readonly subject?: string | undefined;
}

/** The claims of a verified ID token that we rely on (OpenID Connect Core, section 2); the rest is the person's. */
export interface IdTokenClaims extends Readonly<JWTPayload> {
  readonly iss: string;
  readonly sub: string;
  /** Seconds since the epoch, as are all times in a token. */
  readonly exp: number;
  readonly iat: number;
}

/** One thing that has just happened in the protocol. Holds secrets as they are: who tells it redacts. */
export type ProtocolEvent =
  | { readonly kind: 'exchange'; readonly exchange: HttpExchange }
  | { readonly kind: 'listening'; readonly redirectUri: string; readonly fingerprint256: string | undefined }
  | { readonly kind: 'authorizationRequest'; readonly request: AuthorizationRequest }
  | { readonly kind: 'callback'; readonly callback: URL }
  | {
      readonly kind: 'idTokenVerified';
      readonly idToken: string;
      readonly claims: IdTokenClaims;
      readonly expected: IdTokenExpectations;
      /** Seconds since the epoch, by which the times were judged. */
      readonly at: number;
    }
  /** The session is kept. `place` in words, e.g. `the keychain (macOS Keychain)`. */
  | { readonly kind: 'stored'; readonly place: string };

/** A request to the authorization server, and its answer. */
export interface HttpExchange {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  /** The form; empty where nothing was sent. */
  readonly form: string;
  readonly status: number;
  /** Where a redirect would lead. */
  readonly location: string | undefined;
  readonly answer: string;
}

/** Is told each event as it happens, and does nothing to it. */
export type Observe = (event: ProtocolEvent) => void;
