import { type IntrospectionResponse, tokenIntrospection } from 'openid-client';
import type { AuthorizationServerClient } from './client.ts';
import { authFailure } from './failures.ts';

/** What the server says about a token (RFC 7662, section 2.2). `active: false` is an answer, not an error. */
export async function introspect(
  client: AuthorizationServerClient,
  token: string,
): Promise<Readonly<IntrospectionResponse>> {
  return tokenIntrospection(client.configuration, token).catch(async (error: unknown) => {
    throw await authFailure(error, { ...client, step: 'introspection' });
  });
}
