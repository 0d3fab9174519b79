import { randomUUID } from 'node:crypto';
import type { UnsatisfiedRequirement } from './directory/unsatisfied-requirements.ts';
import { type PasswordChange, UserPassword, type Verification } from './directory/user-password.ts';
import type { PasswordPolicy } from './seed/password-policy.ts';
import type { SeedUser, UserAttributes } from './seed/users.ts';
import type { Seed } from './seed.ts';

/**
 * A user as the sandbox knows them now. The record is replaced, never changed in place; only the password changes by
 * itself.
 */
export interface DirectoryUser {
  readonly id: string;
  /** Users are numbered in the order in which they came, from 1 on; no number is given twice. */
  readonly ordinal: number;
  readonly username: string;
  readonly enabled: boolean;
  /** Kept and told only: there is no second factor here. */
  readonly mfaEnabled: boolean;
  readonly attributes: UserAttributes;
  readonly identityProvider: { readonly id: string; readonly type: string } | undefined;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly password: UserPassword;
  /** Milliseconds since the epoch, like all times here. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastSignOn?: { readonly at: number; readonly remoteIp: string } | undefined;
  /**
   * An administrator's lock of the account; the lockout of the password is another matter. It may have ended; with `until`
   * infinite it ends by hand only.
   */
  readonly accountLock?: { readonly at: number; readonly until: number } | undefined;
}

/**
 * What became of a user name and a password at sign-on. Every kind but `invalid` and `lockedOut` means that the password
 * was right.
 */
export type PasswordVerdict =
  | { readonly kind: 'ok' | 'mustChange' | 'expired' | 'disabled'; readonly user: DirectoryUser }
  | { readonly kind: 'noPassword' | 'external'; readonly user: DirectoryUser }
  | { readonly kind: 'invalid' }
  /** By wrong passwords. */
  | { readonly kind: 'lockedOut'; readonly secondsUntilUnlock: number }
  /** By an administrator; `secondsUntilUnlock` is not there for a lock that ends by hand only. */
  | { readonly kind: 'accountLocked'; readonly secondsUntilUnlock: number | undefined };

/** The users of an environment and their passwords. */
export interface Directory {
  users(): readonly DirectoryUser[];
  find(userId: string): DirectoryUser | undefined;
  findByUsername(username: string): DirectoryUser | undefined;
  /**
   * Judges what was typed at sign-on. A wrong password counts towards the lockout; an unknown user is `invalid` like a
   * wrong password.
   */
  checkPassword(username: string, password: string): PasswordVerdict;
  /** Changes a password as its user may, at sign-on or through the API: policy, history and minimum age hold. */
  changePassword(userId: string, currentPassword: string, newPassword: string): PasswordChange;
  recordSignOn(userId: string, remoteIp: string): void;
  /** Locks the account until then, whatever state its password is in. */
  lockAccount(userId: string, until: number): DirectoryUser;
  /** Ends a lock of the account and a lockout of its password. */
  unlockAccount(userId: string): DirectoryUser;
  /** Adds a user, under the environment's default password policy. */
  create(user: NewUser): UserCreation;
  /** Replaces what is named. */
  update(userId: string, changes: UserChanges): DirectoryUser;
  remove(userId: string): void;
}

type UserChanges = Partial<Pick<DirectoryUser, 'username' | 'attributes' | 'enabled' | 'mfaEnabled'>>;

export interface NewUser extends Pick<DirectoryUser, 'username' | 'attributes' | 'enabled' | 'mfaEnabled'> {
  /** Absent: the user has none (`NO_PASSWORD`). */
  readonly password:
    | { readonly value: string; readonly forceChange: boolean; readonly bypassPolicy: boolean }
    | undefined;
}

type UserCreation =
  | { readonly kind: 'created'; readonly user: DirectoryUser }
  /** The password breaks the policy: there is no such user. */
  | { readonly kind: 'unmet'; readonly requirements: readonly UnsatisfiedRequirement[] };

