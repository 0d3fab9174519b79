import { type IntrospectionResponse, tokenIntrospection } from 'openid-client';
import { Failure } from '../errors.ts';
import { ping14c, wording } from '../wording.ts';
import type { AuthorizationServerClient } from './client.ts';
import { inWords } from './failures.ts';
import type { TokenSet } from './token-set.ts';
import { userinfo } from './userinfo.ts';

/** What the server says about a token (RFC 7662, section 2.2). `active: false` is an answer, not an error. */
export async function introspect(
  server: AuthorizationServerClient,
  token: string,
): Promise<Readonly<IntrospectionResponse>> {
  return inWords(tokenIntrospection(server.configuration, token), server, 'introspection');
}

/** What the server thinks of one token. `unknown`: it does not tell this client. `none`: there is none to ask about. */
export type TokenStanding = 'active' | 'inactive' | 'unknown' | 'none';

export interface ServerView {
  /** How it was asked. */
  readonly askedBy: 'introspection' | 'userinfo';
  readonly accessToken: TokenStanding;
  readonly refreshToken: TokenStanding;
}

/**
 * Whether the server still honours the session's tokens: by introspection (RFC 7662) where this client may, else by a call
 * to userinfo, which tells of the access token only. That one's word counts where introspection knows nothing of the access token.
 * Changes nothing.
 *
 * @throws Failure `unreachable` or `failed` when the server gave no answer, `failed` when it is about another user.
 */
export async function viewOfServer(
  server: AuthorizationServerClient,
  tokens: TokenSet,
  subject: string,
): Promise<ServerView> {
  const { accessToken, refreshToken } = tokens;
  const told = await introspectedBy(server, tokens, subject);
  // Of a token that it thinks another client's, a server says the same as of a dead one (docs/pingone.md, section 10).
  if (told && told.accessToken !== 'inactive') return told;
  const unasked = refreshToken ? 'unknown' : 'none';
  if (!accessToken) return { askedBy: 'userinfo', accessToken: 'none', refreshToken: unasked };
  const { kind } = await userinfo(server, { accessToken, subject });
  if (kind === 'claims') return { askedBy: 'userinfo', accessToken: 'active', refreshToken: unasked };
  return told ?? { askedBy: 'userinfo', accessToken: 'inactive', refreshToken: unasked };
}

/** `undefined` where the server has no such endpoint (RFC 8414, section 2), or this client may not ask. */
async function introspectedBy(
  server: AuthorizationServerClient,
  { accessToken, refreshToken }: TokenSet,
  subject: string,
): Promise<ServerView | undefined> {
  if (!server.configuration.serverMetadata().introspection_endpoint) return undefined;
  try {
    return {
      askedBy: 'introspection',
      accessToken: accessToken ? await standingOf(server, accessToken, subject) : 'none',
      refreshToken: refreshToken ? await standingOf(server, refreshToken, subject) : 'none',
    };
  } catch (error) {
    if (error instanceof Failure && error.kind === 'refused') return undefined;
    throw error;
  }
}

async function standingOf(server: AuthorizationServerClient, token: string, subject: string): Promise<TokenStanding> {
  const { active, sub } = await introspect(server, token);
  if (!active) return 'inactive';
  if (sub === undefined || sub === subject) return 'active';
  throw new Failure('failed', 'The server says that the token belongs to another user.', {
    code: 'subject_mismatch',
    hint: wording`Sign in again with ${ping14c('login')}.`,
  });
}
