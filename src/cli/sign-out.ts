import { type Profile, readProfiles } from '../config/profiles.ts';
import { endpointsOf, optional, required, resolveSettings, type Setting, type Settings } from '../config/settings.ts';
import { Failure, messageOf } from '../errors.ts';
import { configFolder, stateFolder } from '../files/folders.ts';
import type { Ending, SignOffOutcome } from '../oidc/sign-off.ts';
import type { TokenSet } from '../oidc/token-set.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime, localTime } from '../output/time.ts';
import { type IndexEntry, listIndex } from '../session/account-index.ts';
import { clearCachedTokens } from '../session/client-credentials-cache.ts';
import { openStore } from '../session/open-store.ts';
import type { Session, SessionIdentity, StoredSession } from '../session/session.ts';
import { clearSession } from '../session/stored-session.ts';
import { authorizationServer, type Invocation, startsBrowser, stateFolderOf, type Workplace } from './context.ts';

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
      import('../oidc/sign-off.ts'),
      import('../oidc/sign-off.ts'),
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
    import('../oidc/sign-off.ts'),
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

/** What became of one thing that was stored. */
export interface Receipt {
  readonly entry: IndexEntry;
  /** Where it was kept, in words. */
  readonly place: string;
  readonly lines: readonly ReceiptLine[];
}

interface Cleared extends Receipt {
  /** To be ended at the server, too. */
  readonly session?: Session;
}

/**
 * Forgets every session and application token of this state folder, whatever profile and store it is in, and then ends at
 * the servers what can be ended. What fails is a line of the receipt, and does not stop the rest.
 */
export async function signOutEverywhere(workplace: Workplace): Promise<readonly Receipt[]> {
  const entries = await listIndex(stateFolder(workplace));
  const cleared: Cleared[] = [];
  // One after the other: each may ask the keychain, which may ask the person.
  for (const entry of entries) cleared.push(await clear(workplace, entry));
  return Promise.all(
    cleared.map(async ({ session, ...receipt }) => {
      if (!session) return receipt;
      return { ...receipt, lines: [...receipt.lines, ...(await endElsewhere(workplace, receipt.entry, session))] };
    }),
  );
}

async function clear(workplace: Workplace, entry: IndexEntry): Promise<Cleared> {
  const { runtime } = workplace;
  const thing = entry.kind === 'session' ? 'session' : 'applicationToken';
  const folder = stateFolder(workplace);
  try {
    const store = await openStore(entry.store, runtime, folder);
    const parts = { runtime, store, stateFolder: folder };
    if (entry.kind === 'session') {
      const found = await clearSession(parts, entry);
      const session = found.kind === 'session' ? { session: found.session } : {};
      return { entry, place: store.place, lines: [localLine(found)], ...session };
    }
    const { removed, tokens } = await clearCachedTokens(parts, entry.account);
    const left = tokens ? accessTokenLines(tokens, runtime.now()) : [];
    return { entry, place: store.place, lines: [{ thing, outcome: removed ? 'cleared' : 'none' }, ...left] };
  } catch (error) {
    // An interruption is no answer: it ends the command.
    if (!(error instanceof Error)) throw error;
    return { entry, place: entry.store, lines: [{ thing, outcome: 'failed', reason: messageOf(error) }] };
  }
}

async function endElsewhere(
  workplace: Workplace,
  entry: IndexEntry,
  session: Session,
): Promise<readonly ReceiptLine[]> {
  try {
    const settings = await accountSettings(workplace, entry);
    // Nobody is asked for a secret for each of them.
    return await signOut({ ...workplace, interactive: false, settings }, session);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return leftLines(session.tokens, messageOf(error), workplace.runtime.now());
  }
}

/**
 * Settings with which to speak to the server of something stored, whatever profile is in use and what has become of its own
 * since. Where the present settings name another client, its secret is not taken for this one.
 */
async function accountSettings(workplace: Workplace, identity: SessionIdentity): Promise<Settings> {
  const { runtime, flags } = workplace;
  const { profiles } = await readProfiles(configFolder(workplace)).catch((error: unknown) => {
    if (error instanceof Failure) return { profiles: {} as Readonly<Record<string, Profile>> };
    throw error;
  });
  const name = identity.profile;
  const values = Object.hasOwn(profiles, name) ? (profiles[name] ?? {}) : {};
  const [present, own] = [
    resolveSettings(flags, runtime.env, { name, values }),
    resolveSettings({}, {}, { name, values }),
  ];
  if (belongsTo(present, identity)) return present;
  const { clientSecret: _secret, authMethod: _method, privateKey: _key, ...others } = present.all;
  const { authMethod, privateKey } = belongsTo(own, identity) ? own.all : {};
  return {
    profile: name,
    all: {
      ...others,
      ...addressOf(identity),
      clientId: known(identity.clientId, name),
      ...(authMethod ? { authMethod } : {}),
      ...(privateKey ? { privateKey } : {}),
    },
  };
}

function belongsTo(settings: Settings, { issuer, environmentId, clientId }: SessionIdentity): boolean {
  if (optional(settings, 'environmentId') !== environmentId || optional(settings, 'clientId') !== clientId)
    return false;
  return endpointsOf(settings).issuer === issuer;
}

/** The settings that make this issuer: see `issuerOf`. */
function addressOf({ issuer, environmentId, profile }: SessionIdentity): Settings['all'] {
  const ending = `/${environmentId}/as`;
  const environment = { environmentId: known(environmentId, profile) };
  if (!issuer.endsWith(ending)) return { ...environment, customDomain: known(new URL(issuer).host, profile) };
  return { ...environment, authUrl: known(issuer.slice(0, -ending.length), profile) };
}

function known(value: string, profile: string): Setting {
  return { value, origin: { kind: 'profile', name: profile } };
}

/** One line of the receipt: a thing, what became of it, and until when it is still good where it is. */
interface ReceiptLine {
  readonly thing: 'session' | 'applicationToken' | 'refreshToken' | 'pingOneSession' | 'accessToken';
  readonly outcome: 'cleared' | 'none' | 'revoked' | 'ended' | 'stillValid' | 'failed';
  readonly reason?: string;
  /** Milliseconds since the epoch. */
  readonly until?: number;
  /** Where the browser ends what could not be ended from here. */
  readonly url?: string;
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
  const said: Readonly<Record<ReceiptLine['outcome'], string>> = {
    cleared: `removed from ${place}`,
    none: 'there was none',
    revoked: 'revoked',
    ended: 'ended',
    stillValid: until === undefined ? 'still valid' : `still valid until ${localTime(until)}`,
    failed: 'could not be removed',
  };
  const why = reason ? ` (${reason})` : '';
  const where = url ? `; to end it, open ${url}` : '';
  return safeText(`${things[thing]}: ${said[outcome]}${why}${where}`);
}

export function receiptDocument({ until, ...line }: ReceiptLine) {
  return until === undefined ? line : { ...line, until: isoTime(until) };
}
