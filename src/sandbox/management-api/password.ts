import type { PasswordChange } from '../directory/credential.ts';
import { innerErrorOf, type UnmetRequirement } from '../directory/requirements.ts';
import { type DirectoryUser, profileValues } from '../directory.ts';
import type { Environment } from '../environment.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxRequest } from '../request.ts';
import type { SandboxResponse } from '../response.ts';
import { baseOf, bodyOf, link, resource, timeText, type UserCall } from './call.ts';
import { passwordPolicyResource } from './password-policy.ts';

/**
 * `password.reset+json`: a user changes their own password, a worker resets it. Who calls decides, not the body
 * (docs/pingone.md, section 7.3).
 */
export function resetPassword(call: UserCall): SandboxResponse {
  const { actor, environment, request, user } = call;
  const body = bodyOf(call);
  if (!body) return platformError(request, 'invalidRequest');
  const { currentPassword, newPassword } = body;
  if (actor.kind === 'worker') return replacePassword(call, 'newPassword', newPassword, { forceChange: true });
  const hasPassword = user.credential.lastChangedAt !== undefined;
  if (hasPassword && !isText(currentPassword)) return validationError(request, 'currentPassword', 'must not be empty');
  if (!isText(newPassword)) return validationError(request, 'newPassword', 'must not be empty');
  const given = isText(currentPassword) ? currentPassword : '';
  const outcome = environment.directory.changePassword(user.id, given, newPassword);
  return outcome.kind === 'changed' ? passwordState(call) : changeRefused(request, outcome);
}

/** `password.set+json`: a worker sets a password, against the policy unless told to bypass it. */
export function setPassword(call: UserCall): SandboxResponse {
  const body = bodyOf(call);
  if (!body) return platformError(call.request, 'invalidRequest');
  const { value, forceChange, bypassPolicy } = body;
  const options = { forceChange: forceChange === true, bypassPolicy: bypassPolicy === true };
  return replacePassword(call, 'password', value, options);
}

/** `password.setValue+json`: as set; without a value the user is left without a password. */
export function setPasswordValue(call: UserCall): SandboxResponse {
  const body = bodyOf(call);
  if (!body) return platformError(call.request, 'invalidRequest');
  if (body['value'] !== undefined) return setPassword(call);
  if (call.user.identityProvider) return platformError(call.request, 'requestFailed');
  call.user.credential.unset();
  return passwordState(call);
}

/** `password.forceChange`: the user must change it at the next sign-on. */
export function forcePasswordChange(call: UserCall): SandboxResponse {
  const { credential } = call.user;
  if (credential.lastChangedAt === undefined) return platformError(call.request, 'requestFailed');
  credential.forceChange();
  return passwordState(call);
}

