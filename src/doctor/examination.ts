import {
  connection,
  expectedSession,
  type Invocation,
  sessionParts,
  startsBrowser,
  type Workplace,
} from '../cli/context.ts';
import { profilesFile, readProfiles } from '../config/profiles.ts';
import { chosenClient, endpointsOf, optional, required, resolveSettings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import { configFolder } from '../files/folders.ts';
import { surroundings } from '../loopback/surroundings.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import { clockDifference } from '../oidc/server-clock.ts';
import { localTime } from '../output/time.ts';
import { readClientSecret } from '../session/client-secret.ts';
import { readSession, usableSession } from '../session/stored-session.ts';

/** What one check found. A problem keeps a sign-in from working; a note does not. */
type Finding =
  | { readonly kind: 'good' | 'skipped'; readonly text: string }
  | { readonly kind: 'problem' | 'note'; readonly text: string; readonly remedy: string };

/** What earlier checks have established, for later ones to stand on. */
interface Bench {
  readonly workplace: Workplace;
  readonly invocation?: Invocation | undefined;
  readonly client?: AuthorizationServerClient | undefined;
}

interface Check {
  readonly name: string;
  /** Returns what it found and, where others need it, a bench that holds more. A thrown `Failure` is a problem. */
  readonly look: (bench: Bench) => Promise<{ readonly finding: Finding; readonly bench?: Bench }>;
}

/** Settings read, and each of them fit for what it is for. */
const settingsCheck: Check = {
  name: 'Settings',
  look: async (bench) => {
    const { runtime, flags, namedProfile } = bench.workplace;
    const folder = configFolder(bench.workplace);
    const { active, profiles } = await readProfiles(folder);
    const name = namedProfile ?? active;
    const values = profiles[name];
    if (!values && name !== 'default') {
      const remedy = `Make it with "ping14c init -P ${name}", or name another: ${Object.keys(profiles).join(', ')}.`;
      return { finding: { kind: 'problem', text: `there is no profile "${name}"`, remedy } };
    }
    const settings = resolveSettings(flags, runtime.env, { name, values: values ?? {} });
    const { issuer } = endpointsOf(settings);
    const clientId = required(settings, 'clientId');
    const text = `profile "${name}" of ${profilesFile(folder)}: client ${clientId} at ${issuer}`;
    return { finding: { kind: 'good', text }, bench: { ...bench, invocation: { ...bench.workplace, settings } } };
  },
};

/** The secret or key that the client shows itself with. */
const clientCheck: Check = {
  name: 'Client authentication',
  look: onSettings(async (invocation) => {
    const { authMethod, issuer, clientId, clientSecret, privateKeyFile } = chosenClient(invocation.settings, 'user');
    if (authMethod === 'none') return { kind: 'good', text: 'none: a public client, protected by PKCE' };
    if (authMethod === 'private_key_jwt') {
      return privateKeyFile
        ? { kind: 'good', text: `${authMethod} with ${privateKeyFile}` }
        : {
            kind: 'problem',
            text: `${authMethod} without a key`,
            remedy: 'Name a JWK or PEM file with --private-key.',
          };
    }
    if (clientSecret) return { kind: 'good', text: `${authMethod} with the secret from the environment` };
    const { store } = await sessionParts(invocation);
    if (await readClientSecret(store, { issuer, clientId })) {
      return { kind: 'good', text: `${authMethod} with the secret from ${store.place}` };
    }
    const remedy = 'It is asked for at each sign-in; keep it with "ping14c config set client-secret".';
    return { kind: 'note', text: `${authMethod}, and no secret is kept`, remedy };
  }),
};

/** The store takes an item, gives it back and forgets it. */
const storeCheck: Check = {
  name: 'Session store',
  look: onSettings(async (invocation) => {
    const { store } = await sessionParts(invocation);
    const [account, text] = ['doctor', `written at ${invocation.runtime.now()}`];
    await store.write(account, text);
    const kept = await store.read(account);
    await store.clear(account);
    return kept === text
      ? { kind: 'good', text: `${store.place} keeps what it is given` }
      : { kind: 'problem', text: `${store.place} gave back something else`, remedy: 'Try another: --store file.' };
  }),
};

const sessionCheck: Check = {
  name: 'Session',
  look: onSettings(async (invocation) => {
    const expected = expectedSession(invocation);
    const found = await readSession(await sessionParts(invocation), expected);
    if (found.kind === 'absent') {
      return { kind: 'note', text: 'nobody is signed in', remedy: 'Sign in with "ping14c login".' };
    }
    const session = usableSession(found, expected.api);
    if (session instanceof Failure) return { kind: 'note', text: session.message, remedy: session.hint ?? '' };
    const { displayName, tokens } = session;
    const until = tokens.expiresAt === undefined ? '' : `, access token until ${localTime(tokens.expiresAt)}`;
    return { kind: 'good', text: `${displayName}${until}` };
  }),
};

/** Proxy and CA in force: nothing is wrong with them, but they explain much. */
const routeCheck: Check = {
  name: 'Route',
  look: onSettings(async ({ runtime: { env }, settings }) => {
    const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];
    const parts = [
      ...proxies.filter((name) => env[name]).map((name) => `${name} is set`),
      optional(settings, 'caFile') ? `CA file ${optional(settings, 'caFile')}` : undefined,
      env['NODE_EXTRA_CA_CERTS'] ? `NODE_EXTRA_CA_CERTS ${env['NODE_EXTRA_CA_CERTS']}` : undefined,
    ].filter(Boolean);
    return { kind: 'good', text: parts.join(', ') || 'direct, with the certificates that Node trusts' };
  }),
};

