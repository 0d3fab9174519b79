import { type Profiles, profileNamed, readProfiles } from '../config/profiles.ts';
import { clientOf, endpointsOf, resolveSettings, type Settings } from '../config/settings.ts';
import { Failure, messageOf } from '../errors.ts';
import { configFolder, stateFolder } from '../files/folders.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import type { ClientSettings } from '../oidc/client-settings.ts';
import type { Ending, SignOffOutcome } from '../oidc/sign-off.ts';
import type { TokenSet } from '../oidc/token-set.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime, localTime } from '../output/time.ts';
import { type IndexEntry, listIndex } from '../session/account-index.ts';
import { clearCachedTokens } from '../session/client-credentials-cache.ts';
import { openStore } from '../session/open-store.ts';
import type { Session, SessionIdentity } from '../session/session.ts';
import { clearSession, type StoredSession } from '../session/stored-session.ts';
import { authorizationServer, type CommandContext, type ConfiguredContext, startsBrowser } from './context.ts';

/** What became of the session on this machine. */
export function localLine({ kind }: StoredSession): ReceiptLine {
  if (kind === 'absent') return { thing: 'session', outcome: 'none' };
  const reason = kind === 'unreadable' ? 'it could not be read, so nothing could be revoked' : undefined;
  return { thing: 'session', outcome: 'cleared', reason };
}

/**
 * Ends at the server what can be ended of a session that this machine has forgotten already. It throws for an interruption
 * only: without a network its lines say what is still valid, and until when (docs/security.md, rule 25).
 *
 * @param client the one that the session is of
 */
export async function signOut(
  context: ConfiguredContext,
  client: ClientSettings,
  { tokens }: Session,
  options: { readonly browser?: true | undefined } = {},
): Promise<readonly ReceiptLine[]> {
  const accessToken = accessTokenLines(tokens, context.runtime.now());
  try {
    const [{ endSession, signOffUrl }, server] = await Promise.all([
      import('../oidc/sign-off.ts'),
      authorizationServer(context, client),
    ]);
    const { refreshToken, pingOneSession } = await endSession(server, tokens);
    const first = { thing: 'refreshToken', ...remoteOutcome(refreshToken, 'revoked') } as const;
    if (pingOneSession.kind === 'done') {
      return [first, { thing: 'pingOneSession', outcome: 'ended' }, ...accessToken];
    }
    const outcome = options.browser ? await visit(context, server, tokens.idToken) : 'noPage';
    // The ID token is left out of what is shown: the browser's own cookie says whose session it is.
    const url = ['notReturned', 'noPage'].includes(outcome) ? signOffUrl(server, undefined) : undefined;
    const line = remoteOutcome(afterVisit(outcome, pingOneSession), 'ended');
    return [first, { thing: 'pingOneSession', ...line, url }, ...accessToken];
  } catch (error) {
    // An interruption is no Error, and ends the command.
    if (!(error instanceof Error)) throw error;
    return leftLines(tokens, messageOf(error), context.runtime.now());
  }
}

/** The receipt where nothing could be ended at the server, and why. @param now in milliseconds since the epoch */
function leftLines(tokens: TokenSet, reason: string, now: number): readonly ReceiptLine[] {
  const left = { kind: 'left', reason } as const;
  const refreshToken: Ending = tokens.refreshToken ? left : { kind: 'none' };
  return [
    { thing: 'refreshToken', ...remoteOutcome(refreshToken, 'revoked') },
    { thing: 'pingOneSession', ...remoteOutcome(left, 'ended') },
    ...accessTokenLines(tokens, now),
  ];
}

/** Says that PingOne cannot revoke its API token (docs/pingone.md, section 10), where there is one that still lives. */
function accessTokenLines({ accessToken, expiresAt }: TokenSet, now: number): readonly ReceiptLine[] {
  if (accessToken === '' || (expiresAt !== undefined && expiresAt <= now)) return [];
  return [{ thing: 'accessToken', outcome: 'stillValid', reason: 'PingOne cannot revoke it', until: expiresAt }];
}

