import { profileTexts } from '../directory.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import { type ApiRequest, jsonObjectSent, type UserRequest } from './api-request.ts';
import { passwordChangeRefused, passwordLockedOut, policyNotMet, recoveryRefused } from './password-errors.ts';
import { getPasswordState } from './password-state.ts';

/**
 * `password.reset+json`: a user changes their own password, a worker resets it. Who asks decides, not the body
 * (docs/pingone.md, section 7.3).
 */
export function resetPassword(request: UserRequest): SandboxResponse {
  const { actor, environment, user } = request;
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const { currentPassword, newPassword } = body;
  // A temporary password is not held against the policy.
  if (actor.kind === 'worker') {
    return replacePassword(request, 'newPassword', newPassword, { forceChange: true, bypassPolicy: true });
  }
  const hasPassword = user.password.lastChangedAt !== undefined;
  if (hasPassword && !isFilledText(currentPassword))
    return validationError(request, 'currentPassword', 'must not be empty');
  if (!isFilledText(newPassword)) return validationError(request, 'newPassword', 'must not be empty');
  const given = isFilledText(currentPassword) ? currentPassword : '';
  const outcome = environment.directory.changePassword(user.id, given, newPassword);
  return outcome.kind === 'changed' ? getPasswordState(request) : passwordChangeRefused(request, outcome);
}

/** `password.set+json`: a worker sets a password, against the policy unless told to bypass it. */
export function setPassword(request: UserRequest): SandboxResponse {
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const { value, forceChange, bypassPolicy } = body;
  const options = { forceChange: forceChange === true, bypassPolicy: bypassPolicy === true };
  return hashedPasswordRefused(request, value) ?? replacePassword(request, 'password', value, options);
}

/** Refuses a hash such as `{SSHA512}…`. PingOne takes it; taken here as it stands, it would be the password. */
export function hashedPasswordRefused(request: ApiRequest, value: unknown): SandboxResponse | undefined {
  if (typeof value !== 'string' || !/^\{[A-Z0-9-]+\}/.test(value)) return undefined;
  return validationError(request, 'password', 'must be plain text in the sandbox');
}

/** `password.setValue+json`: sets it likewise; without a value the user is left without a password. */
export function setPasswordValue(request: UserRequest): SandboxResponse {
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  if (body['value'] !== undefined) return setPassword(request);
  if (request.user.identityProvider) return platformError(request, 'requestFailed');
  request.user.password.unset();
  return getPasswordState(request);
}

/** `password.forceChange`: makes the user change it at the next sign-on. */
export function forcePasswordChange(request: UserRequest): SandboxResponse {
  const { password } = request.user;
  if (password.lastChangedAt === undefined) return platformError(request, 'requestFailed');
  password.forceChange();
  return getPasswordState(request);
}

/** `password.check+json`: says whether this is the user's password. A wrong one counts towards the lockout. */
export function checkPassword(request: UserRequest): SandboxResponse {
  const { user } = request;
  const password = jsonObjectSent(request)?.['password'];
  if (!isFilledText(password)) return validationError(request, 'password', 'must not be empty');
  const verification = user.password.verify(password);
  switch (verification.kind) {
    case 'right':
      return getPasswordState(request);
    case 'lockedOut':
      return passwordLockedOut(request, verification.secondsUntilUnlock);
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
          innerError: failuresRemaining === undefined ? undefined : { failuresRemaining },
        },
      ]);
    }
    default:
      return verification satisfies never;
  }
}

/**
 * `password.sendRecoveryCode`: no mail leaves the sandbox, so the log tells the code. Not for a password that is locked out
 * (docs/pingone.md, section 7.3).
 */
export function sendRecoveryCode(request: UserRequest): SandboxResponse {
  const { environment, user } = request;
  const secondsUntilUnlock = user.password.secondsUntilUnlock();
  if (secondsUntilUnlock !== undefined) return passwordLockedOut(request, secondsUntilUnlock);
  const sending = environment.recoveryCodes.send(user);
  if (sending.kind !== 'sent') return recoveryRefused(request, sending);
  return { ...getPasswordState(request), notice: sending.notice };
}

/** `password.recover+json`: sets a new password for a recovery code. Too many wrong codes lock the password out. */
export function recoverPassword(request: UserRequest): SandboxResponse {
  const { environment, user } = request;
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const { recoveryCode, newPassword } = body;
  if (!isFilledText(recoveryCode)) return validationError(request, 'recoveryCode', 'must not be empty');
  if (!isFilledText(newPassword)) return validationError(request, 'newPassword', 'must not be empty');
  const outcome = environment.recoveryCodes.recover(user, recoveryCode, newPassword);
  if (outcome.kind === 'recovered') return getPasswordState(request);
  if (outcome.kind === 'wrongCode' && outcome.attemptsRemaining === 0) user.password.lockOut();
  return recoveryRefused(request, outcome);
}

/** `password.unlock`: ends a lockout before its time. */
export function unlockPassword(request: UserRequest): SandboxResponse {
  request.user.password.unlock();
  return getPasswordState(request);
}

/** Sets a password that the policy allows; answers with the new state. */
function replacePassword(
  request: UserRequest,
  target: 'newPassword' | 'password',
  value: unknown,
  options: { readonly forceChange: boolean; readonly bypassPolicy?: boolean },
): SandboxResponse {
  const { user } = request;
  if (user.identityProvider) return platformError(request, 'requestFailed');
  if (!isFilledText(value))
    return validationError(request, target === 'password' ? 'value' : target, 'must not be empty');
  const unmet = options.bypassPolicy ? [] : user.password.unmetBy(value, profileTexts(user));
  if (unmet.length > 0) return policyNotMet(request, target, unmet);
  user.password.set(value, options);
  return getPasswordState(request);
}

function isFilledText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
