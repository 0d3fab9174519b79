import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import { platformError, validationError } from '../platform-error.ts';
import type { SandboxResponse } from '../response.ts';
import type { UserAttributes } from '../seed/users.ts';
import { type ApiRequest, jsonObjectSent, type UserRequest } from './api-request.ts';
import { passwordLinks, passwordState } from './password-state.ts';
import { collection, environmentUrl, link, resource, timeText } from './resource.ts';
import { changedAttributes } from './user-attributes.ts';

export function getUser({ environment, url, user }: UserRequest): SandboxResponse {
  return resource(userResource(environment, user, (url.searchParams.get('include') ?? '').split(',')));
}

/** Answers with the user's record as it is now. */
export function userRecord(environment: Environment, user: DirectoryUser): SandboxResponse {
  return resource(userResource(environment, user));
}

/** Gives all users, or with `?filter=username eq "ada"` (also by email) the one. Other filters are refused, not ignored. */
export function getUsers(request: ApiRequest): SandboxResponse {
  const { environment, url } = request;
  const filter = url.searchParams.get('filter');
  const [, attribute, value] = /^\(?\s*(username|email) eq "([^"]*)"\s*\)?$/i.exec(filter ?? '') ?? [];
  if (filter !== null && attribute === undefined) {
    return validationError(request, 'filter', 'must be of the form username eq "…" or email eq "…" in the sandbox');
  }
  const matches = (user: DirectoryUser) => {
    const own = attribute?.toLowerCase() === 'email' ? user.attributes.email : user.username;
    return value === undefined || own?.toLowerCase() === value.toLowerCase();
  };
  const users = environment.directory.users().filter(matches);
  return collection(
    `${environmentUrl(environment)}/users`,
    'users',
    users.map((user) => userResource(environment, user)),
  );
}

/** PATCH keeps what the body does not name, within complex attributes too; null removes. */
export function patchUser(request: UserRequest): SandboxResponse {
  return changeUser(request, request.user.attributes);
}

/** PUT replaces all attributes. */
export function putUser(request: UserRequest): SandboxResponse {
  return changeUser(request, {});
}

function changeUser(request: UserRequest, before: UserAttributes): SandboxResponse {
  const { environment, user } = request;
  const body = jsonObjectSent(request);
  if (!body) return platformError(request, 'invalidRequest');
  const change = changedAttributes(before, body);
  if (change.kind === 'refused') return validationError(request, change.target, change.problem);
  return userRecord(environment, environment.directory.update(user.id, change.attributes));
}

/** Shows the user record (docs/pingone.md, section 7.1). Unset attributes are absent, not null. */
function userResource(environment: Environment, user: DirectoryUser, include: readonly string[] = []): object {
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
      ...passwordLinks(environment, user.id),
      'account.sendVerificationCode': link(self),
      linkedAccounts: link(`${self}/linkedAccounts`),
    },
    _embedded: identityProvider ? undefined : { password: passwordState(environment, user) },
    id: user.id,
    environment: { id: seed.environment.id },
    account: accountState(user, environment.now()),
    createdAt: timeText(user.createdAt),
    enabled: user.enabled,
    identityProvider: identityProvider ?? { type: 'PING_ONE' },
    lastSignOn: lastSignOn && { at: timeText(lastSignOn.at), remoteIp: lastSignOn.remoteIp },
    lifecycle: { status: 'ACCOUNT_OK' },
    mfaEnabled: false,
    population: { id: populationId },
    updatedAt: timeText(user.updatedAt),
    username: user.username,
    verifyStatus: 'NOT_INITIATED',
    ...user.attributes,
    memberOfGroupIDs: include.includes('memberOfGroupIDs') ? user.groups.map(({ id }) => id) : undefined,
    memberOfGroupNames: include.includes('memberOfGroupNames') ? user.groups.map(({ name }) => name) : undefined,
  };
}

/** Shows the lock that ends last: an administrator's, or the one that wrong passwords have brought about. */
function accountState({ enabled, password, accountLock }: DirectoryUser, now: number): object {
  const durationMs = (password.policy.lockout?.durationSeconds ?? 0) * 1000;
  const lockout =
    password.lockedAt === undefined ? [] : [{ at: password.lockedAt, until: password.lockedAt + durationMs }];
  const [lock] = [accountLock ?? [], lockout].flat().toSorted((one, other) => other.until - one.until);
  if (!lock || lock.until <= now) return { canAuthenticate: enabled, status: 'OK' };
  return {
    canAuthenticate: false,
    status: 'LOCKED',
    lockedAt: timeText(lock.at),
    secondsUntilUnlock: Math.ceil((lock.until - now) / 1000),
    unlockAt: timeText(lock.until),
  };
}
