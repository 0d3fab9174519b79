import {
  buildAuthorizationUrl,
  buildAuthorizationUrlWithPAR,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
} from 'openid-client';
import { Failure } from '../errors.ts';
import { isSecureOrLoopback } from '../loopback-host.ts';
import type { AuthorizationServerClient } from './client.ts';
import { authFailure } from './failures.ts';
import type { AuthorizationRequest } from './protocol-events.ts';

/** What the person wants of this sign-in (OpenID Connect Core, section 3.1.2.1). */
export interface SignInWishes {
  readonly scope: readonly string[];
  readonly prompt?: string | undefined;
  /** Seconds since the person last signed in; the ID token's `auth_time` is then checked. */
  readonly maxAge?: number | undefined;
  readonly loginHint?: string | undefined;
  readonly acrValues?: string | undefined;
}

/** Where the answer goes, and how the request gets to the server. */
export interface AuthorizationTarget {
  readonly redirectUri: string;
  readonly state: string;
  /** Also done where the server's metadata demands it. */
  readonly push?: boolean;
}

/**
 * Builds the authorization request. Nonce and code verifier are made here, of 256 bits each. The state is handed in, because
 * the listener must know it too (docs/security.md, rules 4 and 11).
 *
 * @param flow parameters that the flow prescribes, e.g. `response_type`
 * @throws Failure `failed` when the URL must not be handed to a browser.
 */
export async function authorizationRequest(
  client: AuthorizationServerClient,
  wishes: SignInWishes,
  flow: Readonly<Record<string, string>>,
  { redirectUri, state, push = false }: AuthorizationTarget,
): Promise<AuthorizationRequest> {
  const nonce = randomNonce();
  const codeVerifier = randomPKCECodeVerifier();
  const parameters = {
    ...flow,
    redirect_uri: redirectUri,
    scope: wishes.scope.join(' '),
    state,
    nonce,
    // RFC 7636 protects codes; the implicit grant has none.
    ...(flow['response_type'] === 'code'
      ? { code_challenge: await calculatePKCECodeChallenge(codeVerifier), code_challenge_method: 'S256' }
      : {}),
    ...(wishes.prompt ? { prompt: wishes.prompt } : {}),
    ...(wishes.maxAge === undefined ? {} : { max_age: String(wishes.maxAge) }),
    ...(wishes.loginHint ? { login_hint: wishes.loginHint } : {}),
    ...(wishes.acrValues ? { acr_values: wishes.acrValues } : {}),
  };
  const pushed = push || client.configuration.serverMetadata().require_pushed_authorization_requests === true;
  const url = pushed
    ? await pushedUrl(client, parameters)
    : buildAuthorizationUrl(client.configuration, parameters).href;
  if (!isSecureOrLoopback(url)) {
    throw new Failure('failed', 'The authorization endpoint is not an https address; no browser is sent there.', {
      code: 'insecure_endpoint',
      hint: 'Check the region or --auth-url.',
    });
  }
  return { url, pushed, state, nonce, codeVerifier, maxAge: wishes.maxAge };
}

/** Hands the parameters to the server itself, and the browser a reference to them (RFC 9126, sections 2 and 4). */
async function pushedUrl(client: AuthorizationServerClient, parameters: Record<string, string>): Promise<string> {
  if (!client.configuration.serverMetadata().pushed_authorization_request_endpoint) {
    throw new Failure('usage', 'The server takes no pushed authorization requests.', {
      code: 'par_not_supported',
      hint: 'Leave --par out (PING14C_PAR, or "ping14c config unset par").',
    });
  }
  return buildAuthorizationUrlWithPAR(client.configuration, parameters).then(
    ({ href }) => href,
    async (error: unknown) => {
      throw await authFailure(error, { ...client, step: 'pushed authorization' });
    },
  );
}
