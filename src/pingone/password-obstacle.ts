import { Failure } from '../errors.ts';
import { duration, localTime } from '../output/time.ts';
import type { PasswordState } from './password.ts';
import { lockedOut } from './password-refusal.ts';

const dayMs = 86_400_000;

/**
 * Why the password cannot be changed now, known from its state alone: told before anybody types anything.
 *
 * @param now milliseconds since the epoch
 */
export function passwordObstacle(state: PasswordState, now: number): Failure | undefined {
  if (Object.hasOwn(byStatus, state.status)) return byStatus[state.status]?.(state, now);
  const from = changeableFrom(state);
  if (from === undefined || from <= now || state.status !== 'OK') return undefined;
  return new Failure('refused', 'The password was changed too recently to be changed again.', {
    code: 'PASSWORD_TOO_YOUNG',
    details: state.lastChangedAt === undefined ? [] : [{ message: `Last changed ${localTime(state.lastChangedAt)}.` }],
    hint: `The policy allows the next change from ${localTime(from)}, in ${duration(from - now)}.`,
  });
}

/** When the policy's minimum age is over, in ms since the epoch; `undefined` without such a rule. */
export function changeableFrom({ lastChangedAt, policy }: PasswordState): number | undefined {
  if (lastChangedAt === undefined || policy?.minAgeDays === undefined) return undefined;
  return lastChangedAt + policy.minAgeDays * dayMs;
}

/** When the password will have to be changed, in ms since the epoch; `undefined` when never. */
export function expiresAt({ lastChangedAt, policy }: PasswordState): number | undefined {
  if (lastChangedAt === undefined || policy?.maxAgeDays === undefined) return undefined;
  return lastChangedAt + policy.maxAgeDays * dayMs;
}

const byStatus: Readonly<Record<string, (state: PasswordState, now: number) => Failure | undefined>> = {
  EXTERNAL: () =>
    new Failure('refused', 'Your password is kept by an external identity provider, not by PingOne.', {
      code: 'EXTERNAL',
      hint: 'Change it there.',
    }),
  NO_PASSWORD: () =>
    new Failure('refused', 'You have no password in PingOne, so there is none to change.', {
      code: 'NO_PASSWORD',
      hint: 'Ask an administrator to set one, or use "Forgot password" on the sign-on page.',
    }),
  PASSWORD_LOCKED_OUT: ({ secondsUntilUnlock }, now) => lockedOut(secondsUntilUnlock, now),
};
