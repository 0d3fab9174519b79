import { createHash } from 'node:crypto';
import type { SessionIdentity } from './session.ts';

/**
 * The name a session is stored under. All that the session belongs to is in it, so that with another issuer, environment,
 * client or profile there is no session (docs/security.md, rule 19). It is fit for a file name, and the profile can be read
 * in a keychain's list.
 */
export function accountOf({ profile, issuer, environmentId, clientId }: SessionIdentity): string {
  return accountName(profile, [profile, issuer, environmentId, clientId]);
}

/** @param parts whatever distinguishes this account from others; only a hash of them is in the name */
export function accountName(label: string, parts: readonly string[]): string {
  const readable = label.replace(/[^\w-]/g, '_').slice(0, 32);
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 20);
  return `${readable}-${hash}`;
}
