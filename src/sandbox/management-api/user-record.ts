import type { DirectoryUser } from '../directory.ts';
import type { Environment } from '../environment.ts';
import { baseOf, link, timeText } from './call.ts';
import { passwordLinks, passwordStateOf } from './password-state.ts';

/** The user record (docs/pingone.md, section 7.1). Unset attributes are absent, not null. */
export function userResource(environment: Environment, user: DirectoryUser, include: readonly string[] = []): object {
  const { seed } = environment;
  const { identityProvider, lastSignOn } = user;
  const base = baseOf(environment);
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
    ...(identityProvider ? {} : { _embedded: { password: passwordStateOf(environment, user) } }),
    id: user.id,
    environment: { id: seed.environment.id },
    account: accountOf(user),
    createdAt: timeText(user.createdAt),
    enabled: user.enabled,
    identityProvider: identityProvider ?? { type: 'PING_ONE' },
    ...(lastSignOn ? { lastSignOn: { at: timeText(lastSignOn.at), remoteIp: lastSignOn.remoteIp } } : {}),
    lifecycle: { status: 'ACCOUNT_OK' },
    mfaEnabled: false,
    population: { id: populationId },
    updatedAt: timeText(user.updatedAt),
    username: user.username,
    verifyStatus: 'NOT_INITIATED',
    ...user.attributes,
    ...(include.includes('memberOfGroupIDs') ? { memberOfGroupIDs: user.groups.map(({ id }) => id) } : {}),
    ...(include.includes('memberOfGroupNames') ? { memberOfGroupNames: user.groups.map(({ name }) => name) } : {}),
  };
}

function accountOf({ enabled, credential }: DirectoryUser): object {
  const { lockedAt } = credential;
  const secondsUntilUnlock = credential.secondsUntilUnlock();
  if (lockedAt === undefined || secondsUntilUnlock === undefined) return { canAuthenticate: enabled, status: 'OK' };
  const durationMs = (credential.policy.lockout?.durationSeconds ?? 0) * 1000;
  return {
    canAuthenticate: false,
    status: 'LOCKED',
    lockedAt: timeText(lockedAt),
    secondsUntilUnlock,
    unlockAt: timeText(lockedAt + durationMs),
  };
}
