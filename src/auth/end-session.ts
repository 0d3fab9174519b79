import { messageOf } from '../errors.ts';
import type { AuthorizationServerClient } from './client.ts';
import { revoke } from './revoke.ts';
import { signOff } from './sign-off.ts';
import type { TokenSet } from './token-set.ts';

/** What became of one thing at the server. */
export type Ending =
  | { readonly kind: 'done' }
  /** There was nothing to end. */
  | { readonly kind: 'none' }
  /** Still valid there, and why. */
  | { readonly kind: 'left'; readonly reason: string };

export interface EndedSession {
  readonly refreshToken: Ending;
  readonly pingOneSession: Ending;
}

/** Ends at the server what can be ended there (RFC 7009; docs/pingone.md, section 10). A failure is an outcome, not thrown. */
export async function endSession(client: AuthorizationServerClient, tokens: TokenSet): Promise<EndedSession> {
  const { refreshToken, idToken } = tokens;
  const told = (work: Promise<Ending>) =>
    work.catch((error: unknown): Ending => {
      // An interruption is no answer: it ends the command.
      if (!(error instanceof Error)) throw error;
      return { kind: 'left', reason: messageOf(error) };
    });
  return {
    // One after the other: the ID token's session may take its refresh token with it.
    refreshToken: refreshToken ? await told(revoked(client, refreshToken)) : { kind: 'none' },
    pingOneSession: idToken ? await told(signedOff(client, idToken)) : { kind: 'left', reason: 'there is no ID token' },
  };
}

async function revoked(client: AuthorizationServerClient, refreshToken: string): Promise<Ending> {
  const { kind } = await revoke(client, refreshToken);
  return kind === 'revoked' ? { kind: 'done' } : { kind: 'left', reason: 'the server revokes no tokens' };
}

async function signedOff(client: AuthorizationServerClient, idToken: string): Promise<Ending> {
  const { kind } = await signOff(client, idToken);
  return kind === 'ended' ? { kind: 'done' } : { kind: 'left', reason: 'the application may not end it from here' };
}
