import { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier } from 'openid-client';
import { Failure } from '../errors.ts';
import { type AuthorizationServerClient, isSecureOrLoopback } from './client.ts';

/** What the person wants of this sign-in (OpenID Connect Core, section 3.1.2.1). */
export interface SignInWishes {
  readonly scope: readonly string[];
  readonly prompt?: string | undefined;
  /** Seconds since the person last signed in; the ID token's `auth_time` is then checked. */
  readonly maxAge?: number | undefined;
  readonly loginHint?: string | undefined;
  readonly acrValues?: string | undefined;
}

/** One authorization request: where the browser goes, and what must come back. */
export interface AuthorizationRequest {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly maxAge: number | undefined;
}

/**
 * Builds the authorization request. Nonce and code verifier are made here, 256 bits each; the state is the listener's
 * too, which waits for it (security.md, rules 4 and 11).
 *
 * @param flow parameters that the flow prescribes, e.g. `response_type`
 * @throws Failure `failed` when the URL must not be handed to a browser.
 */
export async function authorizationRequest(
  client: AuthorizationServerClient,
  wishes: SignInWishes,
  flow: Readonly<Record<string, string>>,
  { redirectUri, state }: { readonly redirectUri: string; readonly state: string },
): Promise<AuthorizationRequest> {
  const nonce = randomNonce();
  const codeVerifier = randomPKCECodeVerifier();
  const { href: url } = buildAuthorizationUrl(client.configuration, {
    ...flow,
    redirect_uri: redirectUri,
    scope: wishes.scope.join(' '),
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(wishes.prompt ? { prompt: wishes.prompt } : {}),
    ...(wishes.maxAge === undefined ? {} : { max_age: String(wishes.maxAge) }),
    ...(wishes.loginHint ? { login_hint: wishes.loginHint } : {}),
    ...(wishes.acrValues ? { acr_values: wishes.acrValues } : {}),
  });
  if (!isSecureOrLoopback(url)) {
    throw new Failure('failed', 'The authorization endpoint is not an https address; no browser is sent there.', {
      code: 'insecure_endpoint',
      hint: 'Check the region or --auth-url.',
    });
  }
  return { url, state, nonce, codeVerifier, maxAge: wishes.maxAge };
}
