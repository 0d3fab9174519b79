import { tokenRevocation } from 'openid-client';
import type { AuthorizationServerClient } from './client.ts';
import { authFailure } from './failures.ts';

export type Revocation = { readonly kind: 'revoked' } | { readonly kind: 'unsupported' };

/**
 * Revokes a refresh token (RFC 7009). PingOne revokes no access token for its own API (docs/pingone.md, section 10).
 *
 * @throws Failure when the server refused or could not be reached.
 */
export async function revoke(client: AuthorizationServerClient, refreshToken: string): Promise<Revocation> {
  if (!client.configuration.serverMetadata().revocation_endpoint) return { kind: 'unsupported' };
  await tokenRevocation(client.configuration, refreshToken, { token_type_hint: 'refresh_token' }).catch(
    async (error: unknown) => {
      throw await authFailure(error, { ...client, step: 'revocation' });
    },
  );
  return { kind: 'revoked' };
}
