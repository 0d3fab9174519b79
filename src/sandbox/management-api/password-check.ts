import type { SandboxResponse } from '../exchange.ts';
import { platformError, validationError } from '../platform-error.ts';
import { bodyOf, type UserCall } from './call.ts';
import { replacePassword } from './password-change.ts';
import { lockedOutRefused } from './password-refusal.ts';
import { passwordState } from './password-state.ts';

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
