import {
  type CommandContext,
  type ConfiguredContext,
  connection,
  expectedSession,
  sessionIdentity,
  sessionParts,
  startsBrowser,
} from '../cli/context.ts';
import { checkEnvironment } from '../cli/environment-check.ts';
import { blamedSettings } from '../config/blamed-settings.ts';
import { chosenProfile, profilesFile, readProfiles, type SavedProfile, unknownSettings } from '../config/profiles.ts';
import { clientOf, endpointsOf, leftAside, required, resolveSettings, type Settings } from '../config/settings.ts';
import { namedBrowser } from '../display.ts';
import { Failure, type FailureDetail } from '../errors.ts';
import { configFolder, trustStateFolder } from '../files/folders.ts';
import { proxiesIn, proxyVariables } from '../http/proxy.ts';
import { wrongAnswer } from '../http/wrong-answer.ts';
import { showsBrowser, surroundings } from '../loopback/surroundings.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import { clockDifference } from '../oidc/server-clock.ts';
import { localTime } from '../output/time.ts';
import { readClientSecret } from '../session/client-secret.ts';
import { readSession, rehearseStoring, usableSession } from '../session/stored-session.ts';
import { readTrustedCertificate } from '../trust/trusted-certificate.ts';
import { ping14c, type Wording, wording } from '../wording.ts';

/**
 * What one check has found. A problem keeps a sign-in from working; a note does not. Where all is well, `brief` is enough for a
 * person who looks on.
 */
export type Finding =
  | { readonly kind: 'good' | 'skipped'; readonly text: string; readonly brief?: string }
  | { readonly kind: 'problem' | 'note'; readonly text: string; readonly remedy: Wording; readonly brief?: never };

/** What earlier checks have established, and later ones rely on. */
interface Established {
  readonly configured?: ConfiguredContext | undefined;
  readonly server?: AuthorizationServerClient | undefined;
}

interface DoctorCheck {
  readonly name: string;
  /** Returns what it has found and, where later checks rely on it, has established. A thrown `Failure` is a problem. */
  readonly examine: (
    context: CommandContext,
    established: Established,
  ) => Promise<{ readonly finding: Finding; readonly established?: Established }>;
}

/** The settings can be read, and each of them is fit. */
const settingsCheck: DoctorCheck = {
  name: 'Settings',
  examine: async (context) => {
    const { runtime, flags, namedProfile } = context;
    const folder = configFolder(context);
    const saved = await readProfiles(folder);
    const profile = chosenProfile(saved, namedProfile, folder);
    const settings = resolveSettings(flags, runtime.env, profile);
    const established = { configured: { ...context, settings } };
    const problem = unfitProblem(settings);
    // What needs it says so again; the rest is checked all the same.
    if (problem) return { finding: problem, established };
    const { issuer } = endpointsOf(settings);
    const clientId = required(settings, 'clientId');
    const text = `profile "${profile.name}" of ${profilesFile(folder)}: client ${clientId} at ${issuer}`;
    const remarks = [...unknownRemarks(profile.values), ...trimmedRemarks(settings)];
    const brief = `profile "${profile.name}"`;
    if (remarks.length === 0) return { finding: { kind: 'good', text, brief }, established };
    return { finding: { kind: 'note', text, remedy: remarks.join(' ') }, established };
  },
};

function unfitProblem({ unfit }: Settings): Finding | undefined {
  const failures = [...unfit.values()];
  if (failures.length === 0) return undefined;
  const remedy = failures.map(({ hint = '' }) => hint).reduce((all, hint) => wording`${all} ${hint}`);
  return { kind: 'problem', text: failures.map(({ message }) => message).join(' '), remedy };
}

function unknownRemarks(saved: SavedProfile): readonly string[] {
  const names = unknownSettings(saved).map((name) => `"${name}"`);
  if (names.length === 0) return [];
  return [`This version does not know ${names.join(', ')} and ignores it: fix the name in that file.`];
}

function trimmedRemarks({ trimmedAt }: Settings): readonly string[] {
  if (trimmedAt.length === 0) return [];
  return [`Spaces, line ends or quotes around the value were left out: fix ${trimmedAt.join(', ')}.`];
}

