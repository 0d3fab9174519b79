import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { Failure, type FailureKind, messageOf } from '../errors.ts';
import { wrongAnswer } from '../http/wrong-answer.ts';
import { oauthError, type PingOneError, readPingOneError } from '../pingone/errors.ts';
import { ping14c, type Wording, wording } from '../wording.ts';
import type { AuthMethod, ClientSettings } from './client-settings.ts';
import { clockDifference, type ServerClock } from './server-clock.ts';

/** What was being done when it failed; the same refusal means different things at different steps. */
type ProtocolStep =
  | 'discovery'
  | 'sign-in'
  | 'pushed authorization'
  | 'device authorization'
  | 'token'
  | 'refresh'
  | 'userinfo'
  | 'introspection'
  | 'revocation'
  | 'sign-off';

interface FailureContext {
  readonly settings: Pick<ClientSettings, 'issuer' | 'clientId' | 'authMethod'>;
  readonly clock: ServerClock;
  readonly step: ProtocolStep;
}

/** Turns whatever openid-client threw into a `Failure` in words. Reads the answer's body where that holds the reason. */
export async function authFailure(thrown: unknown, context: FailureContext): Promise<unknown> {
  // The connection's own failures come wrapped, and so does the reason of an interruption, which is no error.
  for (let error = thrown; error instanceof Error; error = error.cause) if (error instanceof Failure) return error;
  if (thrown instanceof AuthorizationResponseError) {
    return refusalFailure(oauthError(thrown.error, thrown.error_description), context, thrown);
  }
  if (thrown instanceof ResponseBodyError) {
    const { error: code, error_description, response } = thrown;
    if (response.status === 429) return wrongAnswerFailure(response, context, thrown);
    return refusalFailure(oauthError(code, error_description, response.headers), context, thrown);
  }
  // openid-client makes a challenge of a refused Basic authentication; the error code is in the challenge's parameters.
  if (thrown instanceof WWWAuthenticateChallengeError) {
    const { error: challengeCode, error_description } = thrown.cause[0]?.parameters ?? {};
    const inBody = await readPreciseError(thrown.response);
    const code = challengeCode ?? inBody?.code ?? challengeCodes[context.step] ?? 'invalid_client';
    const error = inBody ?? oauthError(code, error_description, thrown.response.headers);
    return refusalFailure({ ...error, code }, context, thrown);
  }
  if (thrown instanceof ClientError) return unexpectedAnswer(thrown, context);
  return thrown;
}

/** The promise, whose failure comes in words: `authFailure` at this step. */
export function inWords<T>(
  promise: Promise<T>,
  server: Pick<FailureContext, 'settings' | 'clock'>,
  step: ProtocolStep,
): Promise<T> {
  return promise.catch(async (error: unknown) => {
    throw await authFailure(error, { ...server, step });
  });
}

/** A challenge without a code refuses the access token at userinfo, and the client everywhere else. */
const challengeCodes: Readonly<Partial<Record<ProtocolStep, string>>> = { userinfo: 'invalid_token' };

/**
 * The error in an answer, as the first of its details has it: where there are any, they say what the top only names a class
 * of. A token that is not accepted has one code, whichever grammar tells of it.
 */
export async function readPreciseError(answer: Response): Promise<PingOneError | undefined> {
  const error = await readPingOneError(answer);
  const [detail] = error?.details ?? [];
  if (!error) return undefined;
  const code = detail?.code ?? error.code;
  return {
    ...error,
    code: code === 'INVALID_TOKEN' ? 'invalid_token' : code,
    message: detail?.message ?? error.message,
  };
}

/** What a code says plainly at its step. PingOne's own words, which may be long and general, stand below it then. */
const plainFacts: Readonly<Partial<Record<ProtocolStep, Readonly<Record<string, string>>>>> = {
  refresh: { invalid_grant: 'The session has ended: PingOne no longer accepts its refresh token.' },
  'sign-in': { access_denied: 'You cancelled the sign-in, or PingOne refused it.' },
};

