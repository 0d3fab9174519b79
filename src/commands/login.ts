import type { Command } from 'commander';
import type { UserGrant } from '../auth/browser-flow.ts';
import type { AuthorizationServerClient } from '../auth/client.ts';
import { grantWarnings, implicitCaution } from '../auth/grant-words.ts';
import { displayNameOf } from '../auth/id-token-claims.ts';
import type { SignIn } from '../auth/sign-in.ts';
import { required } from '../config/settings.ts';
import { type SignInChoice, type SignInFlags, signInChoice, unmetByDevice } from '../config/sign-in-choice.ts';
import {
  authorizationServer,
  type Declare,
  type Invocation,
  sessionIdentity,
  sessionParts,
  stateFolderOf,
} from '../invocation.ts';
import type { Certificate } from '../loopback/certificate.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime } from '../output/time.ts';
import type { Session } from '../session/session.ts';
import { readSession, storeSession } from '../session/stored-session.ts';
import { listenerCertificate } from '../trust/listener-certificate.ts';

interface LoginOptions extends SignInFlags {
  readonly browser: boolean;
  readonly preflight: boolean;
}

const help = `
Signs you in through the browser and keeps the session. The address to open is always shown too. BROWSER names another
browser, or "none"; without a terminal and without BROWSER no browser is started.

--device is for machines without a browser: it shows an address and a code for another device, and opens nothing.
--implicit is for old applications: ${implicitCaution}.
--par sends the request to the server itself first, as applications do whose PAR requirement is "Required".`;

export const declare: Declare = (command, start) => {
  command
    .option('--no-browser', 'start no browser: open the shown address yourself, or paste the one it ends on')
    .option('--no-preflight', 'do not try the request before the browser opens')
    .option('--device', 'sign in on another device, by a code')
    .option('--implicit', 'use the implicit grant (better not: see below)')
    .option('--switch-user', 'sign in as somebody else: the same as --prompt login')
    .option('--login-hint <name>', 'the user name to begin with')
    .option('--cert <file>', 'your own certificate for the listener, PEM; it must be for the host of the redirect URI')
    .option('--key <file>', 'its private key, PEM, without a passphrase')
    .addHelpText('after', help)
    .action(async (options: LoginOptions, self: Command) => {
      const invocation = await start(self);
      const { output } = invocation;
      const choice = signInChoice(invocation.settings, options);
      const certificate = choice.grant === 'device_code' ? undefined : await certificateFor(invocation, options);
      const parts = await sessionParts(invocation);
      // A keychain that is locked or absent is better known before a person has signed in.
      await readSession(parts, sessionIdentity(invocation));
      const store = (fresh: Session) => storeSession(parts, fresh);
      const { session, warnings } = await signInAs(invocation, options, choice, certificate, store);
      for (const warning of warnings) output.warn(warning);
      output.note(`The session is kept in ${parts.store.place}.`);
      await output.result({ text: `Signed in as ${safeText(session.displayName)}`, document: documentOf(session) });
    });
};

async function signInAs(
  invocation: Invocation,
  options: LoginOptions,
  choice: SignInChoice,
  certificate: Certificate | undefined,
  store: (session: Session) => Promise<void>,
): Promise<{ readonly session: Session; readonly warnings: readonly string[] }> {
  const { runtime, interactive } = invocation;
  const toSession = ({ tokens, claims }: UserGrant): Session => ({
    ...sessionIdentity(invocation),
    subject: claims.sub,
    displayName: displayNameOf(claims),
    tokens,
    signedInAt: runtime.now(),
  });
  const keep = (fresh: UserGrant) => store(toSession(fresh));
  const { grant: kind, responseType, redirectUri, pushed, timeoutMs, ...wishes } = choice;
  if (kind === 'device_code') return outcome(await byDevice(invocation, choice, keep));
  if (kind === 'implicit') invocation.output.warn(`${implicitCaution}.`);
  const [{ signIn }, client] = await Promise.all([import('../auth/sign-in.ts'), authorizationServer(invocation)]);
  const wanted: SignIn = {
    client,
    grant: kind,
    responseType,
    wishes,
    redirectUri,
    pushed,
    certificate,
    timeoutMs,
    opensBrowser: options.browser && startsBrowser(invocation),
    takesPaste: interactive,
    preflight: options.preflight ? preflightOf(invocation, client) : undefined,
    keep,
  };
  return outcome(await signIn(wanted, runtime, invocation.output));

  function outcome(grant: UserGrant) {
    return {
      session: toSession(grant),
      warnings: grantWarnings(grant, kind === 'device_code' ? { scope: choice.scope } : choice),
    };
  }
}

async function byDevice(
  invocation: Invocation,
  { scope, timeoutMs }: SignInChoice,
  keep: (grant: UserGrant) => Promise<void>,
): Promise<UserGrant> {
  const { runtime, output, settings } = invocation;
  const unmet = unmetByDevice(settings);
  if (unmet.length > 0) output.warn(`The device grant has no place for ${unmet.join(', ')}; it is left out.`);
  const [{ signInByDevice }, client] = await Promise.all([
    import('../auth/device-code.ts'),
    authorizationServer(invocation),
  ]);
  return signInByDevice({ client, scope, timeoutMs, keep }, runtime, output);
}

/** Loaded when it is called: by then the person waits for the network anyway. */
function preflightOf({ runtime, output, settings }: Invocation, client: AuthorizationServerClient) {
  return async (url: string) => {
    const { refuseInVain } = await import('../preflight/preflight.ts');
    await refuseInVain(client, { url, registered: required(settings, 'redirectUri') }, runtime, output);
  };
}

function certificateFor(invocation: Invocation, files: LoginOptions): Promise<Certificate | undefined> {
  const { runtime, output, settings } = invocation;
  const use = { redirectUri: required(settings, 'redirectUri'), now: runtime.now() };
  return listenerCertificate(files, use, stateFolderOf(invocation), output);
}

/** Contract.md, section 3: always when `BROWSER` is set, else on a terminal. */
function startsBrowser({ runtime: { env, stderr } }: Invocation): boolean {
  if (env['BROWSER']) return env['BROWSER'] !== 'none';
  return Boolean(stderr.isTTY && !env['CI']);
}

function documentOf({ subject, displayName, issuer, environmentId, clientId, profile, tokens }: Session) {
  return {
    schemaVersion: 1,
    user: { id: subject, name: displayName },
    profile,
    issuer,
    environmentId,
    clientId,
    ...(tokens.scope ? { scope: tokens.scope } : {}),
    ...(tokens.expiresAt === undefined ? {} : { expiresAt: isoTime(tokens.expiresAt) }),
  };
}