/** A check that needs the settings; without them it is passed over. */
function onSettings(find: (invocation: Invocation) => Promise<Finding>): Check['look'] {
  return async ({ invocation }) => ({
    finding: invocation ? await find(invocation) : { kind: 'skipped', text: 'needs the settings' },
  });
}

/** The environment is there, and says that it is the one meant. No secret is needed for that, and none is sent. */
const discoveryCheck: Check = {
  name: 'Authorization server',
  look: async (bench) => {
    const { invocation } = bench;
    if (!invocation) return { finding: { kind: 'skipped', text: 'needs the settings' } };
    const { issuer, clientId } = chosenClient(invocation.settings, 'user');
    const [{ discover }, fetch] = await Promise.all([import('../oidc/client.ts'), connection(invocation)]);
    const client = await discover({ issuer, clientId, authMethod: 'none' }, fetch, invocation.runtime);
    return { finding: { kind: 'good', text: `${issuer} answers and is who it says` }, bench: { ...bench, client } };
  },
};

/** Times in tokens are the server's. */
const clockCheck: Check = {
  name: 'Clock',
  look: onServer(async (client) => {
    const aheadMs = client.clock.aheadMs();
    const difference = clockDifference(aheadMs);
    if (difference) {
      const text = `this machine's is ${difference} the server's`;
      return { kind: 'problem', text, remedy: 'Set the clock; tokens would seem to come from the future or the past.' };
    }
    return {
      kind: 'good',
      text: aheadMs === undefined ? 'the server tells no time' : 'agrees with the server to a minute',
    };
  }),
};

/** Whatever it answers: without a token it says no, and that is an answer. */
const apiCheck: Check = {
  name: 'Management API',
  look: onSettings(async (invocation) => {
    const { environmentApi } = endpointsOf(invocation.settings);
    const fetch = await connection(invocation);
    const { status } = await fetch(environmentApi, { headers: { accept: 'application/json' } });
    if (status === 401 || status === 403 || status < 300) return { kind: 'good', text: `${environmentApi} answers` };
    const remedy = 'Check the region or --api-url; it ends in /v1.';
    return {
      kind: 'problem',
      text: `${environmentApi} answers ${status}, where PingOne would ask for a token`,
      remedy,
    };
  }),
};

