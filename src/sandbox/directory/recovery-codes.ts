import { randomInt } from 'node:crypto';
import { type DirectoryUser, profileTexts } from '../directory.ts';
import { ForgetfulMap } from '../forgetful-map.ts';
import type { UnsatisfiedRequirement } from './unsatisfied-requirements.ts';

/** Why a user's password cannot be recovered at all. */
export type Unrecoverable = { readonly kind: 'external' | 'disabled' | 'accountLocked' | 'noPassword' };

export type CodeSending = { readonly kind: 'sent'; readonly notice: string } | Unrecoverable;

/** What became of a code and a new password. */
export type PasswordRecovery =
  | { readonly kind: 'recovered' }
  | Unrecoverable
  /** Unknown, expired or wrong once too often, which only the number of attempts left tells apart; none left: it is void. */
  | { readonly kind: 'wrongCode'; readonly attemptsRemaining: number | undefined }
  | { readonly kind: 'unmet'; readonly requirements: readonly UnsatisfiedRequirement[] };

interface SentCode {
  readonly code: string;
  readonly expiresAt: number;
  failures: number;
}

const lifetimeMs = 5 * 60_000;
const failuresPerCode = 5;

export type RecoveryCodes = ReturnType<typeof createRecoveryCodes>;

/** The codes by which forgotten passwords are recovered, one a user; the newest voids the one before (docs/pingone.md, section 7.3). */
export function createRecoveryCodes(now: () => number) {
  const sent = new ForgetfulMap<SentCode>(now);
  const alive = (userId: string) => {
    const found = sent.get(userId);
    return found && found.expiresAt > now() && found.failures < failuresPerCode ? found : undefined;
  };
  return {
    /** Makes a code. No mail leaves the sandbox: the notice is for its log, and tells the code. */
    send(user: DirectoryUser): CodeSending {
      const hindrance = hindranceTo(user, now());
      if (hindrance) return hindrance;
      const code = newCode();
      sent.set(user.id, { code, expiresAt: now() + lifetimeMs, failures: 0 });
      return { kind: 'sent', notice: `recovery code for ${user.username}: ${code}` };
    },

    /** Sets a new password for a code. The code stays good when the password breaks the policy, and is used up when not. */
    recover(user: DirectoryUser, code: string, newPassword: string): PasswordRecovery {
      const hindrance = hindranceTo(user, now());
      if (hindrance) return hindrance;
      const found = alive(user.id);
      if (!found) return { kind: 'wrongCode', attemptsRemaining: undefined };
      if (found.code !== code.trim().toUpperCase()) {
        found.failures += 1;
        return { kind: 'wrongCode', attemptsRemaining: failuresPerCode - found.failures };
      }
      const requirements = user.password.unmetBy(newPassword, profileTexts(user));
      if (requirements.length > 0) return { kind: 'unmet', requirements };
      sent.delete(user.id);
      user.password.set(newPassword, { forceChange: false });
      return { kind: 'recovered' };
    },
  };
}

/** A lockout of the password hinders nothing, but an administrator's lock of the account does: no code undoes that. */
function hindranceTo(user: DirectoryUser, now: number): Unrecoverable | undefined {
  const { identityProvider, enabled, accountLock, password } = user;
  if (identityProvider) return { kind: 'external' };
  if (!enabled) return { kind: 'disabled' };
  if ((accountLock?.until ?? 0) > now) return { kind: 'accountLocked' };
  return password.lastChangedAt === undefined ? { kind: 'noPassword' } : undefined;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

function newCode(): string {
  return Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('');
}
