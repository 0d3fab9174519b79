import { Failure } from '../errors.ts';
import { optional, required, type Settings } from './settings.ts';

/** What `login` has of its own besides the settings; each stronger than the setting of the same purpose. */
export interface SignInFlags {
  readonly implicit?: true;
  readonly device?: true;
  readonly switchUser?: true;
  readonly loginHint?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Which sign-in the flags and settings ask for. */
export interface SignInChoice {
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
export function signInChoice(settings: Settings, flags: SignInFlags): SignInChoice {
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
export function unmetByDevice({ all }: Settings): readonly string[] {
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
