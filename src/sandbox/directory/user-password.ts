import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import type { PasswordPolicy } from '../seed/password-policy.ts';
import type { SeedPassword } from '../seed/users.ts';
import { type UnsatisfiedRequirement, unsatisfiedRequirements } from './unsatisfied-requirements.ts';

/** PingOne's names for the state of a password (docs/pingone.md, section 7.2). */
type PasswordStatus =
  | 'OK'
  | 'NO_PASSWORD'
  | 'PASSWORD_EXPIRED'
  | 'PASSWORD_LOCKED_OUT'
  | 'MUST_CHANGE_PASSWORD'
  | 'EXTERNAL';

export type Verification =
  | { readonly kind: 'right' | 'noPassword' | 'external' }
  | { readonly kind: 'wrong'; readonly attemptsRemaining: number | undefined }
  | { readonly kind: 'lockedOut'; readonly secondsUntilUnlock: number };

/** What became of a user's own change. */
export type PasswordChange =
  | { readonly kind: 'changed' }
  | { readonly kind: 'external' }
  /** The policy's minimum age is not reached. */
  | { readonly kind: 'tooYoung' }
  /** No number where the policy has no lockout. */
  | { readonly kind: 'wrongCurrent'; readonly attemptsRemaining: number | undefined }
  | { readonly kind: 'lockedOut'; readonly secondsUntilUnlock: number }
  | { readonly kind: 'unmet'; readonly requirements: readonly UnsatisfiedRequirement[] };

interface UserPasswordOptions {
  readonly policy: PasswordPolicy;
  readonly external: boolean;
  readonly seed: SeedPassword | undefined;
  readonly now: () => number;
}

const dayMs = 86_400_000;

/** One user's password: its state, its past, and the count of wrong attempts. Passwords are kept as salted hashes. */
export class UserPassword {
  readonly policy: PasswordPolicy;
  readonly #external: boolean;
  readonly #now: () => number;
  /** Newest first. */
  #past: readonly StoredPassword[] = [];
  #current: StoredPassword | undefined;
  #mustChange: boolean;
  #isSeeded = true;
  #failures = 0;
  #lockedAt: number | undefined;

  constructor({ policy, external, seed, now }: UserPasswordOptions) {
    this.policy = policy;
    this.#external = external;
    this.#now = now;
    this.#current = seed && stored(seed.value, now() - seed.changedDaysAgo * dayMs);
    this.#mustChange = seed?.forceChange ?? false;
    if (seed?.lockedOut) this.#lockedAt = now();
  }

  /** Whether nobody has changed it since the sandbox began. */
  get isSeeded(): boolean {
    return this.#isSeeded;
  }

  /** Milliseconds since the epoch; `undefined` without a password. */
  get lastChangedAt(): number | undefined {
    return this.#current?.changedAt;
  }

  /** When the lockout began, in milliseconds since the epoch; `undefined` when there is none. */
  get lockedAt(): number | undefined {
    return this.secondsUntilUnlock() === undefined ? undefined : this.#lockedAt;
  }

