import { createRemoteJWKSet, customFetch as jwksFetch } from 'jose';
import { Configuration, customFetch, None } from 'openid-client';
import { Failure } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { AuthorizationServerClient } from './client.ts';
import type { ClientSettings } from './client-settings.ts';
import { serverClock } from './server-clock.ts';

/**
 * The authorization server as PingOne lays it out, undiscovered: for telling what would be done. It cannot send anything,
 * and has no secret.
 */
export function assumedServer(settings: ClientSettings, runtime: Runtime): AuthorizationServerClient {
  const { issuer, clientId } = settings;
  const endpoints = assumedEndpoints(issuer);
  const send = async () => {
    throw new Failure('failed', 'Nothing is sent in a dry run.', { code: 'dry_run' });
  };
  const metadata = { issuer, ...endpoints, response_modes_supported: ['query', 'fragment', 'form_post'] };
  // The library would otherwise send with a fetch of its own.
  const configuration = Object.assign(new Configuration(metadata, clientId, {}, None()), { [customFetch]: send });
  return {
    settings,
    configuration,
    keys: createRemoteJWKSet(new URL(endpoints.jwks_uri), { [jwksFetch]: send }),
    clock: serverClock(runtime),
    fetch: send,
    observe: () => {},
  };
}

/** PingOne's endpoints below its issuer, by their names in the discovery document (docs/pingone.md, section 2). */
export function assumedEndpoints(issuer: string) {
  return {
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    pushed_authorization_request_endpoint: `${issuer}/par`,
    device_authorization_endpoint: `${issuer}/device_authorization`,
  } as const;
}
