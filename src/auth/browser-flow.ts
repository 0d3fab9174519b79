import type { Runtime } from '../runtime.ts';
import type { AuthorizationRequest } from './authorization-request.ts';
import type { AuthorizationServerClient } from './client.ts';
import type { TokenSet } from './token-set.ts';

/** A grant that goes through the browser: what it asks for, how the answer comes, and how that becomes tokens. */
export interface BrowserFlow {
  /** Parameters of the authorization request that the grant prescribes. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly responseMode: 'query' | 'fragment' | 'form_post';
  /** @param callback the whole URL to which the browser was sent back */
  readonly redeem: (
    client: AuthorizationServerClient,
    callback: URL,
    request: AuthorizationRequest,
    runtime: Runtime,
  ) => Promise<UserGrant>;
}

/** Tokens of a user, and who that is. */
export interface UserGrant {
  readonly tokens: TokenSet;
  /** Of the verified ID token; userinfo's where the grant gave none, as `tokens` then shows. */
  readonly claims: SubjectClaims;
}

/** What is said about somebody who is named at least by `sub`. */
export interface SubjectClaims extends Readonly<Record<string, unknown>> {
  readonly sub: string;
}
