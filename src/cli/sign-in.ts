import { settingName } from '../config/setting-definitions.ts';
import { clientOf, endpointsOf, placeOf, type Settings } from '../config/settings.ts';
import { namedBrowser } from '../display.ts';
import { Failure, messageOf } from '../errors.ts';
import { trustStateFolder } from '../files/folders.ts';
import { showsBrowser } from '../loopback/surroundings.ts';
import type { SignInWishes } from '../oidc/authorization-request.ts';
import { displayNameOf } from '../oidc/claims.ts';
import type { AuthorizationServerClient } from '../oidc/client.ts';
import type { SignInGrant } from '../oidc/client-settings.ts';
import { grantWarnings, implicitCaution } from '../oidc/grant-warnings.ts';
import type { Observe } from '../oidc/protocol-events.ts';
import type { UserGrant } from '../oidc/user-grant.ts';
import { safeText } from '../output/safe-text.ts';
import type { Session, SessionIdentity } from '../session/session.ts';
import { rehearseStoring, type SessionParts, storeSession } from '../session/stored-session.ts';
import { type GivenFiles, listenerCertificate } from '../trust/listener-certificate.ts';
import { ping14c, wording } from '../wording.ts';
import {
  authorizationServer,
  type ConfiguredContext,
  sessionIdentity,
  sessionParts,
  startsBrowser,
  type VerboseOption,
} from './context.ts';
import { hasSignedIn, rememberSignIn } from './first-sign-in.ts';
import { endUnkept, patientWay, type UnkeptTokens, unkeptTokens } from './unkept-tokens.ts';

/** The flags of one sign-in that are no settings. Each goes before a setting of the same purpose. */
export interface SignInFlags extends GivenFiles {
  readonly implicit?: true;
  readonly device?: true;
  readonly switchUser?: true;
  readonly loginHint?: string;
}

/** Which sign-in the settings and flags ask for. */
export interface SignInPlan {
  readonly grant: SignInGrant;
  readonly wishes: SignInWishes;
}

/** How the person wants it done on this machine. */
interface SignInManner extends GivenFiles, VerboseOption {
  /** Whether a browser may be started, where one can be. */
  readonly browser: boolean;
  /** Whether the authorization request is tried before the browser goes there. */
  readonly preflight: boolean;
  readonly observe?: Observe | undefined;
}

interface SignedIn {
  /** As it was stored. */
  readonly session: Session;
  /** Where the session is kept, in words: `SessionStore.place`. */
  readonly place: string;
  /** What the person should know about the tokens that they got. */
  readonly warnings: readonly string[];
  /** Whether somebody has signed in on this machine before, and knows the way. */
  readonly knowsWay: boolean;
}

/** Where a session comes from and goes, what was asked for, and who wants to know. */
interface SessionPlace {
  readonly unkept: UnkeptTokens;
  readonly identity: SessionIdentity;
  readonly parts: SessionParts;
  readonly wishes: SignInWishes;
  readonly observe: Observe | undefined;
  readonly knowsWay: boolean;
}

/**
 * Signs a user in with the grant of the plan and keeps the session.
 *
 * 1. Choose the listener's certificate. 2. Try whether a session can be kept. 3. Discover the server. 4. Go through the grant.
 * 5. Make the session and store it, as soon as there are tokens and before the browser is told of success.
 *
 * Tokens that came and are not kept, for whatever reason, are ended at the server as far as that goes.
 *
 * @throws Failure `refused` when the person or the server said no, `unreachable` when the deadline passed.
 */
