import { createRemoteJWKSet, customFetch as jwksFetch } from 'jose';
import {
  allowInsecureRequests,
  ClientError,
  type Configuration,
  type CustomFetch,
  clockTolerance,
  customFetch,
  discovery,
} from 'openid-client';
import { codeOf, Failure } from '../errors.ts';
import type { Fetch } from '../http/connection.ts';
import { isJsonObject, objectIn, textIn } from '../json.ts';
import { isLoopbackHost, isSecureOrLoopback } from '../loopback-host.ts';
import { flagsForIssuer } from '../pingone/endpoints.ts';
import type { Runtime } from '../runtime.ts';
import { withoutAbsentMembers } from './absent-members.ts';
import { clientAuthentication } from './client-authentication.ts';
import type { ClientSettings } from './client-settings.ts';
import { authFailure } from './failures.ts';
import type { Observe } from './protocol-events.ts';
import { type ServerClock, serverClock } from './server-clock.ts';

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/** An authorization server that has shown who it is, and how we speak to it. */
export interface AuthorizationServerClient {
  readonly settings: ClientSettings;
  /** openid-client's view, which sends with our fetch; grants hand it on. */
  readonly configuration: Configuration & { [customFetch]: CustomFetch };
  /** The server's signing keys: fetched when first needed, and once more for an unknown key ID. */
  readonly keys: RemoteKeys;
  readonly clock: ServerClock;
  readonly fetch: Fetch;
  /** Whoever wants to know what happens. */
  readonly observe: Observe;
}

/** Seconds by which the server's clock may differ from ours (docs/security.md, rule 9). */
export const toleratedSkewSeconds = 60;

/** PingOne signs with no other algorithm. The token's header and the metadata have no say in it (docs/security.md, rule 1). */
export const signingAlgorithm = 'RS256';

/** So long that the library's own time limit never counts: that of our connection does, which covers the body too. */
const librarySeconds = 86_400;

/**
 * Reads the discovery document and believes it only if it is the configured issuer's (OpenID Connect Discovery, section 4.3).
 *
 * @throws Failure `usage` for unusable client authentication, `unreachable` or `failed` for the server.
 */
export async function discover(
  settings: ClientSettings,
  fetch: Fetch,
  runtime: Runtime,
  observe?: Observe,
): Promise<AuthorizationServerClient> {
  const authentication = await clientAuthentication(settings, runtime);
  const clock = serverClock(runtime);
  const traced = observe ? tracedFetch(fetch, observe) : fetch;
  const send: Fetch = async (url, init) => clock.noteDate(await traced(url, init));
  const issuer = new URL(settings.issuer);
  const forLibrary: CustomFetch = async (url, options) => {
    const response = jsonOnly(await send(url, options as RequestInit), url);
    return options.method === 'POST' ? withoutAbsentMembers(response) : response;
  };
  const discovered = await discovery(
    issuer,
    settings.clientId,
    { id_token_signed_response_alg: signingAlgorithm, [clockTolerance]: toleratedSkewSeconds },
    authentication,
    {
      [customFetch]: forLibrary,
      timeout: librarySeconds,
      ...(isLoopbackHost(issuer.hostname) && issuer.protocol === 'http:' ? { execute: [allowInsecureRequests] } : {}),
    },
  ).catch(async (error: unknown) => {
    // The library makes a URL of whatever the document calls its issuer.
    if (codeOf(error) === 'ERR_INVALID_URL') {
      refuseOtherIssuer(settings.issuer, 'something that is not an address');
    }
    refuseOtherIssuer(settings.issuer, issuerNamedIn(error) ?? settings.issuer);
    throw await authFailure(error, { settings, clock, step: 'discovery' });
  });
  const metadata = discovered.serverMetadata();
  refuseOtherIssuer(settings.issuer, metadata.issuer);
  refuseInsecureEndpoints(metadata);
  return {
    settings,
    configuration: Object.assign(discovered, { [customFetch]: forLibrary }),
    keys: keysOf(metadata.jwks_uri, send),
    clock,
    fetch: send,
    observe: observe ?? (() => {}),
  };
}

/** Tells each exchange, so that no grant needs to know that somebody looks on. */
function tracedFetch(fetch: Fetch, observe: Observe): Fetch {
  return async (url, init = {}) => {
    const response = await fetch(url, init);
    const { method = 'GET', headers, body } = init;
    const form = body instanceof URLSearchParams ? body.toString() : '';
    const answer = await response.clone().text();
    const location = response.headers.get('location') ?? undefined;
    observe({
      kind: 'exchange',
      exchange: { method, url, headers: new Headers(headers), form, status: response.status, location, answer },
    });
    return response;
  };
}

/**
 * Refuses an answer that is a JWT, as userinfo and introspection may be (OpenID Connect Core, section 5.3.2; RFC 9701): the
 * library reads such a one without a look at its signature, and PingOne answers in JSON (docs/security.md, rule 5).
 */
function jsonOnly(response: Response, url: string): Response {
  if (!/^application\/(?:[\w-]+\+)?jwt\b/i.test(response.headers.get('content-type') ?? '')) return response;
  throw new Failure('failed', `${new URL(url).host} answered with a JWT where JSON is expected, so it is not used.`, {
    code: 'answer_not_json',
    hint: 'Set the server to answer userinfo and introspection in JSON: ping14c would not check the signature of that JWT.',
  });
}

/** Compares the issuers as texts, to the letter; the library compares normalized URLs (docs/security.md, rule 3). */
function refuseOtherIssuer(expected: string, actual: string): void {
  if (actual === expected) return;
  throw new Failure('failed', `The server says that its issuer is ${actual}, not ${expected}.`, {
    code: 'issuer_mismatch',
    hint: remedyForIssuer(expected, actual),
  });
}

/** What the document that the library refused calls its issuer. */
function issuerNamedIn(error: unknown): string | undefined {
  const cause = error instanceof ClientError ? error.cause : undefined;
  return isJsonObject(cause) ? textIn(objectIn(cause, 'body'), 'issuer') : undefined;
}

function remedyForIssuer(expected: string, actual: string): string {
  if (actual.replace(/\/$/, '') === expected) {
    return 'They differ in the slash at the end, and must be exactly the same. PingOne has none there: check --auth-url.';
  }
  const flags = flagsForIssuer(actual);
  return flags
    ? `If that is the right server, use ${flags}.`
    : 'Check the region, the custom domain or --auth-url, and the environment ID.';
}

function refuseInsecureEndpoints(metadata: object): void {
  for (const [name, value] of Object.entries(metadata)) {
    if (!/_endpoint$|jwks_uri|check_session_iframe/.test(name)) continue;
    if (typeof value === 'string' && isSecureOrLoopback(value)) continue;
    throw new Failure('failed', `The server's ${name} is not an https address; nothing is sent there.`, {
      code: 'insecure_endpoint',
      hint: 'Check the region or --auth-url: this does not look like PingOne.',
    });
  }
}

function keysOf(address: string | undefined, fetch: Fetch): RemoteKeys {
  if (!address) {
    throw new Failure('failed', 'The server does not say where its signing keys are (jwks_uri).', {
      code: 'jwks_uri_missing',
      hint: 'Check the region or --auth-url: this does not look like PingOne.',
    });
  }
  // No cooldown, because a run verifies one or two tokens: an unknown key ID costs one more request, and no loop.
  return createRemoteJWKSet(new URL(address), {
    cooldownDuration: 0,
    timeoutDuration: librarySeconds * 1000,
    [jwksFetch]: (url, { signal: _theirs, ...options }) => fetch(url, options as RequestInit),
  });
}