/** The failure in words for a request that the server has refused. */
export function refusalFailure(error: PingOneError, context: FailureContext, cause?: unknown): Failure {
  const { code, message, correlationId } = error;
  if (code === 'invalid_client') return clientRefused(error, context, cause);
  if (context.step === 'discovery') return noSuchEnvironment(error, context, cause);
  const remedy = remedyForCode(context.step, code);
  const deadRefresh = code === 'invalid_grant' && context.step === 'refresh';
  const facts = plainFacts[context.step] ?? {};
  const plain = Object.hasOwn(facts, code) ? facts[code] : undefined;
  return new Failure(
    deadRefresh ? 'signInNeeded' : (remedy?.kind ?? 'refused'),
    plain ?? `PingOne refused the ${context.step} request (${code})${message ? `: ${message}` : '.'}`,
    {
      code,
      details: plain && message ? [{ message: `PingOne: "${message}"` }] : [],
      hint: remedy?.hint ?? 'Run it again with --debug to see what was sent.',
      correlationId,
      cause,
    },
  );
}

/** Discovery takes nothing but the address, so the address is what is wrong. */
function noSuchEnvironment(
  { code, correlationId }: PingOneError,
  { settings }: FailureContext,
  cause: unknown,
): Failure {
  return new Failure('refused', `PingOne has no environment at ${settings.issuer} (${code}).`, {
    code,
    hint: 'Check the environment ID and the region, or --auth-url and --custom-domain.',
    correlationId,
    cause,
  });
}

/** PingOne says the same of an unknown client, a wrong secret and another method (docs/pingone.md, section 4.6). */
function clientRefused(
  { message, correlationId }: PingOneError,
  { settings, step }: FailureContext,
  cause: unknown,
): Failure {
  const { clientId, authMethod } = settings;
  // docs/pingone.md, section 10.
  const foreign = step === 'introspection' ? ' Or another client got the token; then your session is still good.' : '';
  const words = message ? ` and said: ${message}` : '.';
  return new Failure('refused', `PingOne did not accept the client ${clientId} with ${authMethod}${words}`, {
    code: 'invalid_client',
    hint:
      'PingOne does not say which is wrong, the client ID, the secret or the method: compare the client ID, the secret ' +
      'and "Token endpoint authentication method" in the console with --client-id, PING14C_CLIENT_SECRET and --auth-method. ' +
      `To try instead: ${methodsToTry(authMethod)}.${foreign}`,
    correlationId,
    cause,
  });
}

