import { Failure } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { Answer, PingOneClient } from './client.ts';
import { countIn, type JsonObject, momentIn, objectIn, textIn } from './json-object.ts';
import { narrowPasswordPolicy, type PasswordPolicy } from './password-policy.ts';
import { passwordRefusal } from './password-refusal.ts';

/** `OK`, `NO_PASSWORD`, `PASSWORD_EXPIRED`, `PASSWORD_LOCKED_OUT`, `MUST_CHANGE_PASSWORD`, `EXTERNAL`, or one that came later. */
export type PasswordStatus = string;

/** A user's password as PingOne describes it (docs/pingone.md, section 7.2). Times in ms since the epoch. */
export interface PasswordState {
  readonly status: PasswordStatus;
  /** Absent without a password. */
  readonly lastChangedAt?: number | undefined;
  /** Only while locked, and only when it unlocks by itself. */
  readonly secondsUntilUnlock?: number | undefined;
  /** Absent where it was not asked for or not given. */
  readonly policy?: PasswordPolicy | undefined;
}

/** What became of a change: done, certainly not done, or nobody knows (docs/security.md, rule 27). */
export type ChangeOutcome =
  | { readonly kind: 'changed'; readonly state: PasswordState; readonly confirmed: 'by the answer' | 'by the state' }
  | { readonly kind: 'notChanged'; readonly failure: Failure }
  | { readonly kind: 'unknown'; readonly failure: Failure };

/** @throws Failure, also when what comes back is no password state. */
export async function readPasswordState(client: PingOneClient, userId: string): Promise<PasswordState> {
  const body = await client.read(`${pathOf(userId)}?expand=passwordPolicy`);
  const state = narrowPasswordState(body, userId);
  if (state) return state;
  throw new Failure('failed', 'PingOne answered with something that is not the state of your password.', {
    code: 'unexpected_answer',
    hint: 'Check the region or --api-url.',
  });
}

/**
 * Changes the user's own password (docs/pingone.md, section 7.3).
 *
 * 1. It sends one PUT, and never again once bytes may have left.
 * 2. "Changed", or a refusal in PingOne's words, is the answer.
 * 3. Otherwise it reads the state. A newer `lastChangedAt` means that the password is changed; an old one proves nothing,
 *    because the request may still be on its way.
 */
export async function changePassword(
  client: PingOneClient,
  userId: string,
  passwords: { readonly currentPassword: string; readonly newPassword: string },
  before: PasswordState | undefined,
  { now, signal }: Pick<Runtime, 'now' | 'signal'>,
): Promise<ChangeOutcome> {
  const { currentPassword, newPassword } = passwords;
  const answer = await client.send({
    method: 'PUT',
    path: pathOf(userId),
    contentType: 'application/vnd.pingidentity.password.reset+json',
    body: { currentPassword, newPassword },
  });
  const outcome = outcomeOf(answer, userId, before?.policy, now());
  if (outcome.kind !== 'unknown' || !before) return outcome;
  const after = await readPasswordState(client, userId).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return undefined;
  });
  const isNewer = (after?.lastChangedAt ?? 0) > (before.lastChangedAt ?? 0);
  return after && isNewer ? { kind: 'changed', state: after, confirmed: 'by the state' } : outcome;
}

function outcomeOf(answer: Answer, userId: string, policy: PasswordPolicy | undefined, now: number): ChangeOutcome {
  switch (answer.kind) {
    case 'accepted': {
      const state = narrowPasswordState(answer.body, userId);
      if (state) return { kind: 'changed', state, confirmed: 'by the answer' };
      return { kind: 'unknown', failure: unknownOutcome('the answer is not that of PingOne') };
    }
    case 'refused':
      return { kind: 'notChanged', failure: passwordRefusal(answer.status, answer.error, { policy, now }) };
    case 'unclear':
      return { kind: 'unknown', failure: unknownOutcome(answer.failure.message, answer.failure) };
    case 'silent':
      if (answer.sent === 'no') return { kind: 'notChanged', failure: answer.failure };
      return { kind: 'unknown', failure: unknownOutcome(answer.failure.message, answer.failure) };
    default:
      return answer satisfies never;
  }
}

function unknownOutcome(why: string, cause?: Failure): Failure {
  return new Failure('outcomeUnknown', 'The change was sent, but no trustworthy answer came back.', {
    code: 'outcome_unknown',
    details: [{ message: why }],
    correlationId: cause?.correlationId,
    hint: 'Your password is either the old or the new one: find out with "ping14c login --switch-user", the new one first. Do not send the change again before that.',
    cause,
  });
}

function narrowPasswordState(body: JsonObject, userId: string): PasswordState | undefined {
  const status = textIn(body, 'status');
  const owner = textIn(objectIn(body, 'user'), 'id');
  if (!status || (owner && owner !== userId)) return undefined;
  return {
    status,
    lastChangedAt: momentIn(body, 'lastChangedAt'),
    secondsUntilUnlock: countIn(body, 'secondsUntilUnlock'),
    policy: narrowPasswordPolicy(objectIn(body, '_embedded')['passwordPolicy']),
  };
}

function pathOf(userId: string): string {
  return `/users/${encodeURIComponent(userId)}/password`;
}
