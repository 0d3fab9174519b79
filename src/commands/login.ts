import type { Command } from 'commander';
import type { UserGrant } from '../auth/browser-flow.ts';
import { grantWarnings, implicitCaution } from '../auth/grant-words.ts';
import { displayNameOf } from '../auth/id-token-claims.ts';
import type { Observe } from '../auth/observer.ts';
import type { SignIn } from '../auth/sign-in.ts';
import { chosenClient } from '../config/client-settings.ts';
import { endpointsOf, required } from '../config/settings.ts';
import { type SignInChoice, type SignInFlags, signInChoice, unmetByDevice } from '../config/sign-in-choice.ts';
import {
  authorizationServer,
  type Declare,
  type Invocation,
  sessionIdentity,
  sessionParts,
  startsBrowser,
  stateFolderOf,
} from '../invocation/invocation.ts';
import type { Certificate } from '../loopback/certificate.ts';
import { safeText } from '../output/safe-text.ts';
import { isoTime } from '../output/time.ts';
import type { Session } from '../session/session.ts';
import { readSession, storeSession } from '../session/stored-session.ts';
import { listenerCertificate } from '../trust/listener-certificate.ts';

interface LoginOptions extends SignInFlags {
  readonly browser: boolean;
  readonly preflight: boolean;
  readonly explain?: true;
  readonly dryRun?: true;
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
    .option('--explain', 'tell the protocol step by step as it happens, secrets redacted')
    .option('--dry-run', 'print what would be done; send nothing and open nothing')
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
      if (options.dryRun) return dryRun(invocation, options, choice);
      const certificate = choice.grant === 'device_code' ? undefined : await certificateFor(invocation, options);
      const parts = await sessionParts(invocation);
      // A keychain that is locked or absent is better known before a person has signed in.
      await readSession(parts, sessionIdentity(invocation));
      const observe = options.explain ? (await import('../explain/narrator.ts')).narrator(output) : undefined;
      const store = async (fresh: Session) => {
        await storeSession(parts, fresh);
        observe?.({ kind: 'stored', place: parts.store.place });
      };
      const { session, warnings } = await signInAs(invocation, options, choice, { certificate, store, observe });
      for (const warning of warnings) output.warn(warning);
      output.note(`The session is kept in ${parts.store.place}.`);
      await output.result({ text: `Signed in as ${safeText(session.displayName)}`, document: documentOf(session) });
    });
};

async function signInAs(
  invocation: Invocation,
  options: LoginOptions,
  choice: SignInChoice,
  parts: Pick<SignIn, 'certificate'> & { store(session: Session): Promise<void>; observe: Observe | undefined },
): Promise<{ readonly session: Session; readonly warnings: readonly string[] }> {
  const { runtime, output, interactive } = invocation;
  const toSession = ({ tokens, claims }: UserGrant): Session => ({
    ...sessionIdentity(invocation),
    apiBase: endpointsOf(invocation.settings).apiBase,
    subject: claims.sub,
    displayName: displayNameOf(claims),
    tokens,
    signedInAt: runtime.now(),
  });
  const { certificate, observe } = parts;
  const keep = (fresh: UserGrant) => parts.store(toSession(fresh));
  const { grant: kind, responseType, redirectUri, pushed, timeoutMs, ...wishes } = choice;
  if (kind === 'device_code') return outcome(await byDevice(invocation, choice, keep, observe));
  if (kind === 'implicit') output.warn(`${implicitCaution}.`);
  const [{ signIn }, client] = await Promise.all([
    import('../auth/sign-in.ts'),
    authorizationServer(invocation, 'user', observe),
  ]);
  const tried = async (url: string) => {
    const { refuseInVain } = await import('../preflight/preflight.ts');
    await refuseInVain(client, { url, registered: redirectUri }, runtime, output);
  };
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
    preflight: options.preflight ? tried : undefined,
    keep,
  };
  return outcome(await signIn(wanted, runtime, output));

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
  observe: Observe | undefined,
): Promise<UserGrant> {
  const { runtime, output, settings } = invocation;
  const unmet = unmetByDevice(settings);
  if (unmet.length > 0) output.warn(`The device grant has no place for ${unmet.join(', ')}; it is left out.`);
  const [{ signInByDevice }, client] = await Promise.all([
    import('../auth/device-code.ts'),
    authorizationServer(invocation, 'user', observe),
  ]);
  return signInByDevice({ client, scope, timeoutMs, keep }, runtime, output);
}

async function dryRun(invocation: Invocation, { browser, preflight }: LoginOptions, choice: SignInChoice) {
  const { runtime, output, settings } = invocation;
  const plan = await import('../explain/dry-run.ts');
  const client = chosenClient(settings, 'user');
  const [opensBrowser, store] = [browser && startsBrowser(invocation), required(settings, 'store')];
  await output.result(
    await plan.dryRun({ ...choice, wishes: choice, client, opensBrowser, preflight, store }, runtime),
  );
}

function certificateFor(invocation: Invocation, files: LoginOptions): Promise<Certificate | undefined> {
  const { runtime, output, settings } = invocation;
  const use = { redirectUri: required(settings, 'redirectUri'), now: runtime.now() };
  return listenerCertificate(files, use, stateFolderOf(invocation), output);
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
