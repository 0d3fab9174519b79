import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import { platformError, validationError } from '../platform-error.ts';
import { empty, type SandboxResponse } from '../response.ts';
import type { UserAttributes } from '../seed/users.ts';
import { jsonObjectSent, type UserRequest } from './api-request.ts';
import { passwordLinks, passwordState } from './password-state.ts';
import { environmentUrl, link, resource, timeText } from './resource.ts';
import { changedAttributes } from './user-attributes.ts';
import { usernameIn } from './username.ts';

export function getUser({ environment, url, user }: UserRequest): SandboxResponse {
  return resource(userResource(environment, user, (url.searchParams.get('include') ?? '').split(',')));
}

/** Answers with the user's record as it is now. */
export function userRecord(environment: Environment, user: DirectoryUser): SandboxResponse {
  return resource(userResource(environment, user));
}

/** PATCH keeps what the body does not name, within complex attributes too; null removes. */
export function patchUser(request: UserRequest): SandboxResponse {
  const { attributes, username } = request.user;
  return changeUser(request, attributes, { username });
}

/** PUT replaces all attributes; the user name has to be among them. */
export function putUser(request: UserRequest): SandboxResponse {
  return changeUser(request, {}, {});
}

function changeUser(
  request: UserRequest,
  before: UserAttributes,
  kept: { readonly username?: string },
): SandboxResponse {
  const { environment, user } = request;
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const username = usernameIn(request, { ...kept, ...body }, user);
  if (username.kind === 'refused') return username.refusal;
  const change = changedAttributes(before, body);
  if (change.kind === 'refused') return validationError(request, change.target, change.problem);
  const changes = { username: username.value, attributes: change.attributes };
  return userRecord(environment, environment.directory.update(user.id, changes));
}

/** Deletes the user, and ends all that is theirs: sessions at once, tokens because nobody is behind them any more. */
export function deleteUser({ environment, user }: UserRequest): SandboxResponse {
  for (const session of environment.sessions.ofUser(user.id)) environment.sessions.end(session);
  environment.directory.remove(user.id);
  return empty(204);
}

/** Shows the user record (docs/pingone.md, section 7.1). Unset attributes are absent, not null. */
export function userResource(environment: Environment, user: DirectoryUser, include: readonly string[] = []): object {
  const { seed } = environment;
  const { identityProvider, lastSignOn } = user;
  const base = environmentUrl(environment);
  const self = `${base}/users/${user.id}`;
  const { populationId } = seed.environment;
  return {
    _links: {
      self: link(self),
      environment: link(base),
      population: link(`${base}/populations/${populationId}`),
      devices: link(`${self}/devices`),
      roleAssignments: link(`${self}/roleAssignments`),
      password: link(`${self}/password`),
      ...passwordLinks(environment, user.id, ['set', 'reset', 'check', 'recover']),
      'account.sendVerificationCode': link(self),
      linkedAccounts: link(`${self}/linkedAccounts`),
    },
    _embedded: identityProvider ? undefined : { password: passwordState(environment, user) },
    id: user.id,
    environment: { id: seed.environment.id },
    ...byName({
      account: accountState(user, environment.now()),
      createdAt: timeText(user.createdAt),
      enabled: user.enabled,
      identityProvider: identityProvider ?? { type: 'PING_ONE' },
      lastSignOn: lastSignOn && { at: timeText(lastSignOn.at), remoteIp: lastSignOn.remoteIp },
      lifecycle: { status: 'ACCOUNT_OK' },
      mfaEnabled: user.mfaEnabled,
      population: { id: populationId },
      updatedAt: timeText(user.updatedAt),
      username: user.username,
      verifyStatus: 'NOT_INITIATED',
      ...user.attributes,
      memberOfGroupIDs: include.includes('memberOfGroupIDs') ? user.groups.map(({ id }) => id) : undefined,
      memberOfGroupNames: include.includes('memberOfGroupNames') ? user.groups.map(({ name }) => name) : undefined,
    }),
  };
}

/** PingOne writes a user's attributes in the order of their names. */
function byName(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(attributes).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Shows the lock that ends last: an administrator's, or the one that wrong passwords have brought about. */
function accountState({ enabled, password, accountLock }: DirectoryUser, now: number): object {
  const durationMs = (password.policy.lockout?.durationSeconds ?? 0) * 1000;
  const lockout =
    password.lockedAt === undefined ? [] : [{ at: password.lockedAt, until: password.lockedAt + durationMs }];
  const [lock] = [accountLock ?? [], lockout].flat().toSorted((one, other) => other.until - one.until);
  if (!lock || lock.until <= now) return { canAuthenticate: enabled, status: 'OK' };
  const locked = { canAuthenticate: false, status: 'LOCKED', lockedAt: timeText(lock.at) };
  if (!Number.isFinite(lock.until)) return locked;
  return {
    ...locked,
    // Ping’s Go client reads 32 bits, and no record with more.
    secondsUntilUnlock: Math.min(2 ** 31 - 1, Math.ceil((lock.until - now) / 1000)),
    unlockAt: timeText(lock.until),
  };
}
