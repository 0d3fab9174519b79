import type { Command } from 'commander';
import {
  authorizationServer,
  type Declare,
  type Invocation,
  sessionIdentity,
  sessionParts,
  startsBrowser,
  stateFolderOf,
} from '../cli/context.ts';
import { chosenClient, endpointsOf, optional, required, type Settings } from '../config/settings.ts';
import { Failure } from '../errors.ts';
import type { Certificate } from '../loopback/certificate.ts';
import type { SignIn } from '../oidc/browser-sign-in.ts';
import { displayNameOf } from '../oidc/claims.ts';
import type { Observe } from '../oidc/protocol-events.ts';
import { grantWarnings, implicitCaution, type UserGrant } from '../oidc/user-grant.ts';
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
    import('../oidc/browser-sign-in.ts'),
    authorizationServer(invocation, 'user', observe),
  ]);
  const tried = async (url: string) => {
    const { preflight } = await import('../oidc/preflight.ts');
    await preflight(client, { url, registered: redirectUri }, runtime, output);
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
    import('../oidc/device-code.ts'),
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

/** What `login` has of its own besides the settings; each stronger than the setting of the same purpose. */
interface SignInFlags {
  readonly implicit?: true;
  readonly device?: true;
  readonly switchUser?: true;
  readonly loginHint?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Which sign-in the flags and settings ask for. */
interface SignInChoice {
  readonly grant: 'authorization_code' | 'implicit' | 'device_code';
  /** Of the implicit grant; the code grant has but one. */
  readonly responseType: ImplicitResponseType;
  readonly scope: readonly string[];
  readonly prompt: string | undefined;
  /** Seconds. */
  readonly maxAge: number | undefined;
  readonly loginHint: string | undefined;
  readonly acrValues: string | undefined;
  readonly redirectUri: string;
  /** Whether the authorization request is pushed first (RFC 9126). */
  readonly pushed: boolean;
  readonly timeoutMs: number;
}

const responseTypes = ['token id_token', 'id_token', 'token'] as const;
export type ImplicitResponseType = (typeof responseTypes)[number];

/** What belongs to the authorization request only, which the device grant does not have (RFC 8628, section 3.1). */
const ofTheBrowser = ['prompt', 'maxAge', 'acrValues', 'par', 'redirectUri'] as const;

/**
 * Decides what `login` does. Pure: refuses what cannot be meant before anything is done.
 *
 * @throws Failure `usage` naming the flags that do not go together, or the scope that is missing.
 */
function signInChoice(settings: Settings, flags: SignInFlags): SignInChoice {
  const grant = grantOf(settings, flags);
  refuseIdleFlags(settings, flags, grant);
  const scope = required(settings, 'scope').split(' ').filter(Boolean);
  refuseAnonymous(scope);
  const maxAge = optional(settings, 'maxAge');
  const responseType = required(settings, 'responseType');
  return {
    grant,
    responseType: responseTypes.find((known) => known === responseType) ?? 'token id_token',
    scope,
    prompt: promptOf(settings, flags),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    loginHint: flags.loginHint,
    acrValues: optional(settings, 'acrValues'),
    redirectUri: required(settings, 'redirectUri'),
    pushed: required(settings, 'par') === 'true',
    timeoutMs: Number(required(settings, 'timeout')) * 1000,
  };
}

/** Settings of the profile or the environment that a sign-in by device leaves out: worth a word, since they are not met. */
function unmetByDevice({ all }: Settings): readonly string[] {
  return (['prompt', 'maxAge', 'acrValues'] as const).flatMap((key) => (all[key] ? [all[key].origin.name] : []));
}

function grantOf(settings: Settings, { implicit, device }: SignInFlags): SignInChoice['grant'] {
  if (implicit && device) throw conflict('--implicit', '--device', 'Nobody can sign in in two ways at once.');
  if (implicit) return 'implicit';
  if (device) return 'device_code';
  const grant = required(settings, 'grant');
  return grant === 'implicit' || grant === 'device_code' ? grant : 'authorization_code';
}

/** A flag that would do nothing is not passed over in silence. */
function refuseIdleFlags({ all }: Settings, flags: SignInFlags, grant: SignInChoice['grant']): void {
  if (all.responseType?.origin.kind === 'flag' && grant !== 'implicit') {
    throw new Failure('usage', '--response-type is for the implicit grant only.', {
      code: 'conflicting_options',
      hint: 'Add --implicit, or leave --response-type out.',
    });
  }
  if (grant !== 'device_code') return;
  const idle = [
    ...ofTheBrowser.flatMap((key) => (all[key]?.origin.kind === 'flag' ? [all[key].origin.name] : [])),
    ...(flags.switchUser ? ['--switch-user'] : []),
    ...(flags.loginHint === undefined ? [] : ['--login-hint']),
    ...(flags.cert === undefined ? [] : ['--cert']),
    ...(flags.key === undefined ? [] : ['--key']),
  ];
  const [flag] = idle;
  if (flag) throw conflict(flag, '--device', `The device grant has no place for ${flag}.`);
}

/** Without an ID token nobody knows who signed in (OpenID Connect Core, section 3.1.2.1). */
function refuseAnonymous(scope: readonly string[]): void {
  if (scope.includes('openid')) return;
  throw new Failure('usage', 'The scopes lack "openid", without which nobody knows who signs in.', {
    code: 'scope_without_openid',
    hint: 'Add openid to --scope, PING14C_SCOPE or the profile.',
  });
}

function promptOf(settings: Settings, { switchUser }: SignInFlags): string | undefined {
  const prompt = optional(settings, 'prompt');
  if (!switchUser) return prompt;
  if (prompt === 'none')
    throw conflict('--switch-user', '--prompt none', 'Nobody can switch users with --prompt none.');
  return 'login';
}

function conflict(one: string, other: string, message: string): Failure {
  return new Failure('usage', message, {
    code: 'conflicting_options',
    hint: `Leave one of ${one} and ${other} out.`,
  });
}
