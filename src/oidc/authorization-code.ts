import { authorizationCodeGrant, customFetch } from 'openid-client';
import type { Runtime } from '../runtime.ts';
import type { BrowserFlow } from './browser-flow.ts';
import type { AuthorizationServerClient } from './client.ts';
import { inWords } from './failures.ts';
import { verifyIdToken } from './id-token.ts';
import type { AuthorizationRequest } from './protocol-events.ts';
import { tokenSetOf } from './token-set.ts';
import type { UserGrant } from './user-grant.ts';

/** The authorization code grant with PKCE (RFC 6749, section 4.1; RFC 7636). */
export const authorizationCode: BrowserFlow = {
  parameters: { response_type: 'code' },
  responseMode: 'query',
  redeem,
};

/**
 * Redeems the callback for tokens (RFC 6749, section 4.1.3; RFC 7636, section 4.5). The library checks state, `iss`
 * (RFC 9207), error and nonce; the ID token is then verified in full, `auth_time` included.
 *
 * @param callback the whole URL to which the browser was sent back
 */
async function redeem(
  server: AuthorizationServerClient,
  callback: URL,
  request: AuthorizationRequest,
  runtime: Runtime,
): Promise<UserGrant> {
  const { redirectUri, state, nonce, codeVerifier, maxAge } = request;
  sendToTheLetter(redirectUri, server.configuration);
  const exchange = authorizationCodeGrant(server.configuration, callback, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: codeVerifier,
  });
  const answer = await inWords(exchange, server, 'sign-in');
  const expected = { nonce, maxAge, accessToken: answer.access_token };
  const claims = await verifyIdToken(server, answer.id_token, expected, runtime);
  return { tokens: tokenSetOf(answer, runtime.now()), claims };
}

/**
 * Sends the redirect URI as it was in the authorization request (RFC 6749, section 4.1.3). The library would send that of the
 * callback, which URLs normalize: `http://localhost:8080` gets a slash there, and `https://127.0.0.1:443/callback` loses its port.
 */
function sendToTheLetter(redirectUri: string, configuration: AuthorizationServerClient['configuration']): void {
  const { [customFetch]: send } = configuration;
  configuration[customFetch] = (url, options) => {
    const { body } = options;
    if (body instanceof URLSearchParams) body.set('redirect_uri', redirectUri);
    return send(url, options);
  };
}
