import { chosenClient } from '../config/client-settings.ts';
import { configFolder } from '../config/folders.ts';
import { profilesFile, readProfiles } from '../config/profile.ts';
import { endpointsOf, optional, required, resolveSettings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import { expectedSession, type Invocation, sessionParts } from '../invocation/invocation.ts';
import { localTime } from '../output/time.ts';
import { readClientSecret } from '../session/client-secret.ts';
import { usable } from '../session/freshness.ts';
import { readSession } from '../session/stored-session.ts';
import type { Check, Finding } from './check.ts';

/** Settings read, and each of them fit for what it is for. */
export const settingsCheck: Check = {
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
export const clientCheck: Check = {
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
export const storeCheck: Check = {
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

export const sessionCheck: Check = {
  name: 'Session',
  look: onSettings(async (invocation) => {
    const expected = expectedSession(invocation);
    const found = await readSession(await sessionParts(invocation), expected);
    if (found.kind === 'absent') {
      return { kind: 'note', text: 'nobody is signed in', remedy: 'Sign in with "ping14c login".' };
    }
    const session = usable(found, expected.api);
    if (session instanceof Failure) return { kind: 'note', text: session.message, remedy: session.hint ?? '' };
    const { displayName, tokens } = session;
    const until = tokens.expiresAt === undefined ? '' : `, access token until ${localTime(tokens.expiresAt)}`;
    return { kind: 'good', text: `${displayName}${until}` };
  }),
};

/** Proxy and CA in force: nothing is wrong with them, but they explain much. */
export const routeCheck: Check = {
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
export function onSettings(find: (invocation: Invocation) => Promise<Finding>): Check['look'] {
  return async ({ invocation }) => ({
    finding: invocation ? await find(invocation) : { kind: 'skipped', text: 'needs the settings' },
  });
}
