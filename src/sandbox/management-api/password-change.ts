import { profileValues } from '../directory.ts';
import type { SandboxResponse } from '../exchange.ts';
import { platformError, validationError } from '../platform-error.ts';
import { bodyOf, type UserCall } from './call.ts';
import { changeRefused, policyRefused } from './password-refusal.ts';
import { passwordState } from './password-state.ts';

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
export function replacePassword(
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
