import type { Ending } from '../auth/end-session.ts';
import { type ReceiptLine, remoteOutcome } from '../auth/logout-receipt.ts';
import type { SignOffOutcome } from '../auth/sign-off-visit.ts';
import type { TokenSet } from '../auth/token-set.ts';
import { optional, required } from '../config/settings.ts';
import { messageOf } from '../errors.ts';
import type { Session } from '../session/session.ts';
import type { StoredSession } from '../session/session-record.ts';
import { authorizationServer, type Invocation, startsBrowser, stateFolderOf } from './invocation.ts';

/** What became of the session on this machine. */
export function localLine({ kind }: StoredSession): ReceiptLine {
  if (kind === 'absent') return { thing: 'session', outcome: 'none' };
  const unreadable = { reason: 'it could not be read, so nothing could be revoked' };
  return { thing: 'session', outcome: 'cleared', ...(kind === 'unreadable' ? unreadable : {}) };
}

/**
 * Ends at the server what can be ended of a session that this machine has forgotten already. It throws for an interruption
 * only: without a network its lines say what is still valid, and until when (docs/security.md, rule 25).
 */
export async function signOut(
  invocation: Invocation,
  { tokens }: Session,
  options: { readonly browser?: true } = {},
): Promise<readonly ReceiptLine[]> {
  const accessToken = accessTokenLines(tokens, invocation.runtime.now());
  try {
    const [{ endSession }, { signOffUrl }, client] = await Promise.all([
      import('../auth/end-session.ts'),
      import('../auth/sign-off.ts'),
      authorizationServer(invocation),
    ]);
    const { refreshToken, pingOneSession } = await endSession(client, tokens);
    const first = { thing: 'refreshToken', ...remoteOutcome(refreshToken, 'revoked') } as const;
    if (pingOneSession.kind === 'done') {
      return [first, { thing: 'pingOneSession', outcome: 'ended' }, ...accessToken];
    }
    const outcome = options.browser ? await visit(invocation, client, tokens.idToken) : 'noPage';
    // Without the ID token: the browser's own cookie says whose session it is.
    const url = ['notReturned', 'noPage'].includes(outcome) ? signOffUrl(client, undefined) : undefined;
    const line = remoteOutcome(afterVisit(outcome, pingOneSession), 'ended');
    return [first, { thing: 'pingOneSession', ...line, ...(url ? { url } : {}) }, ...accessToken];
  } catch (error) {
    // An interruption is no answer: it ends the command.
    if (!(error instanceof Error)) throw error;
    return leftLines(tokens, messageOf(error), invocation.runtime.now());
  }
}

/** When nothing could be ended, and why. @param now in milliseconds since the epoch */
export function leftLines(tokens: TokenSet, reason: string, now: number): readonly ReceiptLine[] {
  const left = { kind: 'left', reason } as const;
  const refreshToken: Ending = tokens.refreshToken ? left : { kind: 'none' };
  return [
    { thing: 'refreshToken', ...remoteOutcome(refreshToken, 'revoked') },
    { thing: 'pingOneSession', ...remoteOutcome(left, 'ended') },
    ...accessTokenLines(tokens, now),
  ];
}

/** Says that PingOne cannot revoke its API token (docs/pingone.md, section 10), where there is one that still lives. */
export function accessTokenLines({ accessToken, expiresAt }: TokenSet, now: number): readonly ReceiptLine[] {
  if (accessToken === '' || (expiresAt !== undefined && expiresAt <= now)) return [];
  const until = expiresAt === undefined ? {} : { until: expiresAt };
  return [{ thing: 'accessToken', outcome: 'stillValid', reason: 'PingOne cannot revoke it', ...until }];
}

async function visit(
  invocation: Invocation,
  client: Awaited<ReturnType<typeof authorizationServer>>,
  idToken: string | undefined,
): Promise<SignOffOutcome> {
  const { runtime, output, settings } = invocation;
  const [{ visitSignOffPage }, { listenerCertificate }] = await Promise.all([
    import('../auth/sign-off-visit.ts'),
    import('../trust/listener-certificate.ts'),
  ]);
  const postLogoutRedirectUri = optional(settings, 'postLogoutRedirectUri');
  const use = { redirectUri: postLogoutRedirectUri ?? 'http://127.0.0.1', now: runtime.now() };
  return visitSignOffPage(
    {
      client,
      idToken,
      postLogoutRedirectUri,
      certificate: await listenerCertificate({}, use, stateFolderOf(invocation), output),
      opensBrowser: startsBrowser(invocation),
      timeoutMs: Number(required(settings, 'timeout')) * 1000,
    },
    runtime,
    output,
  );
}

function afterVisit(outcome: SignOffOutcome, otherwise: Ending): Ending {
  switch (outcome) {
    case 'returned':
      return { kind: 'done' };
    case 'shown':
      return { kind: 'left', reason: 'until the sign-off page in your browser has ended it' };
    case 'notReturned':
      return { kind: 'left', reason: 'the browser did not come back from the sign-off page' };
    case 'noPage':
      return otherwise;
    default:
      return outcome satisfies never;
  }
}