export async function signInUser(
  context: ConfiguredContext,
  plan: SignInPlan,
  manner: SignInManner,
): Promise<SignedIn> {
  const { runtime, output, settings } = context;
  const { grant, wishes } = plan;
  const { redirectUri, responseType, par, timeout } = settings.values;
  const { observe } = manner;
  const certificate = grant === 'device_code' ? undefined : await certificateFor(context, manner);
  const client = clientOf(settings, 'user');
  const identity = sessionIdentity(context, client);
  const parts = await sessionParts(context);
  await rehearseStoring(parts, identity);
  const unkept = unkeptTokens(runtime.now, observe);
  const knowsWay = await hasSignedIn(parts.stateFolder);
  const keep = (given: UserGrant) =>
    keepSession(context, { unkept, identity, parts, wishes, observe, knowsWay }, given);
  const leavingNothing = (server: AuthorizationServerClient, signedIn: Promise<SignedIn>) =>
    signedIn.catch(async (error: unknown) => {
      throw await endUnkept(context, server, unkept, error);
    });
  const timeoutMs = timeout * 1000;
  if (grant === 'device_code') {
    warnOfUnusedSettings(context);
    const [{ signInByDevice }, server] = await Promise.all([
      import('../oidc/device-code.ts'),
      authorizationServer(context, client, unkept.observe, patientWay(context, unkept)),
    ]);
    const wanted = { server, scope: wishes.scope, timeoutMs, keep };
    return leavingNothing(server, signInByDevice(wanted, runtime, output));
  }
  if (grant === 'implicit') output.warn(`${implicitCaution}.`);
  const [{ signIn }, server] = await Promise.all([
    import('../oidc/browser-sign-in.ts'),
    authorizationServer(context, client, unkept.observe, patientWay(context, unkept)),
  ]);
  const wanted = {
    server,
    environmentId: identity.environmentId,
    grant,
    responseType,
    wishes,
    redirectUri,
    pushed: par,
    certificate,
    timeoutMs,
    opensBrowser: manner.browser && startsBrowser(context),
    title: titleOf(identity),
    manner: {
      keyboard: context.interactive,
      screen: namedBrowser(runtime.env) !== undefined || showsBrowser(runtime),
      knowsWay,
      verbose: manner.verbose ?? false,
    },
    preflight: manner.preflight ? (url: string) => refuseHopeless(context, server, url) : undefined,
    keep,
  };
  return leavingNothing(server, signIn(wanted, runtime, output));
}

/** Step 5: makes the session of what the grant gave, and stores it. */
async function keepSession(
  { runtime, output, settings }: ConfiguredContext,
  { unkept, identity, parts, wishes, observe, knowsWay }: SessionPlace,
  { tokens, claims }: UserGrant,
): Promise<SignedIn> {
  const session: Session = {
    ...identity,
    apiBase: endpointsOf(settings).apiBase,
    subject: claims.sub,
    displayName: displayNameOf(claims),
    tokens,
    signedInAt: runtime.now(),
  };
  unkept.hold(tokens);
  await storeSession(parts, session).catch((error: unknown) => {
    throw notKept(error);
  });
  unkept.release();
  const { place } = parts.store;
  output.ifInterrupted(`Signed in as ${safeText(session.displayName)}; the session is kept in ${safeText(place)}.`);
  observe?.({ kind: 'stored', place });
  await rememberSignIn(parts.stateFolder);
  return { session, place, knowsWay, warnings: grantWarnings({ tokens, claims }, wishes) };
}

/** What is signed in to: it fits on a line of 80 places, whatever the region. */
function titleOf({ issuer, environmentId }: SessionIdentity): string {
  return safeText(`Sign in at ${new URL(issuer).host}, environment ${environmentId}`);
}

function notKept(error: unknown): unknown {
  // An interruption is no Error.
  if (!(error instanceof Error)) return error;
  return new Failure('failed', `The sign-in worked, but the session could not be kept. ${messageOf(error)}`, {
    code: 'session_not_stored',
    hint:
      error instanceof Failure && error.hint
        ? wording`${error.hint} Then sign in again with ${ping14c('login')}.`
        : wording`Run ${ping14c('doctor')}, then sign in again.`,
    cause: error,
  });
}

function certificateFor(context: ConfiguredContext, files: GivenFiles) {
  const { runtime, output, settings } = context;
  const { redirectUri } = settings.values;
  return listenerCertificate(files, { redirectUri, now: runtime.now() }, trustStateFolder(context), output);
}

