import type { Fetch } from '../http/connection.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { IdTokenExpectations } from './id-token.ts';
import type { IdTokenClaims } from './id-token-claims.ts';

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

/** Tells each exchange, so that no grant needs to know that somebody looks on. */
export function observedFetch(fetch: Fetch, observe: Observe): Fetch {
  return async (url, init = {}) => {
    const response = await fetch(url, init);
    const { method = 'GET', headers, body } = init;
    const form = typeof body === 'string' || body instanceof URLSearchParams ? body.toString() : '';
    const answer = await response.clone().text();
    const location = response.headers.get('location') ?? undefined;
    observe({
      kind: 'exchange',
      exchange: { method, url, headers: new Headers(headers), form, status: response.status, location, answer },
    });
    return response;
  };
}
