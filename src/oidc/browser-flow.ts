import type { Runtime } from '../runtime.ts';
import type { AuthorizationServerClient } from './client.ts';
import type { AuthorizationRequest } from './protocol-events.ts';
import type { UserGrant } from './user-grant.ts';

/** A grant that goes through the browser: what it asks for, how the answer comes, and how that becomes tokens. */
export interface BrowserFlow {
  /** Parameters of the authorization request that the grant prescribes. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly responseMode: 'query' | 'fragment' | 'form_post';
  /** @param callback the whole URL to which the browser was sent back */
  readonly redeem: (
    server: AuthorizationServerClient,
    callback: URL,
    request: AuthorizationRequest,
    runtime: Runtime,
  ) => Promise<UserGrant>;
}