/** Makes the directory of a seed. @param now milliseconds since the epoch; tests move it */
export function createDirectory(seed: Seed, now: () => number): Directory {
  const users = new Map<string, DirectoryUser>();
  let newest = 0;
  for (const user of seed.users)
    users.set(user.id, { ...seededUser(user, seed.passwordPolicies, now), ordinal: ++newest });

  function known(userId: string): DirectoryUser {
    const user = users.get(userId);
    if (!user) throw new Error(`The sandbox has no user ${userId}.`);
    return user;
  }

  function replaced(userId: string, changes: Partial<DirectoryUser>): DirectoryUser {
    const user = { ...known(userId), ...changes };
    users.set(userId, user);
    return user;
  }

  const directory: Directory = {
    users: () => [...users.values()],
    find: (userId) => users.get(userId),
    findByUsername: (username) =>
      directory.users().find((user) => user.username.toLowerCase() === username.trim().toLowerCase()),
    checkPassword: (username, password) => {
      const user = directory.findByUsername(username);
      if (!user) return { kind: 'invalid' };
      const lockedForMs = (user.accountLock?.until ?? 0) - now();
      if (lockedForMs > 0) {
        const secondsUntilUnlock = Number.isFinite(lockedForMs) ? Math.ceil(lockedForMs / 1000) : undefined;
        return { kind: 'accountLocked', secondsUntilUnlock };
      }
      return verdictOn(user, user.password.verify(password));
    },
    changePassword: (userId, currentPassword, newPassword) => {
      const user = known(userId);
      return user.password.change(currentPassword, newPassword, profileTexts(user));
    },
    recordSignOn: (userId, remoteIp) => void replaced(userId, { lastSignOn: { at: now(), remoteIp } }),
    lockAccount: (userId, until) => replaced(userId, { accountLock: { at: now(), until } }),
    unlockAccount: (userId) => {
      known(userId).password.unlock();
      return replaced(userId, { accountLock: undefined });
    },
    create: ({ password: given, ...user }) => {
      const policy = policyOf(seed.passwordPolicies, undefined);
      const password = new UserPassword({ policy, external: false, seed: undefined, now });
      const requirements = given && !given.bypassPolicy ? password.unmetBy(given.value, profileTexts(user)) : [];
      if (requirements.length > 0) return { kind: 'unmet', requirements };
      if (given) password.set(given.value, given);
      const at = { createdAt: now(), updatedAt: now() };
      const created = {
        ...user,
        ...at,
        id: randomUUID(),
        ordinal: ++newest,
        identityProvider: undefined,
        groups: [],
        password,
      };
      users.set(created.id, created);
      return { kind: 'created', user: created };
    },
    update: (userId, changes) => replaced(userId, { ...changes, updatedAt: now() }),
    remove: (userId) => void users.delete(userId),
  };
  return directory;
}

/** Collects every text in the user's profile, for the rule `excludesProfileData`. */
export function profileTexts(user: Pick<DirectoryUser, 'username' | 'attributes'>): readonly string[] {
  const texts = (value: unknown): string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  return [user.username, ...texts(user.attributes)];
}

function verdictOn(user: DirectoryUser, verification: Verification): PasswordVerdict {
  if (verification.kind === 'lockedOut') return verification;
  if (verification.kind === 'wrong') return { kind: 'invalid' };
  if (verification.kind !== 'right') return { kind: verification.kind, user };
  // Only who knows the password learns the state of the account.
  if (!user.enabled) return { kind: 'disabled', user };
  const status = user.password.status();
  if (status === 'MUST_CHANGE_PASSWORD') return { kind: 'mustChange', user };
  if (status === 'PASSWORD_EXPIRED') return { kind: 'expired', user };
  return { kind: 'ok', user };
}

const dayMs = 86_400_000;

function seededUser(
  seed: SeedUser,
  policies: readonly PasswordPolicy[],
  now: () => number,
): Omit<DirectoryUser, 'ordinal'> {
  const { password, identityProvider, groups = [] } = seed;
  const policy = policyOf(policies, password?.policyId);
  const createdAt = now() - 400 * dayMs;
  return {
    id: seed.id,
    username: seed.username,
    enabled: seed.enabled ?? true,
    mfaEnabled: false,
    attributes: seed.attributes,
    identityProvider,
    groups,
    password: new UserPassword({ policy, external: identityProvider !== undefined, seed: password, now }),
    createdAt,
    updatedAt: createdAt,
  };
}

/** Finds a policy, without an ID the default one. */
function policyOf(policies: readonly PasswordPolicy[], policyId: string | undefined): PasswordPolicy {
  const policy = policies.find(({ id, default: isDefault }) => (policyId ? id === policyId : isDefault));
  if (!policy) throw new Error(`The sandbox's seed has no password policy ${policyId ?? 'by default'}.`);
  return policy;
}