async function visit(
  context: ConfiguredContext,
  client: AuthorizationServerClient,
  idToken: string | undefined,
): Promise<SignOffOutcome> {
  const { runtime, output, settings } = context;
  const [{ visitSignOffPage }, { listenerCertificate }] = await Promise.all([
    import('../oidc/sign-off.ts'),
    import('../trust/listener-certificate.ts'),
  ]);
  const { postLogoutRedirectUri, timeout } = settings.values;
  const use = { redirectUri: postLogoutRedirectUri ?? 'http://127.0.0.1', now: runtime.now() };
  return visitSignOffPage(
    {
      client,
      idToken,
      postLogoutRedirectUri,
      certificate: await listenerCertificate({}, use, stateFolder(context), output),
      opensBrowser: startsBrowser(context),
      timeoutMs: timeout * 1000,
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

/** What became of one thing that was stored. */
export interface Receipt {
  readonly entry: IndexEntry;
  /** Where it was kept, in words. */
  readonly place: string;
  readonly lines: readonly ReceiptLine[];
}

interface Cleared extends Receipt {
  /** What is to be ended at the server, too. */
  readonly session?: Session | undefined;
}

/**
 * Forgets every session and application token of this state folder, whatever profile and store it is in, and then ends at
 * the servers what can be ended. A failure becomes a line of the receipt, and does not stop the rest.
 */
export async function signOutEverywhere(context: CommandContext): Promise<readonly Receipt[]> {
  const entries = await listIndex(stateFolder(context));
  const cleared: Cleared[] = [];
  // They are cleared one after the other, because the keychain may ask the person about each.
  for (const entry of entries) cleared.push(await clear(context, entry));
  return Promise.all(
    cleared.map(async ({ session, ...receipt }) => {
      if (!session) return receipt;
      return { ...receipt, lines: [...receipt.lines, ...(await endElsewhere(context, receipt.entry, session))] };
    }),
  );
}

async function clear(context: CommandContext, entry: IndexEntry): Promise<Cleared> {
  const { runtime } = context;
  const thing = entry.kind === 'session' ? 'session' : 'applicationToken';
  const folder = stateFolder(context);
  try {
    const store = await openStore(entry.store, runtime, folder);
    const parts = { runtime, store, stateFolder: folder };
    if (entry.kind === 'session') {
      const found = await clearSession(parts, entry);
      const session = found.kind === 'session' ? found.session : undefined;
      return { entry, place: store.place, lines: [localLine(found)], session };
    }
    const { removed, tokens } = await clearCachedTokens(parts, entry.account);
    const left = tokens ? accessTokenLines(tokens, runtime.now()) : [];
    return { entry, place: store.place, lines: [{ thing, outcome: removed ? 'cleared' : 'none' }, ...left] };
  } catch (error) {
    // An interruption is no Error, and ends the command.
    if (!(error instanceof Error)) throw error;
    return { entry, place: entry.store, lines: [{ thing, outcome: 'failed', reason: messageOf(error) }] };
  }
}

async function endElsewhere(
  context: CommandContext,
  entry: IndexEntry,
  session: Session,
): Promise<readonly ReceiptLine[]> {
  try {
    const saved = await readableProfiles(context);
    const profile = { name: entry.profile, values: profileNamed(saved, entry.profile) ?? {} };
    const settings = resolveSettings(context.flags, context.runtime.env, profile);
    const client = clientOfStored(entry, [settings, resolveSettings({}, {}, profile)]);
    // With many sessions, nobody wants to be asked for a secret for each of them.
    return await signOut({ ...context, interactive: false, settings }, client, session);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return leftLines(session.tokens, messageOf(error), context.runtime.now());
  }
}

/** The saved profiles, or none where the file cannot be used: that must not keep anybody signed in. */
async function readableProfiles(context: CommandContext): Promise<Pick<Profiles, 'profiles'>> {
  return readProfiles(configFolder(context)).catch((error: unknown) => {
    if (error instanceof Failure) return { profiles: {} };
    throw error;
  });
}

/**
 * The client to which something stored belongs, as the first of the known settings describe it that still name that client.
 * Where none do any more, it is taken for a public one: no other client's secret is sent in its place.
 */
function clientOfStored(
  { issuer, environmentId, clientId }: SessionIdentity,
  known: readonly Settings[],
): ClientSettings {
  const own = known.find(
    (settings) =>
      settings.values.environmentId === environmentId &&
      settings.values.clientId === clientId &&
      endpointsOf(settings).issuer === issuer,
  );
  return own ? clientOf(own, 'user') : { issuer, clientId, authMethod: 'none' };
}

/** One line of the receipt: a thing, what became of it, and until when it is still good where it is. */
interface ReceiptLine {
  readonly thing: 'session' | 'applicationToken' | 'refreshToken' | 'pingOneSession' | 'accessToken';
  readonly outcome: 'cleared' | 'none' | 'revoked' | 'ended' | 'stillValid' | 'failed';
  readonly reason?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly until?: number | undefined;
  /** Where the browser ends what could not be ended from here. */
  readonly url?: string | undefined;
}

/** What a line says of a thing that was ended at the server, or not. */
function remoteOutcome(ending: Ending, done: 'revoked' | 'ended'): Omit<ReceiptLine, 'thing'> {
  switch (ending.kind) {
    case 'done':
      return { outcome: done };
    case 'none':
      return { outcome: 'none' };
    case 'left':
      return { outcome: 'stillValid', reason: ending.reason };
    default:
      return ending satisfies never;
  }
}

const things: Readonly<Record<ReceiptLine['thing'], string>> = {
  session: 'Session on this machine',
  applicationToken: "Application's token on this machine",
  refreshToken: 'Refresh token',
  pingOneSession: 'Session at PingOne',
  accessToken: 'Access token',
};

/** @param place where it was kept, in words: `SessionStore.place` */
export function receiptText({ thing, outcome, reason, until, url }: ReceiptLine, place: string): string {
  const words: Readonly<Record<ReceiptLine['outcome'], string>> = {
    cleared: `removed from ${place}`,
    none: 'there was none',
    revoked: 'revoked',
    ended: 'ended',
    stillValid: until === undefined ? 'still valid' : `still valid until ${localTime(until)}`,
    failed: 'could not be removed',
  };
  const why = reason ? ` (${reason})` : '';
  const where = url ? `; to end it, open ${url}` : '';
  return safeText(`${things[thing]}: ${words[outcome]}${why}${where}`);
}

export function receiptDocument({ until, ...line }: ReceiptLine) {
  return { ...line, until: isoTime(until) };
}