/** Ends a sign-in in which the browser would only show an error page. */
async function refuseHopeless(
  { runtime, output, settings }: ConfiguredContext,
  server: AuthorizationServerClient,
  url: string,
) {
  const { preflight } = await import('../oidc/preflight.ts');
  await preflight(server, { url, registered: settings.values.redirectUri }, runtime, output);
}

/** What the person may ask of the sign-on in an authorization request, which the device grant has not (RFC 8628, section 3.1). */
const signOnSettings = ['prompt', 'maxAge', 'acrValues'] as const;

/** All settings of which the device grant has no use. The last two only say how a request travels that is not made. */
const requestSettings = [...signOnSettings, 'par', 'redirectUri'] as const;

/**
 * Warns of settings in the profile or the environment on which the person may rely, and which this grant cannot meet. Nobody
 * relies on `par` and `redirectUri`, which do not change who is signed in, and how: a profile for both grants may hold them.
 */
function warnOfUnusedSettings({ settings: { origins }, output }: ConfiguredContext): void {
  const unused = signOnSettings.flatMap((key) => {
    const origin = origins[key];
    return origin ? [`${settingName(key)} (from ${placeOf(origin)})`] : [];
  });
  if (unused.length === 0) return;
  const left = unused.length === 1 ? 'it is left out' : 'they are left out';
  output.warn(`The device grant has no place for ${unused.join(', ')}; ${left}.`);
}

/**
 * Decides which sign-in the person means, and refuses what nobody can mean, before anything is done.
 *
 * @throws Failure `usage` naming the flags that do not go together, or the scope that is missing.
 */
export function signInPlan(settings: Settings, flags: SignInFlags): SignInPlan {
  const grant = grantOf(settings, flags);
  refuseUnusedFlags(settings, flags, grant);
  const { scope, maxAge, acrValues } = settings.values;
  requireOpenid(scope);
  const { loginHint } = flags;
  const prompt = promptOf(settings, flags);
  return { grant, wishes: grant === 'device_code' ? { scope } : { scope, prompt, maxAge, loginHint, acrValues } };
}

function grantOf({ values }: Settings, { implicit, device }: SignInFlags): SignInGrant {
  if (implicit && device) throw conflict('--implicit', '--device', 'Nobody can sign in in two ways at once.');
  if (implicit) return 'implicit';
  return device ? 'device_code' : values.grant;
}

/** Refuses a flag that would do nothing, instead of passing it over in silence. */
function refuseUnusedFlags({ origins }: Settings, flags: SignInFlags, grant: SignInGrant): void {
  if (origins.responseType.kind === 'flag' && grant !== 'implicit') {
    throw new Failure('usage', '--response-type is for the implicit grant only.', {
      code: 'conflicting_options',
      hint: 'Add --implicit, or leave --response-type out.',
    });
  }
  if (grant !== 'device_code') return;
  const given: readonly (readonly [flag: string, isGiven: boolean])[] = [
    ...requestSettings.map((key) => [origins[key]?.name ?? key, origins[key]?.kind === 'flag'] as const),
    ['--switch-user', Boolean(flags.switchUser)],
    ['--login-hint', flags.loginHint !== undefined],
    ['--cert', flags.cert !== undefined],
    ['--key', flags.key !== undefined],
  ];
  const [unused] = given.find(([, isGiven]) => isGiven) ?? [];
  if (unused) throw conflict(unused, '--device', `The device grant has no place for ${unused}.`);
}

/** Without an ID token nobody knows who signed in (OpenID Connect Core, section 3.1.2.1). */
function requireOpenid(scope: readonly string[]): void {
  if (scope.includes('openid')) return;
  throw new Failure('usage', 'The scopes lack "openid", without which nobody knows who signs in.', {
    code: 'scope_without_openid',
    hint: 'Add openid to --scope, PING14C_SCOPE or the profile.',
  });
}

function promptOf({ values: { prompt } }: Settings, { switchUser }: SignInFlags): string | undefined {
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