/** Sets a password that the policy allows; answers with the new state. */
function replacePassword(
  call: UserCall,
  target: 'newPassword' | 'password',
  value: unknown,
  options: { readonly forceChange: boolean; readonly bypassPolicy?: boolean },
): SandboxResponse {
  const { request, user } = call;
  if (user.identityProvider) return platformError(request, 'requestFailed');
  if (!isText(value)) return validationError(request, target === 'password' ? 'value' : target, 'must not be empty');
  // A hash such as `{SSHA512}…` is taken by PingOne; taken here as it stands, it would be the password.
  if (/^\{[A-Z0-9-]+\}/.test(value)) return validationError(request, target, 'must be plain text in the sandbox');
  const unmet = options.bypassPolicy ? [] : user.credential.unmetBy(value, profileValues(user));
  if (unmet.length > 0) return policyRefused(request, target, unmet);
  user.credential.set(value, options);
  return passwordState(call);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** `password.check+json`: is this the user's password? A wrong one counts towards the lockout. */
export function checkPassword(call: UserCall): SandboxResponse {
  const { request, user } = call;
  const password = bodyOf(call)?.['password'];
  if (typeof password !== 'string' || password === '') return validationError(request, 'password', 'must not be empty');
  const verification = user.credential.verify(password);
  switch (verification.kind) {
    case 'right':
      return passwordState(call);
    case 'lockedOut':
      return lockedOutRefused(request, verification.secondsUntilUnlock);
    case 'noPassword':
    case 'external':
      return platformError(request, 'requestFailed');
    case 'wrong': {
      const { attemptsRemaining: failuresRemaining } = verification;
      return platformError(request, 'invalidData', [
        {
          code: 'INVALID_VALUE',
          target: 'password',
          message: 'The provided password did not match provisioned password',
          ...(failuresRemaining === undefined ? {} : { innerError: { failuresRemaining } }),
        },
      ]);
    }
    default:
      return verification satisfies never;
  }
}

/** No mail leaves the sandbox, so the code is known beforehand (docs/pingone.md, section 14). */
const recoveryCode = '12345678';

/** `password.sendRecoveryCode`: sends nothing. */
export function sendRecoveryCode(call: UserCall): SandboxResponse {
  return call.user.identityProvider ? platformError(call.request, 'requestFailed') : passwordState(call);
}

/** `password.recover+json`: a new password for a recovery code. */
export function recoverPassword(call: UserCall): SandboxResponse {
  const body = bodyOf(call);
  if (!body) return platformError(call.request, 'invalidRequest');
  if (body['recoveryCode'] !== recoveryCode) {
    return platformError(call.request, 'invalidData', [
      { code: 'INVALID_VALUE', target: 'recoveryCode', message: 'The recovery code is invalid' },
    ]);
  }
  return replacePassword(call, 'newPassword', body['newPassword'], { forceChange: false });
}

/** `password.unlock+json`: ends a lockout before its time. */
export function unlockPassword(call: UserCall): SandboxResponse {
  call.user.credential.unlock();
  return passwordState(call);
}

/** Why a user's own change was refused, in PingOne's words (docs/pingone.md, section 7.4). */
export function changeRefused(
  request: SandboxRequest,
  refusal: Exclude<PasswordChange, { readonly kind: 'changed' }>,
): SandboxResponse {
  switch (refusal.kind) {
    case 'wrongCurrent': {
      const { attemptsRemaining } = refusal;
      return platformError(request, 'invalidData', [
        {
          code: 'INVALID_VALUE',
          target: 'currentPassword',
          message: 'The current password provided for the user is invalid',
          ...(attemptsRemaining === undefined ? {} : { innerError: { attemptsRemaining } }),
        },
      ]);
    }
    case 'lockedOut':
      return lockedOutRefused(request, refusal.secondsUntilUnlock);
    case 'tooYoung':
      return platformError(request, 'requestFailed', [
        { code: 'PASSWORD_TOO_YOUNG', target: 'newPassword', message: 'The password was changed too recently' },
      ]);
    case 'external':
      return platformError(request, 'requestFailed');
    case 'unmet':
      return policyRefused(request, 'newPassword', refusal.requirements);
    default:
      return refusal satisfies never;
  }
}

export function lockedOutRefused(request: SandboxRequest, secondsUntilUnlock: number): SandboxResponse {
  return platformError(request, 'requestFailed', [
    { code: 'PASSWORD_LOCKED_OUT', message: 'The password is locked out', innerError: { secondsUntilUnlock } },
  ]);
}

const policyWords = {
  newPassword: 'New password did not satisfy password policy requirements',
  password: 'User password did not satisfy password policy requirements',
} as const;

function policyRefused(
  request: SandboxRequest,
  target: keyof typeof policyWords,
  unmet: readonly UnmetRequirement[],
): SandboxResponse {
  return platformError(request, 'invalidData', [
    { code: 'INVALID_VALUE', target, message: policyWords[target], innerError: innerErrorOf(unmet) },
  ]);
}

/** The password's state without its links, as it also stands inside the user record. */
export function passwordStateOf({ seed }: Environment, { id, credential }: DirectoryUser): object {
  const { lastChangedAt } = credential;
  const secondsUntilUnlock = credential.secondsUntilUnlock();
  const status = credential.status();
  return {
    environment: { id: seed.environment.id },
    user: { id },
    ...(status === 'EXTERNAL' ? {} : { passwordPolicy: { id: credential.policy.id } }),
    status,
    ...(lastChangedAt === undefined ? {} : { lastChangedAt: timeText(lastChangedAt) }),
    ...(secondsUntilUnlock === undefined ? {} : { secondsUntilUnlock }),
  };
}

/** The links of all actions: they share one address, and the media type tells them apart (docs/pingone.md, section 7.1). */
export function passwordLinks(environment: Environment, userId: string): Readonly<Record<string, object>> {
  const password = link(`${baseOf(environment)}/users/${userId}/password`);
  const actions = ['set', 'reset', 'check', 'recover'];
  return Object.fromEntries(actions.map((action) => [`password.${action}`, password]));
}

/**
 * The answer to reading and to changing a password. The policy is in it where `expand` asks for it (docs/pingone.md,
 * section 7.2).
 */
export function passwordState({ environment, user, request }: UserCall): SandboxResponse {
  const base = baseOf(environment);
  const self = `${base}/users/${user.id}/password`;
  const { policy } = user.credential;
  const state = passwordStateOf(environment, user);
  const expand = request.method === 'GET' ? (request.url.searchParams.get('expand') ?? '') : '';
  const expanded = expand.split(',').includes('passwordPolicy') && 'passwordPolicy' in state;
  return resource({
    _links: {
      self: link(self),
      environment: link(base),
      user: link(`${base}/users/${user.id}`),
      ...('passwordPolicy' in state ? { passwordPolicy: link(`${base}/passwordPolicies/${policy.id}`) } : {}),
      ...passwordLinks(environment, user.id),
    },
    ...(expanded ? { _embedded: { passwordPolicy: passwordPolicyResource(environment, policy) } } : {}),
    ...state,
  });
}
