import type { PasswordRecovery } from '../directory/recovery-codes.ts';
import { innerErrorOf, type UnsatisfiedRequirement } from '../directory/unsatisfied-requirements.ts';
import type { PasswordChange } from '../directory/user-password.ts';
import { platformError } from '../platform-error.ts';
import type { SandboxRequest } from '../request.ts';
import type { SandboxResponse } from '../response.ts';

/** Says why a user's own change was refused, in PingOne's words (docs/pingone.md, section 7.4). */
export function passwordChangeRefused(
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
          innerError: attemptsRemaining === undefined ? undefined : { attemptsRemaining },
        },
      ]);
    }
    case 'lockedOut':
      return passwordLockedOut(request, refusal.secondsUntilUnlock);
    case 'tooYoung':
      return platformError(request, 'requestFailed', [
        { code: 'PASSWORD_TOO_YOUNG', target: 'newPassword', message: 'The password was changed too recently' },
      ]);
    case 'external':
      return platformError(request, 'requestFailed');
    case 'unmet':
      return policyNotMet(request, 'newPassword', refusal.requirements);
    default:
      return refusal satisfies never;
  }
}

/** Says why a password was not recovered, or no code sent for it (docs/pingone.md, section 7.4). */
export function recoveryRefused(
  request: SandboxRequest,
  refusal: Exclude<PasswordRecovery, { readonly kind: 'recovered' }>,
): SandboxResponse {
  switch (refusal.kind) {
    case 'external':
    case 'disabled':
    case 'accountLocked':
    case 'noPassword':
      return platformError(request, 'requestFailed');
    case 'wrongCode':
      return platformError(request, 'invalidData', [
        { code: 'INVALID_VALUE', target: 'recoveryCode', message: 'The recovery code is invalid or has expired' },
      ]);
    case 'unmet':
      return policyNotMet(request, 'newPassword', refusal.requirements);
    default:
      return refusal satisfies never;
  }
}

/** @param secondsUntilUnlock `undefined` where only an administrator unlocks */
export function passwordLockedOut(request: SandboxRequest, secondsUntilUnlock: number | undefined): SandboxResponse {
  const innerError = secondsUntilUnlock === undefined ? undefined : { secondsUntilUnlock };
  return platformError(request, 'requestFailed', [
    { code: 'PASSWORD_LOCKED_OUT', message: 'The password is locked out', innerError },
  ]);
}

export function policyNotMet(
  request: SandboxRequest,
  target: keyof typeof policyMessages,
  unmet: readonly UnsatisfiedRequirement[],
): SandboxResponse {
  return platformError(request, 'invalidData', [
    { code: 'INVALID_VALUE', target, message: policyMessages[target], innerError: innerErrorOf(unmet) },
  ]);
}

const policyMessages = {
  newPassword: 'New password did not satisfy password policy requirements',
  password: 'User password did not satisfy password policy requirements',
} as const;