/** One of two sources of settings counts, as a whole; the other is named, because whoever filled it may expect it to. */
const leftAsideCheck: DoctorCheck = {
  name: 'Left aside',
  examine: async (context) => {
    const folder = configFolder(context);
    const profile = chosenProfile(await readProfiles(folder), context.namedProfile, folder);
    const aside = leftAside(context.runtime.env, profile);
    if (!aside) return { finding: { kind: 'good', text: 'no setting' } };
    return { finding: { kind: 'note', text: aside.places.join(', '), remedy: aside.reason } };
  },
};

/** The client has the secret or key with which it shows who it is. */
const clientCheck: DoctorCheck = {
  name: 'Client authentication',
  examine: needingSettings(async (context) => {
    const { authMethod, issuer, clientId, clientSecret, privateKeyFile } = clientOf(context.settings, 'user');
    if (authMethod === 'none') {
      return { kind: 'good', text: 'none: a public client, protected by PKCE', brief: 'none, with PKCE' };
    }
    if (authMethod === 'private_key_jwt') {
      return privateKeyFile
        ? { kind: 'good', text: `${authMethod} with ${privateKeyFile}`, brief: authMethod }
        : {
            kind: 'problem',
            text: `${authMethod} without a key`,
            remedy: 'Pass a JWK or PEM file with --private-key.',
          };
    }
    if (clientSecret) {
      return { kind: 'good', text: `${authMethod} with the secret from the environment`, brief: authMethod };
    }
    const { store } = await sessionParts(context);
    if (await readClientSecret(store, { issuer, clientId })) {
      return { kind: 'good', text: `${authMethod} with the secret from ${store.place}`, brief: authMethod };
    }
    const remedy = wording`It is asked for at each sign-in; keep it with ${ping14c('config set client-secret')}.`;
    return { kind: 'note', text: `${authMethod}, and no secret is kept`, remedy };
  }),
};

/** The store takes an item, gives it back and forgets it, and the lock and the list of sessions beside it can be written. */
const storeCheck: DoctorCheck = {
  name: 'Session store',
  examine: needingSettings(async (context) => {
    const parts = await sessionParts(context);
    await rehearseStoring(parts, sessionIdentity(context));
    const { kind, place } = parts.store;
    return { kind: 'good', text: `${place} works`, brief: `works (${kind})` };
  }),
};

const sessionCheck: DoctorCheck = {
  name: 'Session',
  examine: needingSettings(async (context) => {
    const expected = expectedSession(context);
    const found = await readSession(await sessionParts(context), expected);
    if (found.kind === 'absent') {
      return { kind: 'note', text: 'nobody is signed in', remedy: wording`Sign in with ${ping14c('login')}.` };
    }
    const session = usableSession(found, expected.api);
    if (session instanceof Failure) return { kind: 'note', text: session.message, remedy: session.hint ?? '' };
    const { displayName, tokens } = session;
    const until = tokens.expiresAt === undefined ? '' : `, access token until ${localTime(tokens.expiresAt)}`;
    return { kind: 'good', text: `${displayName}${until}` };
  }),
};

/** Says which proxy and CA are in force: nothing is wrong with them, but they explain much. */
const routeCheck: DoctorCheck = {
  name: 'Route',
  examine: needingSettings(async ({ runtime: { env }, settings }) => {
    // Tells which of them names no proxy, before each request fails by it.
    proxiesIn(env);
    const parts: readonly (readonly [name: string, detail: string])[] = [
      ...proxyVariables(env).map((name) => [name, ' is set'] as const),
      ...(settings.values.caFile ? [['CA file', ` ${settings.values.caFile}`] as const] : []),
      ...(env['NODE_EXTRA_CA_CERTS'] ? [['NODE_EXTRA_CA_CERTS', ` ${env['NODE_EXTRA_CA_CERTS']}`] as const] : []),
    ];
    if (parts.length === 0) return { kind: 'good', text: 'direct, with the certificates that Node trusts' };
    const brief = parts.map(([name]) => name).join(', ');
    return { kind: 'good', text: parts.map((part) => part.join('')).join(', '), brief };
  }),
};

/** A check that needs the settings; without them it is passed over. */
function needingSettings(find: (context: ConfiguredContext) => Promise<Finding>): DoctorCheck['examine'] {
  return async (_context, { configured }) => ({
    finding: configured ? await find(configured) : { kind: 'skipped', text: 'needs the settings' },
  });
}

