import type { Command } from 'commander';
import {
  clientOf,
  endpointsOf,
  fittingSecret,
  placeOf,
  required,
  type SettingFlags,
  type Settings,
} from '../config/settings.ts';
import { namedBrowser } from '../display.ts';
import { Failure } from '../errors.ts';
import { stateFolder } from '../files/folders.ts';
import type { Fetch } from '../http/connection.ts';
import { proxyVariables } from '../http/proxy.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import type { ClientSettings } from '../oidc/client-settings.ts';
import type { Observe } from '../oidc/protocol-events.ts';
import { nothingChanged, type Output } from '../output/output.ts';
import type { Runtime } from '../runtime.ts';
import { readClientSecret } from '../session/client-secret.ts';
import { openStore } from '../session/open-store.ts';
import type { ExpectedSession, SessionIdentity } from '../session/session.ts';
import type { Way } from '../session/shared-failure.ts';
import type { SessionParts } from '../session/stored-session.ts';

/** What every command starts from, even one that is there to mend the settings. */
export interface CommandContext {
  readonly runtime: Runtime;
  readonly output: Output;
  /** Whether a person is there to answer: a terminal, no `CI`, no `--no-input`. */
  readonly interactive: boolean;
  /** The profile that `-P` or `PING14C_PROFILE` names, whether it exists or not; absent where neither does. */
  readonly namedProfile: string | undefined;
  /** The settings that were given as flags, in the text that was typed. */
  readonly flags: SettingFlags;
  /** Runs another command line, as `main` does. */
  readonly run: Run;
}

/** Runs one command line to its end and returns the exit code; it has printed its own errors by then. */
export type Run = (argv: readonly string[], runtime: Runtime) => Promise<number>;

/** What a command that talks to PingOne starts from: it has the settings too, and all of them are fit. */
export interface ConfiguredContext extends CommandContext {
  readonly settings: Settings;
}

/** The two ways to make a command's context from the flags that commander has read. Every action begins with one of them. */
interface Contexts {
  /** Resolves the settings. @throws Failure `usage` when the profile is missing or a setting has an unfit value. */
  readonly configured: (command: Command) => Promise<ConfiguredContext>;
  readonly unconfigured: (command: Command) => CommandContext;
}

/** Of the commands that say by themselves only what most people want to know. */
export interface VerboseOption {
  readonly verbose?: true;
}

/** Declares that option, for commander. @param more what is said with it */
export function verbose(more: string): readonly [flags: string, description: string] {
  return ['--verbose', `say more: ${more}`];
}

/** A command file's declaration: its options, help and action, put on the given command. */
export type Declare = (command: Command, contexts: Contexts) => void;

/** The way to PingOne's servers that the settings name. It shows when an answer is waited for. */
export async function connection(context: ConfiguredContext): Promise<Fetch> {
  const { runtime, output, settings } = context;
  const { connect } = await import('../http/connection.ts');
  const send = await connect(runtime, {
    caFile: settings.values.caFile,
    timeoutMs: settings.values.httpTimeout * 1000,
    trace: output.debug,
  });
  return showingWaits(send, context);
}

/** The same way, which says whose answer is waited for when that takes long. */
export async function showingWaits(send: Fetch, { runtime, output }: CommandContext): Promise<Fetch> {
  const { waitSign } = await import('../output/wait-sign.ts');
  const showing = waitSign(runtime, output);
  return (url, init) => showing(new URL(url).host, send(url, init));
}

/**
 * Discovers the client's authorization server. This loads openid-client.
 *
 * @param client where it is left out, the client that users sign in to
 * @param way to the server; where it is left out, the one that the settings name
 * @throws Failure `usage` when a secret is needed and nobody is there to give it.
 */
export async function authorizationServer(
  context: ConfiguredContext,
  client: ClientSettings = clientOf(context.settings, 'user'),
  observe?: Observe,
  way: Promise<Fetch> = connection(context),
): Promise<AuthorizationServerClient> {
  const { runtime, output } = context;
  const clientSecret = needsSecret(client) ? await keptOrTypedSecret(context, client) : client.clientSecret;
  if (clientSecret) output.hide(clientSecret);
  const [{ discover }, fetch] = await Promise.all([import('../oidc/client.ts'), way]);
  return discover({ ...client, clientSecret }, fetch, runtime, observe);
}

