import { accountName } from './account.ts';
import type { SessionStore } from './session-store.ts';

/** Whose secret it is. Another issuer or client has another one, so a changed profile never sends the old one anywhere. */
export interface SecretOwner {
  readonly issuer: string;
  readonly clientId: string;
}

/** @throws Failure when the store fails. */
export function readClientSecret(store: SessionStore, owner: SecretOwner): Promise<string | undefined> {
  return store.read(accountOf(owner));
}

/** @throws Failure when the store fails. */
export function writeClientSecret(store: SessionStore, owner: SecretOwner, secret: string): Promise<void> {
  return store.write(accountOf(owner), secret);
}

/** Returns whether there was one. */
export function clearClientSecret(store: SessionStore, owner: SecretOwner): Promise<boolean> {
  return store.clear(accountOf(owner));
}

function accountOf({ issuer, clientId }: SecretOwner): string {
  return accountName('client-secret', [issuer, clientId]);
}
