import { momentIn } from '../../json.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import { jsonObjectSent, type UserRequest } from './api-request.ts';
import { userRecord } from './user.ts';

/**
 * `account.lock+json`: locks the account until `unlockAt`, and without it until it is unlocked. With a past one nothing is
 * locked (docs/pingone.md, sections 7.3 and 14).
 */
export function lockAccount(request: UserRequest): SandboxResponse {
  const { environment, user } = request;
  // Ping's Go SDK sends "null" where it has nothing to say.
  const body = request.json() === null ? {} : jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const sent = body['unlockAt'] ?? undefined;
  const unlockAt = sent === undefined ? Number.POSITIVE_INFINITY : momentIn(body, 'unlockAt');
  if (unlockAt === undefined) {
    return validationError(request, 'unlockAt', 'must be a time such as 2030-01-01T12:00:00Z');
  }
  if (unlockAt <= environment.now()) {
    return { ...userRecord(environment, user), notice: 'nothing was locked: unlockAt is past' };
  }
  return userRecord(environment, environment.directory.lockAccount(user.id, unlockAt));
}

/** `account.unlock+json`: ends every lock before its time. */
export function unlockAccount({ environment, user }: UserRequest): SandboxResponse {
  return userRecord(environment, environment.directory.unlockAccount(user.id));
}
