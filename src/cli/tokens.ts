import { type Command, InvalidArgumentError } from 'commander';
import { clientOf } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { TokenSet } from '../oidc/token-set.ts';
import { duration } from '../output/time.ts';
import { readClientSecret } from '../session/client-secret.ts';
import type { Need } from '../session/token-need.ts';
import { authorizationServer, type ConfiguredContext, sessionIdentity, sessionParts, wayToServer } from './context.ts';
import { currentSession } from './current-session.ts';

/** Which tokens a command is to work with, as its options say. */
export interface TokenSelection {
  readonly clientCredentials?: true;
  /** In seconds. */
  readonly minTtl?: number;
  readonly refresh?: true;
  /** The command hands on the ID token, which a sign-in that gave no access token has too. */
  readonly idToken?: true;
}

/** Adds the options that every command has which hands a token on. */
export function addTokenOptions(command: Command): void {
  command
    .option('--client-credentials', "the application's own instead of the user's")
    .option('--min-ttl <seconds>', 'renew one that lives shorter than this', seconds)
    .option('--refresh', 'renew it even if it is still good');
}

/**
 * Reads the selected tokens, and renews or obtains them where that is needed. Warns of a new one that lives shorter than
 * was asked.
 *
 * @throws Failure `signInNeeded` when there is no session or it has ended, `refused` when the application gets no token.
 */
export async function selectedTokens(context: ConfiguredContext, selection: TokenSelection): Promise<TokenSet> {
  const tokens = await (selection.clientCredentials ? applicationTokens : userTokens)(context, selection);
  const { runtime, output } = context;
  const wantedMs = (selection.minTtl ?? 0) * 1000;
  const leftMs = (tokens.expiresAt ?? Number.POSITIVE_INFINITY) - runtime.now();
  // A second is tolerated, because the answer takes time on its way.
  if (leftMs < wantedMs - 1000) {
    output.warn(
      `The token is good for ${duration(leftMs)}, not for the ${duration(wantedMs)} that you asked for: PingOne gives none that lasts longer.`,
    );
  }
  if (wantedMs > 0 && tokens.expiresAt === undefined)
    output.warn('The server does not say how long the token is good.');
  return tokens;
}

async function userTokens(context: ConfiguredContext, selection: TokenSelection): Promise<TokenSet> {
  return (await currentSession(context, needOf(selection))).tokens;
}

/** An application's token is kept until it expires, apart from the user's session. */
async function applicationTokens(context: ConfiguredContext, selection: TokenSelection): Promise<TokenSet> {
  const { settings, output, runtime } = context;
  const client = clientOf(settings, 'application');
  // The default scopes are for users; a worker asks for none (docs/pingone.md, section 4.4).
  const scope = settings.origins.scope.kind === 'flag' ? settings.values.scope : [];
  const { cachedTokens } = await import('../session/client-credentials-cache.ts');
  const parts = { ...(await sessionParts(context)), way: wayToServer(context, client) };
  const credential = client.clientSecret ?? client.privateKeyFile ?? (await readClientSecret(parts.store, client));
  const identity = sessionIdentity(context, client);
  const key = { ...identity, authMethod: client.authMethod, scope: scope.join(' '), credential };
  const obtain = async () => {
    const [{ clientCredentials }, server] = await Promise.all([
      import('../oidc/client-credentials.ts'),
      authorizationServer(context, client),
    ]);
    return clientCredentials(server, { scope }, runtime).catch((error: unknown) => {
      throw runtime.signal.aborted ? cancelledWhileAsking(error) : error;
    });
  };
  const { tokens, problem } = await cachedTokens(parts, key, obtain, needOf(selection));
  if (problem) output.warn(`The token could not be saved: ${problem.message}`);
  return tokens;
}

/** There is nothing to wait for: what comes could not be revoked. */
function cancelledWhileAsking(cause: unknown): Failure {
  const message =
    'Cancelled. The server was asked for a token: it may have given one, which was not kept, and which PingOne cannot revoke; how long it lives is not known.';
  return new Failure('interrupted', message, { code: 'interrupted', cause });
}

function needOf({ minTtl, idToken, refresh }: TokenSelection): Need {
  return { identityOnly: idToken === true, anew: refresh, minTtlMs: minTtl === undefined ? undefined : minTtl * 1000 };
}

function seconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Use a number of seconds.');
  return Number(text);
}
