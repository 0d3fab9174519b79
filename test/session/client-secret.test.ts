import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { clearClientSecret, readClientSecret, writeClientSecret } from '../../src/session/client-secret.ts';
import { asRead } from '../support/failures.ts';
import { storeOver } from '../support/session-samples.ts';

const owner = { issuer: 'https://auth.pingone.eu/as', clientId: 'ada' };

describe('a client secret that is kept', () => {
  it('is read and removed by the same issuer and client, and by no other', async () => {
    const items = new Map<string, string>();
    const store = storeOver(items);
    await writeClientSecret(store, owner, 'hush');
    for (const other of [{ issuer: 'https://auth.example/as' }, { clientId: 'bob' }]) {
      expect(await readClientSecret(store, { ...owner, ...other })).toBeUndefined();
      expect(await clearClientSecret(store, { ...owner, ...other })).toBe(false);
    }
    expect(await readClientSecret(store, owner)).toBe('hush');
    // So somebody finds it in a keychain's list.
    expect([...items.keys()]).toEqual([expect.stringMatching(/^client-secret-/)]);
    expect(await clearClientSecret(store, owner)).toBe(true);
    expect(items.size).toBe(0);
  });

  it('says what to do where it cannot be used, and is not excused where the store fails', async () => {
    const damaged = new Failure('signInNeeded', 'It is damaged.', { code: 'session_unreadable' });
    const failing = (failure: Error) => storeOver(new Map(), () => Promise.reject(failure));
    expect(await readClientSecret(failing(damaged), owner).catch(asRead)).toMatchObject({
      kind: 'usage',
      code: 'session_unreadable',
      message: 'The stored client secret cannot be used: It is damaged.',
      hint: 'Store it again with "ping14c config set client-secret", or set PING14C_CLIENT_SECRET.',
    });
    for (const other of [new Failure('failed', 'It is locked.', { code: 'keychain_locked' }), new TypeError('Ours.')]) {
      await expect(readClientSecret(failing(other), owner)).rejects.toBe(other);
    }
  });
});