async function unexpectedAnswer(error: ClientError, context: FailureContext): Promise<Failure> {
  const response = responseIn(error);
  if (response) return wrongStatus(response, context, error);
  const reason = innermostReason(error);
  if (error.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return untimely(reason, context, error);
  return new Failure('failed', `PingOne's answer to the ${context.step} request is not valid: ${reason}.`, {
    code: /\bJWT\b|\bID Token\b/.test(reason) ? 'id_token_not_valid' : 'answer_not_valid',
    hint: 'It was not used. Check the region or --auth-url, the environment ID and the client ID.',
    cause: error,
  });
}

/** The failure for a token whose times do not fit. Where the clocks differ, it says by how much (docs/security.md, rule 9). */
export function untimely(reason: string, { clock }: Pick<FailureContext, 'clock'>, cause: unknown): Failure {
  const difference = clockDifference(clock.aheadMs());
  return new Failure('failed', `The times in the ID token are wrong: ${reason}.`, {
    code: 'token_not_timely',
    hint: difference
      ? `The clock of this machine is ${difference} the server's. Set the clock, then try again.`
      : 'Try again. The clock of this machine agrees with that of the server.',
    cause,
  });
}

async function wrongStatus(response: Response, context: FailureContext, cause: unknown): Promise<Failure> {
  const error = await readPreciseError(response);
  if (error && response.status < 500 && response.status !== 429) return refusalFailure(error, context, cause);
  return wrongAnswerFailure(response, context, cause);
}

function wrongAnswerFailure(response: Response, { settings, step }: FailureContext, cause: unknown): Failure {
  const { kind, what, code, hint } = wrongAnswer(response, { url: settings.issuer, baseFlag: '--auth-url' });
  return new Failure(kind, `${new URL(settings.issuer).host} answered the ${step} request ${what}.`, {
    code,
    hint,
    correlationId: response.headers.get('correlation-id') ?? undefined,
    cause,
  });
}

function responseIn(error: ClientError): Response | undefined {
  return error.cause instanceof Response ? error.cause : undefined;
}

/** The library's innermost words, which name the claim or the member; its outer ones only say that something is wrong. */
function innermostReason(error: Error): string {
  return error.cause instanceof Error ? innermostReason(error.cause) : messageOf(error);
}

/** Which sort of failure, and what to do about it. */
interface FailureRemedy {
  readonly kind?: FailureKind;
  readonly hint: Wording;
}

type Remedies = Readonly<Record<string, FailureRemedy>>;

/** By the code that RFC 6749, RFC 8628 and OpenID Connect Core define. */
const remedies: Remedies = {
  access_denied: {
    hint: wording`Run ${ping14c('login')} to try again, or ask your administrator.`,
  },
  login_required: { kind: 'signInNeeded', hint: wording`Run ${ping14c('login')} without --prompt none.` },
  interaction_required: { kind: 'signInNeeded', hint: wording`Run ${ping14c('login')} without --prompt none.` },
  consent_required: { kind: 'signInNeeded', hint: wording`Run ${ping14c('login')} without --prompt none.` },
  invalid_scope: {
    hint: 'Grant these scopes to the application (console: Applications, Resources), or ask for others with --scope.',
  },
  invalid_grant: { hint: wording`Run ${ping14c('login')} again.` },
  unauthorized_client: { hint: 'Allow this grant type for the application (console: Applications, Configuration).' },
  unsupported_grant_type: { hint: 'Allow this grant type for the application (console: Applications, Configuration).' },
  unsupported_response_type: {
    hint: 'Allow this response type for the application (console: Applications, Configuration).',
  },
  expired_token: { kind: 'unreachable', hint: wording`Run ${ping14c('login --device')} again for a new code.` },
  invalid_token: { kind: 'signInNeeded', hint: wording`Run ${ping14c('login')}.` },
  server_error: { kind: 'failed', hint: 'Try again in a moment.' },
  temporarily_unavailable: { kind: 'failed', hint: 'Try again in a moment.' },
};

/** At the authorization endpoint, where the one thing that a person may have left out is that the request is pushed. */
const signInRemedies: Remedies = {
  invalid_request: {
    hint: 'If the application requires pushed authorization requests (PAR), add --par. Otherwise run it again with --debug.',
  },
};

/** When an application asks for its own token, these codes mean something else (docs/pingone.md, section 4.4). */
const applicationRemedies: Remedies = {
  invalid_scope: {
    hint:
      'Give a worker application an administrator role (console: Applications, Roles); any other must ask with --scope ' +
      'for scopes of an API that were granted to it.',
  },
};

/** What a code means at one step only comes first. */
const remediesAt: Readonly<Partial<Record<ProtocolStep, Remedies>>> = {
  'sign-in': signInRemedies,
  token: applicationRemedies,
};

export function remedyForCode(step: ProtocolStep, code: string): FailureRemedy | undefined {
  // The code comes from outside, and every object has a `constructor`.
  const tables = [remediesAt[step] ?? {}, remedies];
  return tables.find((table) => Object.hasOwn(table, code))?.[code];
}

/** Which other methods the same credentials would do for: PingOne accepts one only (docs/pingone.md, section 4.1). */
const otherMethods: Readonly<Record<AuthMethod, string>> = {
  none: 'client_secret_basic or client_secret_post, where the application has a secret',
  client_secret_basic: 'client_secret_post or client_secret_jwt; none for a public client',
  client_secret_post: 'client_secret_basic or client_secret_jwt; none for a public client',
  client_secret_jwt: 'client_secret_basic or client_secret_post',
  private_key_jwt: 'the key whose public half the application has; client_secret_jwt where it has a secret',
};

function methodsToTry(used: AuthMethod): string {
  return otherMethods[used];
}