  /** Whole seconds, rounded up; `undefined` when not locked out. */
  secondsUntilUnlock(): number | undefined {
    if (this.#lockedAt === undefined) return undefined;
    const left = Math.ceil((this.#lockedAt - this.#now()) / 1000 + (this.policy.lockout?.durationSeconds ?? 0));
    return left > 0 ? left : undefined;
  }

  status(): PasswordStatus {
    if (this.#external) return 'EXTERNAL';
    if (!this.#current) return 'NO_PASSWORD';
    if (this.secondsUntilUnlock() !== undefined) return 'PASSWORD_LOCKED_OUT';
    if (this.#mustChange) return 'MUST_CHANGE_PASSWORD';
    const { maxAgeDays } = this.policy;
    const expired = maxAgeDays !== undefined && this.#now() - this.#current.changedAt >= maxAgeDays * dayMs;
    return expired ? 'PASSWORD_EXPIRED' : 'OK';
  }

  /** Compares a password with the current one. Wrong attempts count towards the lockout, a right one clears the count. */
  verify(password: string): Verification {
    if (this.#external) return { kind: 'external' };
    if (!this.#current) return { kind: 'noPassword' };
    const secondsUntilUnlock = this.secondsUntilUnlock();
    if (secondsUntilUnlock !== undefined) return { kind: 'lockedOut', secondsUntilUnlock };
    if (this.#lockedAt !== undefined) this.unlock();
    if (matches(this.#current, password)) {
      this.#failures = 0;
      return { kind: 'right' };
    }
    this.#failures += 1;
    if (!this.policy.lockout) return { kind: 'wrong', attemptsRemaining: undefined };
    const attemptsRemaining = Math.max(0, this.policy.lockout.failureCount - this.#failures);
    if (attemptsRemaining === 0) this.#lockedAt = this.#now();
    return { kind: 'wrong', attemptsRemaining };
  }

  /**
   * Changes the password as its user may.
   *
   * @param profile the texts of the user's profile, for the rule that excludes them
   */
  change(currentPassword: string, newPassword: string, profile: readonly string[]): PasswordChange {
    if (this.#current || this.#external) {
      const verification = this.verify(currentPassword);
      if (verification.kind === 'external') return { kind: 'external' };
      if (verification.kind === 'lockedOut') return verification;
      if (verification.kind === 'wrong') return { ...verification, kind: 'wrongCurrent' };
    }
    if (this.#changeableAt() > this.#now()) return { kind: 'tooYoung' };
    const requirements = this.unmetBy(newPassword, profile, currentPassword);
    if (requirements.length > 0) return { kind: 'unmet', requirements };
    this.set(newPassword, { forceChange: false });
    return { kind: 'changed' };
  }

  /** Finds the requirements of the policy that a candidate does not satisfy, history included. */
  unmetBy(candidate: string, profile: readonly string[], current?: string): readonly UnsatisfiedRequirement[] {
    const { count = 0, retentionDays = 0 } = this.policy.history ?? {};
    const kept = this.#past.slice(0, count).filter(({ changedAt }) => this.#now() - changedAt < retentionDays * dayMs);
    // The predefined policies refuse the current password even where they keep no history (docs/pingone.md, section 7.5).
    const refused = this.#current ? [this.#current, ...kept] : kept;
    const used = refused.some((earlier) => matches(earlier, candidate));
    return unsatisfiedRequirements(this.policy, { password: candidate, profile, used, current });
  }

  /** Sets a password without asking anything, as an administrator may. Ends a lockout. */
  set(password: string, { forceChange }: { readonly forceChange: boolean }): void {
    this.#rememberCurrent();
    this.#current = stored(password, this.#now());
    this.#isSeeded = false;
    this.#mustChange = forceChange;
    this.unlock();
  }

  unset(): void {
    this.#rememberCurrent();
    this.#current = undefined;
    this.#isSeeded = false;
    this.#mustChange = false;
    this.unlock();
  }

  /** Locks it as too many wrong passwords would, where the policy knows a lockout. */
  lockOut(): void {
    this.#lockedAt = this.#now();
  }

  unlock(): void {
    this.#failures = 0;
    this.#lockedAt = undefined;
  }

  /** The password stays as it is, and has to be changed at the next sign-on. Ends a lockout. */
  forceChange(): void {
    this.#mustChange = true;
    this.unlock();
  }

  /** No more than the policy asks for are kept. */
  #rememberCurrent(): void {
    if (this.#current) this.#past = [this.#current, ...this.#past].slice(0, this.policy.history?.count ?? 0);
  }

  /**
   * Says from when on the password can be changed. One that must be changed can be, however young it is: otherwise
   * nobody who was given one could sign on.
   */
  #changeableAt(): number {
    if (!this.#current || this.#mustChange) return 0;
    return this.#current.changedAt + (this.policy.minAgeDays ?? 0) * dayMs;
  }
}

/** A password is kept as a salted hash. */
interface StoredPassword {
  readonly salt: Buffer;
  readonly hash: Buffer;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

function stored(password: string, changedAt: number): StoredPassword {
  const salt = randomBytes(16);
  return { salt, hash: hashOf(password, salt), changedAt };
}

function matches({ salt, hash }: StoredPassword, password: string): boolean {
  return timingSafeEqual(hash, hashOf(password, salt));
}

/**
 * The hash is cheaper than a server's should be: it only keeps passwords out of sight, and a history costs seven
 * comparisons a change.
 */
function hashOf(password: string, salt: Buffer): Buffer {
  return scryptSync(password, salt, 32, { N: 256 });
}
