import { Failure, messageOf } from '../errors.ts';
import { ping14c, wording } from '../wording.ts';

interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const otherStores = 'keep the session elsewhere with --store file or PING14C_STORE=file';

/** What the binding's texts mean, since it gives no error codes; the first match wins. */
const explanations: readonly (Explanation & { readonly when: RegExp })[] = [
  {
    when: /cannot find (module|native binding|package)|native binding|dlopen|invalid ELF|GLIBC|not a valid Win32/i,
    code: 'keychain_not_loadable',
    message: 'The keychain module cannot be loaded on this machine',
    hint: `Install ping14c again on this machine, with optional packages, or ${otherStores}.`,
  },
  {
    when: /did not receive a reply|timed? ?out/i,
    code: 'keychain_slow',
    message: 'The keychain did not answer',
    hint: `Check whether a window asks for its password, and try again, or ${otherStores}.`,
  },
  {
    // The same is said where nobody can be asked; the numbers are macOS' codes for the two.
    when: /\bdismissed|\bcancell?ed|\bdenied|\blocked|interaction is not allowed|-128\b|-25308\b/i,
    code: 'keychain_locked',
    message: 'The keychain is locked and was not unlocked',
    hint: `Unlock it (sign in to the desktop, or open its keyring program) and try again, or ${otherStores}.`,
  },
  {
    when: /too (long|large|big)|longer than|exceeds|1783\b|stub received bad data/i,
    code: 'keychain_too_small',
    message: 'The keychain cannot hold an item of this size',
    hint: `You can ${otherStores}.`,
  },
  {
    when: /no result found/i,
    code: 'keychain_absent',
    message: 'The keychain has no default collection to keep sessions in, or it is locked',
    hint: `Create and unlock a default keyring (for example with Seahorse), or ${otherStores}.`,
  },
  {
    when: /dbus|d-bus|serviceunknown|secret service|no such interface|name.*not.*(provided|activatable)/i,
    code: 'keychain_absent',
    message: 'There is no keychain: no Secret Service answers on the session bus',
    hint: `Start one such as gnome-keyring or KWallet, or ${otherStores}.`,
  },
];

/** Puts a keychain's own words into ours, with the ways out (docs/security.md, rule 22). */
export function keychainFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const own = messageOf(thrown);
  const { code, message, hint } = explanations.find(({ when }) => when.test(own)) ?? {
    code: 'keychain_failed',
    message: 'The keychain failed',
    hint: `Try again, or ${otherStores}.`,
  };
  const sentence = own.replace(/\n.*/s, '').replace(/(?<![.\s])[.\s]+$/, '');
  return new Failure('failed', `${message}: ${sentence}.`, { code, hint, cause: thrown });
}

export function keychainSlow(limitMs: number): Failure {
  return new Failure('failed', `The keychain did not answer within ${limitMs / 1000} seconds.`, {
    code: 'keychain_slow',
    hint: `Check whether a window asks for its password, unlock it and try again, or ${otherStores}.`,
  });
}

/** @param who the bus or the service, as a person would look for it */
export function keychainMute(who: string): Failure {
  return new Failure('failed', `The keychain cannot be reached: ${who} does not answer.`, {
    code: 'keychain_slow',
    hint: `Sign in to the desktop again, or ${otherStores}.`,
  });
}

export function busAbsent(reason: string): Failure {
  return new Failure('failed', `There is no keychain: no D-Bus session bus can be reached (${reason}).`, {
    code: 'keychain_absent',
    hint: `Over SSH or in a container there often is none: ${otherStores}.`,
  });
}

export function damagedItem(name: string): Failure {
  return new Failure('signInNeeded', `What the keychain holds for ${name} is damaged, or not from ping14c.`, {
    code: 'session_unreadable',
    hint: wording`Sign in again with ${ping14c('login')}.`,
  });
}

export function tooLarge(length: number): Failure {
  return new Failure('failed', `A session of ${length} characters is too large for this keychain.`, {
    code: 'keychain_too_small',
    hint: 'Keep the session elsewhere with --store file or PING14C_STORE=file.',
  });
}
