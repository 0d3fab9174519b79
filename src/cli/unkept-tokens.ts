import { Failure } from '../errors.ts';
import { connect, type Fetch } from '../http/connection.ts';
import { neverSent } from '../http/unreachable.ts';
import { parsedObject, textIn } from '../json.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import type { HttpExchange, Observe } from '../oidc/protocol-events.ts';
import { lifetimeOf, type TokenSet } from '../oidc/token-set.ts';
import { type ConfiguredContext, connection, showingWaits } from './context.ts';
import { afterGrace } from './grace.ts';
import { accessTokenLines, receiptText, remoteOutcome } from './receipt.ts';

/** What the server has given in this sign-in, for as long as nothing keeps it. */
export interface UnkeptTokens {
  /** Looks on. Tokens are noted before anything of their answer is judged: what is refused then lives on at the server. */
  readonly observe: Observe;
  readonly hold: (tokens: TokenSet) => void;
  /** They are kept now. */
  readonly release: () => void;
  readonly held: () => TokenSet | undefined;
  /** A request for tokens was sent, and its answer will not come. */
  readonly lose: () => void;
  /** Whether the server may have given tokens of which nothing came here. */
  readonly areLost: () => boolean;
}

/** @param also whoever else wants to know what happens */
export function unkeptTokens(now: () => number, also: Observe = () => {}): UnkeptTokens {
  let held: TokenSet | undefined;
  let lost = false;
  const lose = () => {
    lost = true;
  };
  return {
    observe: (event) => {
      if (event.kind === 'callback') held = tokensIn(new URLSearchParams(event.callback.hash.slice(1)), now()) ?? held;
      if (event.kind === 'exchange') {
        held = tokensOf(event.exchange, now()) ?? held;
        if (isFromGateway(event.exchange)) lose();
        // Whoever still waits for the person has redeemed nothing (RFC 8628, section 3.5).
        if (isPending(event.exchange)) lost = false;
      }
      also(event);
    },
    hold: (tokens) => {
      held = tokens;
    },
    release: () => {
      held = undefined;
    },
    held: () => held,
    lose,
    areLost: () => lost,
  };
}

/** What a token endpoint gave, nothing of it checked. */
function tokensOf({ method, status, answer }: HttpExchange, now: number): TokenSet | undefined {
  const members = method === 'POST' && status === 200 ? parsedObject(answer) : undefined;
  return (
    members && tokenSetIn(textIn(members, 'access_token'), textIn(members, 'refresh_token'), members['expires_in'], now)
  );
}

/** What came through the browser in an implicit answer, nothing of it checked; there is no refresh token in it. */
function tokensIn(answer: URLSearchParams, now: number): TokenSet | undefined {
  return tokenSetIn(answer.get('access_token') ?? undefined, undefined, answer.get('expires_in') ?? undefined, now);
}

function tokenSetIn(
  accessToken: string | undefined,
  refreshToken: string | undefined,
  expiresIn: unknown,
  now: number,
): TokenSet | undefined {
  if (accessToken === undefined && refreshToken === undefined) return undefined;
  const lifetimeSeconds = lifetimeOf(expiresIn);
  const expiresAt = lifetimeSeconds === undefined ? undefined : now + lifetimeSeconds * 1000;
  return { accessToken: accessToken ?? '', refreshToken, expiresAt };
}

function isFromGateway({ form, status }: HttpExchange): boolean {
  return asksForTokens(form) && (status === 502 || status === 504);
}

function isPending({ form, answer }: HttpExchange): boolean {
  return asksForTokens(form) && parsedObject(answer)?.['error'] === 'authorization_pending';
}

/** Whether a form is a request to the token endpoint (RFC 6749, section 4.1.3; RFC 8628, section 3.4). */
function asksForTokens(form: unknown): boolean {
  return (typeof form === 'string' || form instanceof URLSearchParams) && new URLSearchParams(form).has('grant_type');
}

/**
 * The way to the server on which a request for tokens that is sent has a moment for its answer after Ctrl-C: what it gives can
 * be revoked then. All else ends with Ctrl-C.
 */
export async function patientWay(context: ConfiguredContext, unkept: UnkeptTokens): Promise<Fetch> {
  const { runtime } = context;
  let asking = 0;
  const signal = afterGrace(runtime, () => asking > 0);
  // One way for both, because each reads the authorities anew and shakes hands anew.
  const send = await connection({ ...context, runtime: { ...runtime, signal } });
  return async (url, init = {}) => {
    runtime.signal.throwIfAborted();
    if (!asksForTokens(init.body)) return send(url, { ...init, signal: endingWith(runtime.signal, init.signal) });
    asking += 1;
    try {
      return await send(url, init);
    } catch (error) {
      if (!(error instanceof Failure && neverSent(error))) unkept.lose();
      throw error;
    } finally {
      asking -= 1;
    }
  };
}

/** Who has pressed Ctrl-C waits no longer than this for the revocation; pressed again, it ends at once. */
const longestWaitMs = 10_000;

function endingWith(interrupted: AbortSignal, own: AbortSignal | null | undefined): AbortSignal {
  return own ? AbortSignal.any([interrupted, own]) : interrupted;
}

/**
 * Ends at the server what nobody can use from here, and says what lives on (docs/security.md, rule 40).
 *
 * @param error why the sign-in ended
 * @returns what is to be thrown
 */
export async function endUnkept(
  context: ConfiguredContext,
  server: AuthorizationServerClient,
  unkept: UnkeptTokens,
  error: unknown,
): Promise<unknown> {
  const tokens = unkept.held();
  if (tokens) {
    const lines = await revokedAndLeft(context, server, tokens);
    return saying(error, context, lines, 'The server had sent tokens; nothing was kept.');
  }
  return unkept.areLost() ? saying(error, context, [lostTokens], 'Nothing was kept.') : error;
}

const lostTokens =
  'The server was asked for tokens and did not answer: it may have issued some that stay valid for an unknown time';

/** What became of the tokens, a line each. */
async function revokedAndLeft(
  context: ConfiguredContext,
  server: AuthorizationServerClient,
  tokens: TokenSet,
): Promise<readonly string[]> {
  const { env, fetch, authorities, now, sleep } = context.runtime;
  const { caFile, httpTimeout } = context.settings.values;
  // With a signal of its own, because an interruption ends every other request.
  const lastWay = await connect(
    { env, fetch, authorities, now, sleep, signal: new AbortController().signal },
    { caFile, timeoutMs: Math.min(httpTimeout * 1000, longestWaitMs), trace: context.output.debug },
  );
  const { revokeRefreshToken } = await import('../oidc/sign-off.ts');
  const ending = await revokeRefreshToken(server, tokens, await showingWaits(lastWay, context));
  const refreshToken = { thing: 'refreshToken', ...remoteOutcome(ending, 'revoked') } as const;
  return [refreshToken, ...accessTokenLines(tokens, now())].map((line) => receiptText(line));
}

/** The failure, or the interruption, with what became of the tokens. */
function saying(
  error: unknown,
  { runtime, output }: ConfiguredContext,
  lines: readonly string[],
  cancelled: string,
): unknown {
  if (runtime.signal.aborted) {
    output.ifInterrupted(`${cancelled} ${lines.join('. ')}.`);
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
