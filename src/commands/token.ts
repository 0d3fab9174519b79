import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TokenSet } from '../auth/token-set.ts';
import { chosenClient } from '../config/client-settings.ts';
import { Failure } from '../errors.ts';
import {
  authorizationServer,
  currentSession,
  type Declare,
  type Invocation,
  sessionIdentity,
  sessionParts,
} from '../invocation.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime } from '../output/time.ts';
import type { Need } from '../session/freshness.ts';

interface TokenOptions {
  readonly clientCredentials?: true;
  readonly idToken?: true;
  readonly minTtl?: number;
  readonly refresh?: true;
  readonly introspect?: true;
  readonly format: keyof typeof formats;
}

/** How the token is written; `token` is the token, a newline and nothing else. */
const formats = {
  token: (token: string) => token,
  header: (token: string) => `Authorization: Bearer ${token}`,
  env: (token: string) => `PING14C_ACCESS_TOKEN=${token}`,
} as const;

const help = `
Prints the token and a newline, or nothing and an exit code: 4 means "sign in first". It never opens a browser.
  curl -H "$(ping14c token --format header)" …

--client-credentials asks for an application's own token. PingOne grants it the roles of the worker application;
scopes are asked for only when --scope is given, and self-service scopes (p1:…) are never granted this way.`;

export const declare: Declare = (command, start) => {
  command
    .option('--client-credentials', "print the application's own token instead of the user's")
    .option('--id-token', 'print the ID token instead of the access token')
    .option('--min-ttl <seconds>', 'renew a token that lives shorter than this', seconds)
    .option('--refresh', 'renew the token even if it is still good')
    .option('--introspect', 'print what the server says about the token instead of the token')
    .addOption(new Option('--format <format>', 'how to write it').choices(Object.keys(formats)).default('token'))
    .addHelpText('after', help)
    .action(async (options: TokenOptions, self: Command) => {
      const invocation = await start(self);
      const tokens = options.clientCredentials
        ? await applicationTokens(invocation, options)
        : await userTokens(invocation, options);
      if (options.introspect) await printIntrospection(invocation, tokens, options);
      else await print(invocation, tokens, options);
    });
};

async function userTokens(invocation: Invocation, options: TokenOptions): Promise<TokenSet> {
  const session = await currentSession(invocation, needOf(options));
  if (!options.refresh) return session.tokens;
  const renewed = await currentSession(invocation, { ...needOf(options), rejected: session.tokens.accessToken });
  return renewed.tokens;
}

/** Kept until it expires, apart from the user's session. */
async function applicationTokens(invocation: Invocation, options: TokenOptions): Promise<TokenSet> {
  const { settings, output, runtime } = invocation;
  const { clientId, authMethod } = chosenClient(settings, 'application');
  // The default scopes are a user's; a worker asks for none (pingone-api.md, section 4.4).
  const scope = settings.all.scope?.origin.kind === 'flag' ? settings.all.scope.value : '';
  const { cachedTokens } = await import('../session/client-credentials-cache.ts');
  const parts = await sessionParts(invocation);
  const key = { ...sessionIdentity({ ...invocation, settings: withClient(settings, clientId) }), authMethod, scope };
  const obtain = async () => {
    const [{ clientCredentials }, client] = await Promise.all([
      import('../auth/client-credentials.ts'),
      authorizationServer(invocation, 'application'),
    ]);
    return clientCredentials(client, { scope: scope.split(' ').filter(Boolean) }, runtime);
  };
  const first = await cachedTokens(parts, key, obtain, needOf(options));
  const { tokens, problem } = options.refresh
    ? await cachedTokens(parts, key, obtain, { ...needOf(options), rejected: first.tokens.accessToken })
    : first;
  if (problem) output.warn(`The token could not be kept: ${problem.message}`);
  return tokens;
}

function withClient(settings: Invocation['settings'], clientId: string): Invocation['settings'] {
  const origin = settings.all.clientId?.origin ?? { kind: 'default', name: 'default' };
  return { ...settings, all: { ...settings.all, clientId: { value: clientId, origin } } };
}

async function print({ output }: Invocation, tokens: TokenSet, options: TokenOptions): Promise<void> {
  const { expiresAt, scope } = tokens;
  const token = wantedToken(tokens, options);
  await output.result({
    text: formats[options.format](token),
    document: {
      schemaVersion: 1,
      ...(options.idToken ? { idToken: token } : { accessToken: token, tokenType: 'Bearer' }),
      ...(expiresAt === undefined || options.idToken ? {} : { expiresAt: isoTime(expiresAt) }),
      ...(scope ? { scope } : {}),
    },
  });
}

/** The server's own word on the token (RFC 7662), asked as the client that the token was issued to. */
async function printIntrospection(invocation: Invocation, tokens: TokenSet, options: TokenOptions): Promise<void> {
  const { output } = invocation;
  const [{ columns }, { introspect }, client] = await Promise.all([
    import('../output/columns.ts'),
    import('../auth/introspect.ts'),
    authorizationServer(invocation, options.clientCredentials ? 'application' : 'user'),
  ]);
  const said = await introspect(client, wantedToken(tokens, options));
  const rows = Object.entries(said).map(([name, value]) =>
    [name, typeof value === 'string' ? value : JSON.stringify(value)].map(safeText),
  );
  await output.result({
    text: columns(['', ''], rows, { columns: output.columns, paint: output.paint }),
    document: { schemaVersion: 1, introspection: said },
  });
}

function wantedToken({ accessToken, idToken }: TokenSet, options: TokenOptions): string {
  if (!options.idToken) return accessToken;
  if (idToken) return idToken;
  throw new Failure('failed', 'There is no ID token: none was issued with this token.', {
    code: 'id_token_missing',
    hint: 'Sign in with the scope "openid"; applications have no ID token.',
  });
}

function needOf({ minTtl }: TokenOptions): Need {
  return minTtl === undefined ? {} : { minTtlMs: minTtl * 1000 };
}

function seconds(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It is not a number of seconds.');
  return Number(text);
}
