import { describe, expect, it } from 'vitest';
import { clientOf, resolveSettings } from '../../src/config/settings.ts';

const environment = { PING14C_ENVIRONMENT_ID: 'e0000000-0000-4000-8000-000000000001', PING14C_CLIENT_ID: 'own' };

function chosen(env: Readonly<Record<string, string>>, owner: 'user' | 'application') {
  return clientOf(resolveSettings({}, { ...environment, ...env }, { name: 'default', values: {} }), owner);
}

describe('the client that the settings choose', () => {
  it.each([
    ['does not authenticate without a secret', {}, 'none'],
    ['uses Basic with one', { PING14C_CLIENT_SECRET: 's' }, 'client_secret_basic'],
    ['uses the private key where there is only that', { PING14C_PRIVATE_KEY: 'key.pem' }, 'private_key_jwt'],
    [
      'does what it is told',
      { PING14C_CLIENT_SECRET: 's', PING14C_AUTH_METHOD: 'client_secret_post' },
      'client_secret_post',
    ],
  ])('%s', (_name, env, method) => {
    expect(chosen(env, 'user').authMethod).toBe(method);
  });

  it("is the client itself for the application's own token, unless a worker is named", () => {
    const own = { clientId: 'own', clientSecret: 's', authMethod: 'client_secret_basic' };
    expect(chosen({ PING14C_CLIENT_SECRET: 's' }, 'application')).toMatchObject(own);
    const worker = { PING14C_WORKER_CLIENT_ID: 'worker', PING14C_WORKER_CLIENT_SECRET: 'w' };
    expect(chosen({ ...worker, PING14C_AUTH_METHOD: 'none' }, 'application')).toMatchObject({
      clientId: 'worker',
      clientSecret: 'w',
      authMethod: 'client_secret_basic',
    });
    expect(chosen({ ...worker, PING14C_WORKER_AUTH_METHOD: 'client_secret_post' }, 'application').authMethod).toBe(
      'client_secret_post',
    );
    expect(chosen(worker, 'user')).toEqual({
      issuer: 'https://auth.pingone.com/e0000000-0000-4000-8000-000000000001/as',
      clientId: 'own',
      authMethod: 'none',
    });
  });
});
