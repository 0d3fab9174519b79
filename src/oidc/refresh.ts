import { decodeJwt } from 'jose';
import { customFetch, refreshTokenGrant, type TokenEndpointResponse } from 'openid-client';
import { Failure } from '../errors.ts';
import { neverSent } from '../http/unreachable.ts';
import { parsedObject, textIn } from '../json.ts';
import { localTime } from '../output/time.ts';
import type { Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import { type AuthorizationServerClient, toleratedSkewSeconds } from './client.ts';
import { authFailure } from './failures.ts';
import { prepareKeys, verifyIdToken } from './id-token.ts';
import { type TokenSet, tokenSetOf } from './token-set.ts';

/** What is to be refreshed: the tokens that are stored, and whose they are. */
interface Refreshable {
  readonly tokens: { readonly refreshToken: string; readonly idToken?: string | undefined };
  readonly subject: string;
}

/**
 * Is told the refresh token that the server has put in the old one's place, before anything else of its answer is judged:
 * the old one is worth nothing by then, so that an answer which is refused would take the session with it.
 */
export type KeepRotated = (refreshToken: string) => Promise<void>;

/** What became of a refresh. Without new tokens the failure is what to tell the person, if they cannot do without. */
export type RefreshOutcome =
  /** What is absent among the tokens stays as it was. */
  | { readonly kind: 'renewed'; readonly tokens: TokenSet }
  /** No answer came, so that nothing is known of the session: it goes on. */
  | { readonly kind: 'unanswered'; readonly failure: Failure }
  /** Server or clock are in trouble: the session goes on, with the rotated refresh token where one came. */
  | { readonly kind: 'unusable'; readonly failure: Failure }
  /** The request was refused for another reason than its refresh token: the session goes on once that is mended. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** The refresh token is not accepted any more. */
  | { readonly kind: 'dead'; readonly failure: Failure }
  /** The answer's ID token names another user or issuer, or is not valid: the session must end. */
  | { readonly kind: 'untrusted'; readonly failure: Failure };

/**
 * Fresh tokens for the user who is signed in, and for nobody else (RFC 6749, section 6; OpenID Connect Core, section 12.2).
 * It rejects with an interruption only.
 *
 * @param connected the way to the server, which may fail like everything on it
 */
export async function refresh(
  connected: Promise<AuthorizationServerClient>,
  refreshable: Refreshable,
  keepRotated: KeepRotated,
  runtime: Runtime,
): Promise<RefreshOutcome> {
  try {
    const server = await connected;
    refuseClockBehind(refreshable.tokens.idToken, runtime.now());
    // The keys come first: if they could not be had once the refresh token is spent, the session would be lost.
    await prepareKeys(server);
    return await renewedBy(server, refreshable, keepRotated, runtime);
  } catch (error) {
    if (error instanceof Failure) return withoutTokens(error);
    throw error;
  }
}

async function renewedBy(
  server: AuthorizationServerClient,
  { tokens: { refreshToken }, subject }: Refreshable,
  keepRotated: KeepRotated,
  runtime: Runtime,
): Promise<RefreshOutcome> {
  try {
    const answer = await requestTokens(server, refreshToken, keepRotated);
    const expected = { subject, accessToken: answer.access_token };
    if (answer.id_token) await verifyIdToken(server, answer.id_token, expected, runtime);
    return { kind: 'renewed', tokens: tokenSetOf(answer, runtime.now()) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'id_token_not_valid') return { kind: 'untrusted', failure: untrusted(error) };
    return withoutTokens(error.code === 'token_not_timely' ? keptAnyway(error) : error);
  }
}

function withoutTokens(failure: Failure): RefreshOutcome {
  switch (failure.kind) {
    case 'unreachable':
      return { kind: 'unanswered', failure };
    case 'failed':
      return { kind: 'unusable', failure };
    case 'signInNeeded':
      return { kind: 'dead', failure };
    default:
      return { kind: 'refused', failure };
  }
}

/**
 * The request, seen before openid-client sees its answer: the library judges the ID token's times by the system's clock, and
 * with what it refuses the new refresh token would be gone.
 */
async function requestTokens(
  server: AuthorizationServerClient,
  refreshToken: string,
  keepRotated: KeepRotated,
): Promise<TokenEndpointResponse> {
  const { configuration } = server;
  const { [customFetch]: send } = configuration;
  let answered = false;
  configuration[customFetch] = async (url, options) => {
    const response = await send(url, options);
    answered = !fromGateways.has(response.status);
    const rotated = response.status === 200 ? await refreshTokenIn(response.clone()) : undefined;
    if (rotated !== undefined) await keepRotated(rotated);
    return response;
  };
  try {
    return await refreshTokenGrant(configuration, refreshToken);
  } catch (error) {
    const failure = await authFailure(error, { ...server, step: 'refresh' });
    throw failure instanceof Failure && !answered && !neverSent(failure) ? answerLost(failure) : failure;
  } finally {
    configuration[customFetch] = send;
  }
}

async function refreshTokenIn(response: Response): Promise<string | undefined> {
  return textIn(parsedObject(await response.text()) ?? {}, 'refresh_token');
}

/** The server dated the stored ID token: with a clock before that, its next one would be refused, and is not asked for. */
function refuseClockBehind(idToken: string | undefined, now: number): void {
  const issuedAt = (issueTime(idToken) ?? 0) * 1000;
  if (issuedAt <= now + toleratedSkewSeconds * 1000) return;
  throw new Failure(
    'failed',
    `The clock of this machine is behind: it shows ${localTime(now)}, and the server dated your session ${localTime(issuedAt)}.`,
    { code: 'clock_behind', hint: 'Set the clock, then try again. Nothing was sent, and the session is kept.' },
  );
}

/** Seconds since the epoch, as the stored token says; it was verified before it was stored. What is absent is no JWT either. */
function issueTime(idToken: string | undefined): number | undefined {
  try {
    return decodeJwt(String(idToken)).iat;
  } catch {
    return undefined;
  }
}

/** A gateway that speaks for a server whose answer it has not got (RFC 9110, sections 15.6.3 and 15.6.5). */
const fromGateways: ReadonlySet<number> = new Set([502, 504]);

/** The server may have rotated the refresh token: then the stored one is worth nothing, and the next try says that it ended. */
function answerLost(lost: Failure): Failure {
  const { kind, message, code, hint, details, correlationId } = lost;
  return new Failure(kind, `${message} The server may have renewed the session anyway.`, {
    code,
    details,
    correlationId,
    hint: wording`${hint ?? 'Try again.'} If the session has ended by then, sign in again with ${ping14c('login')}.`,
    cause: lost,
  });
}

function keptAnyway(untimely: Failure): Failure {
  return new Failure(untimely.kind, `${untimely.message} The session is kept.`, untimely);
}

/** A session never changes its user or issuer silently: it ends (docs/security.md, rule 5). */
function untrusted(cause: Failure): Failure {
  return new Failure('signInNeeded', `The refreshed session cannot be trusted and is not used. ${cause.message}`, {
    code: cause.code,
    hint: wording`Sign in again with ${ping14c('login')}.`,
    cause,
  });
}
