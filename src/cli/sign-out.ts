import { type Profiles, profileNamed, readProfiles } from '../config/profiles.ts';
import { clientOf, endpointsOf, resolveSettings, type Settings } from '../config/settings.ts';
import { Failure, messageOf } from '../errors.ts';
import { configFolder, stateFolder, trustStateFolder } from '../files/folders.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import type { ClientSettings } from '../oidc/client-settings.ts';
import type { Ending, SignOffOutcome } from '../oidc/sign-off.ts';
import { safeText } from '../output/safe-text.ts';
import { type IndexEntry, listIndex } from '../session/account-index.ts';
import { clearCachedTokens } from '../session/client-credentials-cache.ts';
import { openStore } from '../session/open-store.ts';
import type { Session, SessionIdentity } from '../session/session.ts';
import { clearRehearsal, clearSession, isRehearsal } from '../session/stored-session.ts';
import { ping14c, type Wording, wording } from '../wording.ts';
import { authorizationServer, type CommandContext, type ConfiguredContext, startsBrowser } from './context.ts';
import {
  accessTokenLines,
  leftLines,
  localLine,
  type Receipt,
  type ReceiptLine,
  receiptText,
  remoteOutcome,
} from './receipt.ts';

interface SignOutOptions {
  /** Whether the sign-off page is opened where the session cannot be ended from here. */
  readonly browser?: true | undefined;
  /** Is told how things stand before that page is waited for. */
  readonly told?: (lines: readonly ReceiptLine[]) => void;
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
  { tokens }: Pick<Session, 'tokens'>,
  options: SignOutOptions = {},
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
    options.told?.([first, { thing: 'pingOneSession', ...remoteOutcome(pingOneSession, 'ended') }, ...accessToken]);
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

async function visit(
  context: ConfiguredContext,
  server: AuthorizationServerClient,
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
      server,
      idToken,
      postLogoutRedirectUri,
      certificate: await listenerCertificate({}, use, trustStateFolder(context), output),
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
  for (const entry of entries) {
    cleared.push(await clear(context, entry));
    context.output.ifInterrupted(leftBehind(cleared, entries));
  }
  return Promise.all(
    cleared.map(async ({ session, ...receipt }) => {
      if (!session) return receipt;
      return { ...receipt, lines: [...receipt.lines, ...(await endElsewhere(context, receipt.entry, session))] };
    }),
  );
}

/** What an interruption leaves of `logout --all`. */
function leftBehind(cleared: readonly Cleared[], entries: readonly IndexEntry[]): Wording {
  const lines = cleared.flatMap(({ entry, lines, store }) =>
    lines.map((line) => `Profile "${safeText(entry.profile)}": ${receiptText(line, store.place)}. `),
  );
  const done = `${lines.join('')}Their sessions at PingOne may still be valid.`;
  if (cleared.length === entries.length) return done;
  return wording`${done} ${ping14c('logout --all')} removes the rest from this machine.`;
}

async function clear(context: CommandContext, entry: IndexEntry): Promise<Cleared> {
  const { runtime } = context;
  const thing = entry.kind === 'session' ? 'session' : 'applicationToken';
  const folder = stateFolder(context);
  try {
    const store = await openStore(entry.store, runtime, folder);
    const parts = { runtime, store, stateFolder: folder };
    if (isRehearsal(entry)) {
      await clearRehearsal(parts, entry.account);
      return { entry, store, lines: [{ thing, outcome: 'none' }] };
    }
    if (entry.kind === 'session') {
      const found = await clearSession(parts, entry);
      const session = found.kind === 'session' ? found.session : undefined;
      return { entry, store, lines: [localLine(found)], session };
    }
    const { removed, tokens } = await clearCachedTokens(parts, entry.account);
    const left = tokens ? accessTokenLines(tokens, runtime.now()) : [];
    return { entry, store, lines: [{ thing, outcome: removed ? 'cleared' : 'none' }, ...left] };
  } catch (error) {
    // An interruption is no Error, and ends the command.
    if (!(error instanceof Error)) throw error;
    return { entry, store: { place: entry.store }, lines: [{ thing, outcome: 'failed', reason: messageOf(error) }] };
  }
}

async function endElsewhere(
  context: CommandContext,
  entry: IndexEntry,
  session: Session,
): Promise<readonly ReceiptLine[]> {
  try {
    const saved = await readableProfiles(context);
    const { flags, runtime } = context;
    const profile = { name: entry.profile, isNamed: true, values: profileNamed(saved, entry.profile) ?? {} };
    const settings = resolveSettings(flags, runtime.env, profile);
    // Where Ping's variables are in force, the session may have come from them.
    const others = [
      resolveSettings(flags, runtime.env, { ...profile, isNamed: false }),
      resolveSettings({}, {}, profile),
    ];
    const client = clientOfStored(entry, [settings, ...others]);
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

/** The settings that say which client it is. One that names none because it is unfit is another's. */
const namesOfClient = ['environmentId', 'clientId', 'region', 'customDomain', 'authUrl'] as const;

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
      namesOfClient.every((key) => !settings.unfit.has(key)) &&
      settings.values.environmentId === environmentId &&
      settings.values.clientId === clientId &&
      endpointsOf(settings).issuer === issuer,
  );
  return own ? clientOf(own, 'user') : { issuer, clientId, authMethod: 'none' };
}
