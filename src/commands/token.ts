import type { Command } from 'commander';
import { choiceOption } from '../cli/choices.ts';
import { authorizationServer, type ConfiguredContext, type Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { addTokenOptions, selectedTokens, type TokenSelection } from '../cli/tokens.ts';
import { clientOf, type TokenOwner } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { TokenSet } from '../oidc/token-set.ts';
import { safeJson, safeText } from '../output/safe-text.ts';
import { isoTime } from '../output/time.ts';
import { ping14c, wording } from '../wording.ts';

interface TokenOptions extends TokenSelection {
  readonly decode?: true;
  readonly introspect?: true;
  readonly format?: Format;
}

type Format = 'token' | 'header' | 'env' | 'json';

/** How each format writes the token; `token` is the token, a newline and nothing else. */
const formats: Readonly<Record<Exclude<Format, 'json'>, (token: string, options: TokenOptions) => string>> = {
  token: (token) => token,
  header: (token) => `Authorization: Bearer ${token}`,
  env: (token, { idToken }) => `${idToken ? 'PING14C_ID_TOKEN' : 'PING14C_ACCESS_TOKEN'}=${token}`,
};

const allFormats = [...Object.keys(formats), 'json'];

const help = `
Exit code 4 means "sign in first"; a browser is never opened. An application's token
has the roles of the worker application, and --scope only where it is given.`;

export const declare: Declare = (command, contexts) => {
  addTokenOptions(command);
  command
    .description('Print a valid access token, renewed if need be, and nothing else.')
    .option('--id-token', 'the ID token instead')
    .option('--decode', 'what it says, and what of that was verified')
    .option('--introspect', 'what the server says of it')
    .addOption(choiceOption('--format <format>', 'how to write it', allFormats))
    .addHelpText(
      'before',
      examples(
        ['ping14c token', "the user's"],
        ['ping14c token --client-credentials', "the application's own"],
        ['curl -H "$(ping14c token --format header)" …', 'in a request'],
      ),
    )
    .addHelpText('after', help)
    .action(async (options: TokenOptions, self: Command) => {
      const context = await contexts.configured(self);
      refuseConflicts(options, context.output.json);
      const tokens = await selectedTokens(context, options);
      const { text, document } = await answerOf(context, tokens, options);
      await context.output.result({ text: options.format === 'json' ? safeJson(document) : text, document });
    });
};

/** Options that contradict each other or would be misunderstood, refused before anything is asked of a person or a server. */
const conflicts: readonly (readonly [why: string, applies: (options: TokenOptions, json: boolean) => boolean])[] = [
  [
    'Applications have no ID token: leave out --id-token or --client-credentials.',
    ({ idToken, clientCredentials }) => Boolean(idToken && clientCredentials),
  ],
  ['Use either --decode or --introspect.', ({ decode, introspect }) => Boolean(decode && introspect)],
  [
    '--decode and --introspect print no token: leave out --format, or use --format json.',
    ({ decode, introspect, format = 'json' }) => Boolean(decode || introspect) && format !== 'json',
  ],
  [
    'An ID token lets nobody in anywhere: leave out --id-token or --format header.',
    ({ idToken, format }) => Boolean(idToken) && format === 'header',
  ],
  [
    '--min-ttl is about the access token: leave out --id-token, or renew both with --refresh.',
    ({ idToken, minTtl }) => Boolean(idToken) && minTtl !== undefined,
  ],
  ['Use either --json or --format.', ({ format = 'json' }, json) => json && format !== 'json'],
];

function refuseConflicts(options: TokenOptions, json: boolean): void {
  for (const [why, applies] of conflicts) {
    if (applies(options, json)) {
      throw new Failure('usage', why, { code: 'conflicting_options', hint: wording`See ${ping14c('token --help')}.` });
    }
  }
}

interface Answer {
  readonly text: string;
  readonly document: object;
}

async function answerOf(context: ConfiguredContext, tokens: TokenSet, options: TokenOptions): Promise<Answer> {
  const token = tokenOf(tokens, options);
  if (options.decode) return decoded(context, token, options);
  if (options.introspect) return introspected(context, token, options);
  const { expiresAt, scope } = tokens;
  const { format = 'token' } = options;
  return {
    text: format === 'json' ? '' : formats[format](token, options),
    document: options.idToken
      ? { schemaVersion: 1, idToken: token, scope }
      : { schemaVersion: 1, accessToken: token, tokenType: 'Bearer', expiresAt: isoTime(expiresAt), scope },
  };
}

/** Tells what the token says, and how much of that may be believed. */
async function decoded(context: ConfiguredContext, token: string, options: TokenOptions): Promise<Answer> {
  const { output, settings, runtime } = context;
  const owner = ownerOf(options);
  const client = clientOf(settings, owner);
  const { inspectToken, inspectionDocument, inspectionText } = await import('../oidc/token-inspection.ts');
  const expected = { ...client, kind: options.idToken ? 'idToken' : 'accessToken', owner } as const;
  // Without a network the signature cannot be checked; everything else is told all the same.
  const server = await authorizationServer(context, client).catch((error: unknown) => {
    if (error instanceof Failure && error.kind === 'unreachable') return error;
    throw error;
  });
  const keys = server instanceof Failure ? server : server.keys;
  const inspection = await inspectToken(token, keys, expected, runtime);
  for (const { name, outcome, reason } of inspection.checks) {
    if (outcome === 'failed') output.warn(`This token is not trustworthy: ${name}, ${reason}.`);
  }
  return { text: inspectionText(inspection, output), document: inspectionDocument(inspection) };
}

/** Tells what the server says of the token (RFC 7662) to the client that it was issued to. */
async function introspected(context: ConfiguredContext, token: string, options: TokenOptions): Promise<Answer> {
  const { output, settings } = context;
  const [{ table }, { introspect }, server] = await Promise.all([
    import('../output/table.ts'),
    import('../oidc/introspection.ts'),
    authorizationServer(context, clientOf(settings, ownerOf(options))),
  ]);
  const introspection = await introspect(server, token);
  if (!introspection.active) {
    output.note('The token has expired, was revoked, or was issued to another client.');
    output.note(wording`To see whether the session is still valid, run ${ping14c('status --check')}.`);
  }
  const rows = Object.entries(introspection).map(([name, value]) =>
    [name, typeof value === 'string' ? value : JSON.stringify(value)].map(safeText),
  );
  return { text: table(['', ''], rows, output), document: { schemaVersion: 1, introspection } };
}

function ownerOf({ clientCredentials }: TokenOptions): TokenOwner {
  return clientCredentials ? 'application' : 'user';
}

function tokenOf(tokens: TokenSet, options: TokenOptions): string {
  if (!options.idToken) return tokens.accessToken;
  if (tokens.idToken) return tokens.idToken;
  throw new Failure('failed', 'There is no ID token: PingOne gave none.', {
    code: 'id_token_missing',
    hint: 'Sign in with the scope "openid".',
  });
}
