import { buildEndSessionUrl } from 'openid-client';
import { isSecureOrLoopback } from '../loopback-host.ts';
import type { AuthorizationServerClient } from './client.ts';

export type SignOff =
  /** PingOne ended the session, no browser needed. */
  | { readonly kind: 'ended' }
  /** The server offers no such endpoint, or the application is not allowed to use it. */
  | { readonly kind: 'browserNeeded' };

/**
 * Ends the user's PingOne session without a browser, where the application may: idpSignoff (docs/pingone.md, section 10).
 *
 * @throws Failure `unreachable` when the server could not be asked.
 */
export async function signOff(client: AuthorizationServerClient, idToken: string): Promise<SignOff> {
  const endpoint = client.configuration.serverMetadata()['ping_end_idp_session_endpoint'];
  if (typeof endpoint !== 'string' || !isSecureOrLoopback(endpoint)) return { kind: 'browserNeeded' };
  const url = new URL(endpoint);
  url.searchParams.set('id_token_hint', idToken);
  url.searchParams.set('client_id', client.settings.clientId);
  const { status } = await client.fetch(url.href, { headers: { accept: 'application/json' } });
  return { kind: status === 204 ? 'ended' : 'browserNeeded' };
}

/** The page that signs the browser off (OpenID Connect RP-Initiated Logout, section 2); absent where the server has none. */
export function signOffUrl(
  client: AuthorizationServerClient,
  idToken: string | undefined,
  after: { readonly postLogoutRedirectUri?: string | undefined; readonly state?: string | undefined } = {},
): string | undefined {
  const { end_session_endpoint: endpoint } = client.configuration.serverMetadata();
  if (!endpoint || !isSecureOrLoopback(endpoint)) return undefined;
  return buildEndSessionUrl(client.configuration, {
    ...(idToken ? { id_token_hint: idToken } : {}),
    ...(after.postLogoutRedirectUri ? { post_logout_redirect_uri: after.postLogoutRedirectUri } : {}),
    ...(after.state ? { state: after.state } : {}),
  }).href;
}
