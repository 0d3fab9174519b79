import {
  buildAuthorizationUrl,
  buildAuthorizationUrlWithPAR,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { Failure } from '../errors.ts';
import { isSecureOrLoopback } from '../loopback-host.ts';
import { ping14c, wording } from '../wording.ts';
import type { AuthorizationServerClient } from './client.ts';
import { inWords } from './failures.ts';
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

/** What one sign-in alone knows, 256 bits each (docs/security.md, rule 4). */
export interface SignInSecrets {
  /** The listener takes no answer without it (docs/security.md, rule 11). */
  readonly state: string;
  /** Comes back in the ID token. */
  readonly nonce: string;
  /** Redeems the code, of which the request carries the hash (RFC 7636). */
  readonly codeVerifier: string;
}

export function freshSecrets(): SignInSecrets {
  return { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
}

interface AuthorizationTarget {
  readonly redirectUri: string;
  /** Whether the request is pushed beforehand (RFC 9126); it is anyway where the server's metadata demands it. */
  readonly pushed: boolean;
}

/**
 * Builds the authorization request.
 *
 * @param flow parameters that the flow prescribes, e.g. `response_type`
 * @throws Failure `failed` when the URL must not be handed to a browser.
 */
export async function authorizationRequest(
  server: AuthorizationServerClient,
  wishes: SignInWishes,
  flow: Readonly<Record<string, string>>,
  { state, nonce, codeVerifier }: SignInSecrets,
  target: AuthorizationTarget,
): Promise<AuthorizationRequest> {
  const { maxAge } = wishes;
  // RFC 7636 protects codes; the implicit grant has none.
  const hasCode = flow['response_type'] === 'code';
  const parameters = presentParameters({
    ...flow,
    redirect_uri: target.redirectUri,
    scope: wishes.scope.join(' '),
    state,
    nonce,
    code_challenge: hasCode ? await calculatePKCECodeChallenge(codeVerifier) : undefined,
    code_challenge_method: hasCode ? 'S256' : undefined,
    prompt: wishes.prompt,
    max_age: maxAge?.toString(),
    login_hint: wishes.loginHint,
    acr_values: wishes.acrValues,
  });
  const demanded = server.configuration.serverMetadata().require_pushed_authorization_requests === true;
  const pushed = target.pushed || demanded;
  const url = pushed
    ? await pushedUrl(server, parameters)
    : buildAuthorizationUrl(server.configuration, parameters).href;
  // A second line of defence, since a person types a password there: `discover` has refused such endpoints already.
  if (!isSecureOrLoopback(url)) {
    throw new Failure('failed', 'The authorization endpoint is not an https address; no browser is sent there.', {
      code: 'insecure_endpoint',
      hint: 'Check the region or --auth-url.',
    });
  }
  return { url, redirectUri: target.redirectUri, pushed, state, nonce, codeVerifier, maxAge };
}

/** Parameters of a request without those that are absent or empty. */
export function presentParameters(parameters: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** Hands the parameters to the server itself, and the browser a reference to them (RFC 9126, sections 2 and 4). */
async function pushedUrl(server: AuthorizationServerClient, parameters: Record<string, string>): Promise<string> {
  if (!server.configuration.serverMetadata().pushed_authorization_request_endpoint) {
    throw new Failure('usage', 'The server does not accept pushed authorization requests.', {
      code: 'par_not_supported',
      hint: wording`Leave out --par (PING14C_PAR, or ${ping14c('config unset par')}).`,
    });
  }
  const url = buildAuthorizationUrlWithPAR(server.configuration, parameters);
  return (await inWords(url, server, 'pushed authorization')).href;
}