function needsSecret({ authMethod, clientSecret }: ClientSettings): boolean {
  return authMethod.startsWith('client_secret') && !clientSecret;
}

async function keptOrTypedSecret(context: ConfiguredContext, client: ClientSettings): Promise<string | undefined> {
  const { runtime, interactive } = context;
  const { store } = await sessionParts(context);
  const kept = await readClientSecret(store, client);
  if (kept !== undefined || !interactive) return kept;
  // Only this question is asked quietly: most people have kept their secret, and what they type ahead is for their shell.
  const typed = await runtime.prompt.password({ message: `Client secret of ${client.clientId}:` }, runtime.signal);
  return fittingSecret('clientSecret', typed);
}

/**
 * What a session of this client belongs to.
 *
 * @param client where it is left out, the client that users sign in to
 * @throws Failure `usage` when the environment or client ID is missing.
 */
export function sessionIdentity(
  { settings }: ConfiguredContext,
  { issuer, clientId }: ClientSettings = clientOf(settings, 'user'),
): SessionIdentity {
  return { profile: settings.profile, issuer, environmentId: required(settings, 'environmentId'), clientId };
}

/** Which session these settings look for. @throws Failure `usage` as `sessionIdentity` does. */
export function expectedSession(context: ConfiguredContext): ExpectedSession {
  const { settings } = context;
  const origin = settings.origins.apiUrl ?? settings.origins.region;
  const from = origin.kind === 'default' ? 'the default region' : placeOf(origin);
  return { ...sessionIdentity(context), api: { base: endpointsOf(settings).apiBase, from } };
}

/** Where these settings keep sessions. */
export async function sessionParts(context: ConfiguredContext): Promise<SessionParts> {
  const { runtime, settings } = context;
  const folder = stateFolder(context);
  return { runtime, store: await openStore(settings.values.store, runtime, folder), stateFolder: folder };
}

/** Environment variables by which Node itself chooses whom it trusts and which way it takes. */
const wayVariables = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_USE_SYSTEM_CA'];

/** How these settings go to the client's authorization server: processes for which this differs may be answered differently. */
export function wayToServer(
  { runtime: { env }, settings: { values } }: ConfiguredContext,
  { issuer, authMethod, clientSecret, privateKeyFile }: ClientSettings,
): Way {
  const variables = [...proxyVariables(env), ...wayVariables].map((name) => `${name}=${env[name] ?? ''}`);
  return [issuer, authMethod, clientSecret, privateKeyFile, values.caFile, values.httpTimeout, ...variables];
}

/** Whether a browser may be started: always when `BROWSER` is set, else on a terminal only, where somebody sees it. */
export function startsBrowser({ runtime: { env, stderr } }: ConfiguredContext): boolean {
  const browser = namedBrowser(env);
  if (browser) return browser !== 'none';
  return Boolean(stderr.isTTY && !env['CI']);
}

/** The context of a command that changes something: an interruption says that nothing was changed, until something else is left. */
export function changing(context: CommandContext): CommandContext {
  context.output.ifInterrupted(nothingChanged);
  return context;
}

/** Runs a task that will ask for a secret: as `Prompt.quietly` does where somebody is there to be asked, else as it is. */
export function quietly<T>({ runtime, interactive }: CommandContext, task: () => Promise<T>): Promise<T> {
  return interactive ? runtime.prompt.quietly(task) : task();
}

/** @throws Failure `usage` where nobody can answer; `instead` names the flag or variable that makes the question unnecessary. */
export function requireInteractive({ interactive }: ConfiguredContext, question: string, instead: string): void {
  if (interactive) return;
  throw new Failure('usage', `${question} cannot be asked for: nobody is there to answer.`, {
    code: 'input_required',
    hint: instead,
  });
}
