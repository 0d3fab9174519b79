import { clientCredentialsGrant } from 'openid-client';
import { Failure } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { AuthorizationServerClient } from './client.ts';
import { inWords } from './failures.ts';
import { accessTokenIn, type TokenSet } from './token-set.ts';

/**
 * An application's own token (RFC 6749, section 4.4). PingOne's workers ask for no scope: their roles decide, and
 * self-service scopes (`p1:…`) are never granted to an application itself (docs/pingone.md, section 4.4).
 */
export async function clientCredentials(
  server: AuthorizationServerClient,
  { scope }: { readonly scope: readonly string[] },
  runtime: Runtime,
): Promise<TokenSet> {
  if (server.settings.authMethod === 'none') {
    throw new Failure('usage', 'A client that does not authenticate gets no token of its own.', {
      code: 'client_secret_missing',
      hint: 'Set PING14C_WORKER_CLIENT_SECRET or PING14C_CLIENT_SECRET, or pass a key with --private-key.',
    });
  }
  const wanted: Record<string, string> = scope.length > 0 ? { scope: scope.join(' ') } : {};
  const answer = await inWords(clientCredentialsGrant(server.configuration, wanted), server, 'token');
  // Nobody has signed in: a refresh or ID token that came all the same would be nobody's.
  return accessTokenIn(answer, runtime.now());
}
