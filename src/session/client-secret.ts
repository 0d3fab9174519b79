import { Failure } from '../errors.ts';
import { ping14c, wording } from '../wording.ts';
import type { SessionStore } from './session-store.ts';
import { accountName } from './stored-record.ts';

/** Whose secret it is. Another issuer or client has another one, so a changed profile never sends the old one anywhere. */
interface SecretOwner {
  readonly issuer: string;
  readonly clientId: string;
}

/** @throws Failure when the store fails; `usage` when what it holds cannot be used. */
export async function readClientSecret(store: SessionStore, owner: SecretOwner): Promise<string | undefined> {
  try {
    return await store.read(secretAccount(owner));
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'signInNeeded') throw error;
    throw new Failure('usage', `The stored client secret cannot be used: ${error.message}`, {
      code: error.code,
      hint: wording`Store it again with ${ping14c('config set client-secret')}, or set PING14C_CLIENT_SECRET.`,
      cause: error,
    });
  }
}

/** @throws Failure when the store fails. */
export function writeClientSecret(store: SessionStore, owner: SecretOwner, secret: string): Promise<void> {
  return store.write(secretAccount(owner), secret);
}

/** Returns whether there was one. */
export function clearClientSecret(store: SessionStore, owner: SecretOwner): Promise<boolean> {
  return store.clear(secretAccount(owner));
}

function secretAccount({ issuer, clientId }: SecretOwner): string {
  return accountName('client-secret', [issuer, clientId]);
}