/** The environment is there, and says that it is the one meant. No secret is needed for that, and none is sent. */
const discoveryCheck: DoctorCheck = {
  name: 'Authorization server',
  examine: async (_context, { configured }) => {
    if (!configured) return { finding: { kind: 'skipped', text: 'needs the settings' } };
    const check = await checkEnvironment(configured);
    if (check.kind === 'elsewhere') throw check.failure;
    const { server } = check;
    const { issuer } = server.settings;
    return {
      finding: { kind: 'good', text: `${issuer} answers, and its issuer is right`, brief: `${hostOf(issuer)} answers` },
      established: { server },
    };
  },
};

function hostOf(url: string): string {
  return new URL(url).host;
}

/** This machine's clock agrees with the server's, by which the times in tokens are. */
const clockCheck: DoctorCheck = {
  name: 'Clock',
  examine: needingServer(async (server) => {
    const aheadMs = server.clock.aheadMs();
    const difference = clockDifference(aheadMs);
    if (difference) {
      const text = `this machine's is ${difference} the server's`;
      return { kind: 'problem', text, remedy: 'Set the clock, or tokens will look expired or not yet valid.' };
    }
    return {
      kind: 'good',
      text: aheadMs === undefined ? 'the server does not tell the time' : "within a minute of the server's",
    };
  }),
};

/** The API answers. Without a token it says no, which is an answer too. */
const apiCheck: DoctorCheck = {
  name: 'Management API',
  examine: needingSettings(async (context) => {
    const { environmentApi } = endpointsOf(context.settings);
    const send = await connection(context);
    const answer = await send(environmentApi, { headers: { accept: 'application/json' } });
    const { status } = answer;
    if (status === 401 || status === 403 || status < 300) {
      return { kind: 'good', text: `${environmentApi} answers`, brief: `${hostOf(environmentApi)} answers` };
    }
    const { what, hint } = wrongAnswer(answer, { url: environmentApi, baseFlag: '--api-url' });
    if (status === 429) {
      return { kind: 'note', text: `${environmentApi} answers ${what}`, remedy: `The address is right. ${hint}` };
    }
    if (status === 511) return { kind: 'problem', text: `${environmentApi} answers ${what}`, remedy: hint };
    if (status >= 500) {
      const remedy = `${hint} If it stays so, check the proxy and --api-url.`;
      return { kind: 'problem', text: `${environmentApi} answers ${what}: the server has a problem`, remedy };
    }
    const remedy = 'Check the region or --api-url; it ends in /v1.';
    return {
      kind: 'problem',
      text: `${environmentApi} answers ${status}, where PingOne would ask for a token`,
      remedy,
    };
  }),
};

/** The listener opens, and PingOne takes the request that login would make. */
const redirectCheck: DoctorCheck = {
  name: 'Redirect URI',
  examine: needingServer(async (server, context) => {
    const { runtime, output, settings } = context;
    const [{ listen }, { authorizationRequest, freshSecrets }, { preflight }] = await Promise.all([
      import('../loopback/listener.ts'),
      import('../oidc/authorization-request.ts'),
      import('../oidc/preflight.ts'),
    ]);
    const { redirectUri: registered, scope } = settings.values;
    const secrets = freshSecrets();
    const { state } = secrets;
    const listener = await listen({ redirectUri: registered, state, signal: runtime.signal }, runtime);
    // Nobody waits for a callback here, so its end is no error.
    listener.callback.catch(() => {});
    const { redirectUri } = listener;
    await listener.close();
    const flow = { response_type: 'code' };
    const { url } = await authorizationRequest(server, { scope }, flow, secrets, { redirectUri, pushed: false });
    await preflight(server, { url, registered }, runtime, output);
    const text = `${redirectUri} is free here, and PingOne does not refuse it`;
    return { kind: 'good', text, brief: 'free here, and PingOne does not refuse it' };
  }),
};

/** A check that needs the authorization server; without that it is passed over. */
function needingServer(
  find: (server: AuthorizationServerClient, context: ConfiguredContext) => Promise<Finding>,
): DoctorCheck['examine'] {
  return async (_context, { server, configured }) => ({
    finding:
      server && configured
        ? await find(server, configured)
        : { kind: 'skipped', text: 'needs the authorization server' },
  });
}