/** The listener opens, and PingOne takes the request that login would make. */
const redirectCheck: Check = {
  name: 'Redirect URI',
  look: onServer(async (client, invocation) => {
    const { runtime, output, settings } = invocation;
    const [{ listen }, { authorizationRequest, freshSecrets }, { preflight }] = await Promise.all([
      import('../loopback/listener.ts'),
      import('../oidc/authorization-request.ts'),
      import('../oidc/preflight.ts'),
    ]);
    const registered = required(settings, 'redirectUri');
    const secrets = freshSecrets();
    const { state } = secrets;
    const listener = await listen({ redirectUri: registered, state, signal: runtime.signal }, runtime);
    // Nobody waits for it.
    listener.callback.catch(() => {});
    const { redirectUri } = listener;
    await listener.close();
    const wishes = { scope: required(settings, 'scope').split(' ') };
    const flow = { response_type: 'code' };
    const { url } = await authorizationRequest(client, wishes, flow, secrets, { redirectUri, pushed: false });
    await preflight(client, { url, registered }, runtime, output);
    return { kind: 'good', text: `${redirectUri} can be listened at, and PingOne does not refuse it` };
  }),
};

function onServer(
  find: (client: AuthorizationServerClient, invocation: Invocation) => Promise<Finding>,
): Check['look'] {
  return async ({ client, invocation }) => ({
    finding:
      client && invocation
        ? await find(client, invocation)
        : { kind: 'skipped', text: 'needs the authorization server' },
  });
}

/** Whether a browser would be started, and whether it could reach the listener. None is started for it. */
const browserCheck: Check = {
  name: 'Browser',
  look: onSettings(async (invocation) => {
    const { runtime } = invocation;
    const { env, platform } = runtime;
    const { kind } = surroundings(runtime);
    if (kind !== 'here' && kind !== 'wsl') {
      return {
        kind: 'note',
        text: `this seems to be a remote machine or a container (${kind}), whose loopback your browser may not reach`,
        remedy: 'Paste the address that the browser ends on when login asks for it, or use "ping14c login --device".',
      };
    }
    if (!startsBrowser(invocation)) {
      return { kind: 'note', text: 'none is started here', remedy: 'Open the URL that "ping14c login" prints.' };
    }
    if (env['BROWSER']) return { kind: 'good', text: `${env['BROWSER']} (from BROWSER)` };
    if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'] && kind !== 'wsl') {
      return {
        kind: 'note',
        text: 'there is no display to show one on',
        remedy: 'Open the URL that "ping14c login" prints on another machine, and paste the address it ends on.',
      };
    }
    return { kind: 'good', text: 'the platform’s own' };
  }),
};

/** In the order in which a sign-in needs them, so that the first problem is the one to mend first. */
const checks: readonly Check[] = [
  settingsCheck,
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

interface Found {
  readonly name: string;
  readonly finding: Finding;
}

/** Looks at everything a sign-in needs; what fails is a finding, and the next check goes on. */
export async function examine(workplace: Workplace): Promise<readonly Found[]> {
  const found: Found[] = [];
  let bench: Bench = { workplace };
  for (const { name, look } of checks) {
    try {
      const seen = await look(bench);
      bench = seen.bench ?? bench;
      found.push({ name, finding: seen.finding });
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'interrupted') throw error;
      found.push({ name, finding: problemIn(error) });
    }
  }
  return found;
}

/** The details tell what to set to which value; they stand before the hint, as they do when `main` prints a failure. */
function problemIn({ message, details, hint }: Failure): Finding {
  const lines = details.map((detail) => `${detail.target ? `${detail.target}: ` : ''}${detail.message}`);
  const last = hint ?? (lines.length > 0 ? [] : 'Run the command again with --debug to see more.');
  return { kind: 'problem', text: message, remedy: [...lines, last].flat().join('\n') };
}
