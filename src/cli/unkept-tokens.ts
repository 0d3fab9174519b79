import { Failure } from '../errors.ts';
import { connect } from '../http/connection.ts';
import { parsedObject, textIn } from '../json.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import type { HttpExchange, Observe } from '../oidc/protocol-events.ts';
import { lifetimeOf, type TokenSet } from '../oidc/token-set.ts';
import type { ConfiguredContext } from './context.ts';
import { accessTokenLines, receiptText, remoteOutcome } from './receipt.ts';

/** What the server has given in this sign-in, for as long as nothing keeps it. */
export interface UnkeptTokens {
  /** Looks on. Tokens are noted before anything of their answer is judged: what is refused then lives on at the server. */
  readonly observe: Observe;
  readonly hold: (tokens: TokenSet) => void;
  /** They are kept now. */
  readonly release: () => void;
  readonly held: () => TokenSet | undefined;
}

/** @param also whoever else wants to know what happens */
export function unkeptTokens(now: () => number, also: Observe = () => {}): UnkeptTokens {
  let held: TokenSet | undefined;
  return {
    observe: (event) => {
      if (event.kind === 'exchange') held = tokensOf(event.exchange, now()) ?? held;
      also(event);
    },
    hold: (tokens) => {
      held = tokens;
    },
    release: () => {
      held = undefined;
    },
    held: () => held,
  };
}

/** What a token endpoint gave, nothing of it checked. */
function tokensOf({ method, status, answer }: HttpExchange, now: number): TokenSet | undefined {
  const members = method === 'POST' && status === 200 ? parsedObject(answer) : undefined;
  if (!members) return undefined;
  const [accessToken, refreshToken] = [textIn(members, 'access_token'), textIn(members, 'refresh_token')];
  if (accessToken === undefined && refreshToken === undefined) return undefined;
  const lifetimeSeconds = lifetimeOf(members['expires_in']);
  const expiresAt = lifetimeSeconds === undefined ? undefined : now + lifetimeSeconds * 1000;
  return { accessToken: accessToken ?? '', refreshToken, expiresAt };
}

/** Who has pressed Ctrl-C waits no longer than this for the revocation; pressed again, it ends at once. */
const longestWaitMs = 10_000;

/**
 * Ends at the server what nobody can use from here, and says what lives on (docs/security.md, rule 40).
 *
 * @param error why the sign-in ended
 * @returns what is to be thrown
 */
export async function endUnkept(
  context: ConfiguredContext,
  server: AuthorizationServerClient,
  tokens: TokenSet,
  error: unknown,
): Promise<unknown> {
  const { env, fetch, now, sleep, signal } = context.runtime;
  const { caFile, httpTimeout } = context.settings.values;
  // With a signal of its own, because an interruption ends every other request.
  const lastWay = await connect(
    { env, fetch, now, sleep, signal: new AbortController().signal },
    { caFile, timeoutMs: Math.min(httpTimeout * 1000, longestWaitMs), trace: context.output.debug },
  );
  const { revokeRefreshToken } = await import('../oidc/sign-off.ts');
  const ending = await revokeRefreshToken(server, tokens, lastWay);
  const refreshToken = { thing: 'refreshToken', ...remoteOutcome(ending, 'revoked') } as const;
  const lines = [refreshToken, ...accessTokenLines(tokens, now())].map((line) => receiptText(line));
  if (signal.aborted) {
    context.output.ifInterrupted(`The server had given tokens, and nothing was kept. ${lines.join('. ')}.`);
    return new Failure('interrupted', 'Cancelled.', { code: 'interrupted', cause: error });
  }
  if (!(error instanceof Failure)) return error;
  const { kind, message, code, hint, details, correlationId } = error;
  return new Failure(kind, message, {
    code,
    hint,
    details: [...details, ...lines.map((line) => ({ message: line }))],
    correlationId,
    cause: error,
  });
}
