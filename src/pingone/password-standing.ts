import { Failure } from '../errors.ts';
import type { PingOneClient } from './client.ts';
import { type PasswordState, readPasswordState } from './password.ts';
import { type CheckedRule, checklist } from './password-checklist.ts';
import { profileValues, readUser } from './user.ts';

/** What is known of the user's password before anything is asked. Absent is what the scopes do not allow to read. */
export interface PasswordStanding {
  readonly state?: PasswordState | undefined;
  readonly profileValues?: readonly string[] | undefined;
}

/** Reads state, policy and, for the one rule that compares with it, the user record. @throws Failure */
export async function readPasswordStanding(
  client: PingOneClient,
  userId: string,
  has: (scope: string) => boolean,
): Promise<PasswordStanding> {
  const [state, values] = await Promise.all([
    has('p1:read:userPassword') ? readPasswordState(client, userId) : undefined,
    has('p1:read:user') ? readUser(client, userId).then(profileValues, withoutIt) : undefined,
  ]);
  return { state, profileValues: values };
}

/** The rules in force, judged for one password; none where the policy is not known. */
export function judge(
  { state, profileValues: values }: PasswordStanding,
  newPassword: string,
  currentPassword?: string,
): readonly CheckedRule[] {
  return state?.policy ? checklist(state.policy, newPassword, { currentPassword, profileValues: values }) : [];
}

/** The rule is then left to PingOne. What is no `Failure` is the signal, or a defect. */
function withoutIt(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}