const elsewhere = {
  codespace: 'a codespace',
  gitpod: 'a Gitpod workspace',
  devContainer: 'a dev container',
  ssh: 'a remote machine (ssh)',
  pod: 'a Kubernetes pod',
  container: 'a container',
} as const;

/** Whether a browser would be started, and whether it could reach the listener. None is started for it. */
const browserCheck: DoctorCheck = {
  name: 'Browser',
  examine: needingSettings(async (context) => {
    const { runtime } = context;
    const { kind } = surroundings(runtime);
    if (kind !== 'here' && kind !== 'wsl') {
      return {
        kind: 'note',
        text: `this is ${elsewhere[kind]}, whose 127.0.0.1 your browser may not reach`,
        remedy: wording`When login asks, paste the address that your browser ends on; or use ${ping14c('login --device')}.`,
      };
    }
    if (!startsBrowser(context)) {
      return {
        kind: 'note',
        text: 'none is started here',
        remedy: wording`Open the URL that ${ping14c('login')} prints.`,
      };
    }
    const browser = namedBrowser(runtime.env);
    const certificates = await certificatesFound(context);
    if (browser) {
      const text = `${browser} (from BROWSER); ${certificates.text}`;
      return { kind: 'good', text, brief: `${browser}; ${certificates.brief}` };
    }
    if (!showsBrowser(runtime)) {
      return {
        kind: 'note',
        text: 'there is no display',
        remedy: wording`Open the URL that ${ping14c('login')} prints on another machine, and paste the address it ends on.`,
      };
    }
    const own = 'the platform’s own';
    return { kind: 'good', text: `${own}; ${certificates.text}`, brief: `${own}; ${certificates.brief}` };
  }),
};

/** Whether a browser here is to warn of the listener and of a sandbox. */
async function certificatesFound(
  context: ConfiguredContext,
): Promise<{ readonly text: string; readonly brief: string }> {
  const { runtime, settings } = context;
  if (!settings.values.redirectUri.startsWith('https:'))
    return { text: 'no certificate is needed', brief: 'no warning' };
  const kept = await readTrustedCertificate(trustStateFolder(context)).catch(() => undefined);
  if (!kept || kept.expiresAt <= runtime.now()) {
    return { text: 'it warns of the listener; "ping14c trust" ends that', brief: 'warns (ping14c trust ends that)' };
  }
  const whose = kept.sandboxCertificate ? 'listener and sandbox' : 'the listener';
  const text = `"ping14c trust" spares you its warning of ${whose} until ${localTime(kept.expiresAt)}`;
  return { text, brief: `no warning of ${whose}` };
}

/** The checks stand in the order in which a sign-in needs them, so that the first problem is the one to mend first. */
const checks: readonly DoctorCheck[] = [
  settingsCheck,
  leftAsideCheck,
  clientCheck,
  routeCheck,
  discoveryCheck,
  clockCheck,
  apiCheck,
  redirectCheck,
  browserCheck,
  storeCheck,
  sessionCheck,
];

export interface NamedFinding {
  /** The name of the check. */
  readonly name: string;
  readonly finding: Finding;
}

/**
 * Checks everything that a sign-in needs; what fails is a finding, and the next check goes on.
 *
 * @param begin is told the name of each check before it begins
 */
export async function* examination(
  context: CommandContext,
  begin: (name: string) => void,
): AsyncGenerator<NamedFinding, void, undefined> {
  let established: Established = {};
  for (const { name, examine } of checks) {
    begin(name);
    try {
      const result = await examine(context, established);
      established = { ...established, ...result.established };
      yield { name, finding: result.finding };
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'interrupted') throw error;
      const settings = established.configured?.settings;
      yield { name, finding: problemIn(error, settings ? blamedSettings(settings, error) : []) };
    }
  }
}

/** The details tell what to set to which value; they stand before the hint, as they do when `main` prints a failure. */
function problemIn({ message, details, hint }: Failure, blamed: readonly FailureDetail[]): Finding {
  const lines = [...details, ...blamed].map(
    (detail) => `${detail.target ? `${detail.target}: ` : ''}${detail.message}`,
  );
  const last = hint ?? (lines.length > 0 ? '' : 'Run the command again with --debug to see more.');
  const above = lines.map((line) => `${line}\n`).join('');
  return { kind: 'problem', text: message, remedy: wording`${last === '' ? above.trimEnd() : above}${last}` };
}
