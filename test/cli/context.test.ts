import { describe, expect, it } from 'vitest';
import { type ConfiguredContext, wayToServer } from '../../src/cli/context.ts';
import type { ClientSettings } from '../../src/oidc/client-settings.ts';

const usual = {
  env: {} as Readonly<Record<string, string>>,
  values: { caFile: undefined as string | undefined, httpTimeout: 30 },
  client: { issuer: 'https://auth.pingone.eu/as', clientId: 'client', authMethod: 'none' } as ClientSettings,
};

function wayOf({ env, values, client }: typeof usual) {
  return wayToServer({ runtime: { env }, settings: { values } } as unknown as ConfiguredContext, client);
}

describe('the way to the server', () => {
  it.each<Partial<typeof usual>>([
    { env: { HTTPS_PROXY: 'http://proxy.example:3128' } },
    { env: { all_proxy: 'http://proxy.example:3128' } },
    { env: { NO_PROXY: 'auth.pingone.eu' } },
    { env: { NODE_EXTRA_CA_CERTS: '/etc/ca.pem' } },
    { env: { NODE_OPTIONS: '--use-openssl-ca' } },
    { values: { caFile: '/etc/ca.pem', httpTimeout: 30 } },
    { values: { caFile: undefined, httpTimeout: 5 } },
    { client: { ...usual.client, issuer: 'https://auth.pingone.com/as' } },
    { client: { ...usual.client, authMethod: 'client_secret_post' } },
    { client: { ...usual.client, clientSecret: 'secret' } },
    { client: { ...usual.client, privateKeyFile: '/home/ada/key.pem' } },
  ])('is another one with $env $values $client', (other) => {
    expect(wayOf({ ...usual, ...other })).not.toEqual(wayOf(usual));
  });

  it('is the same whatever else there is in the environment', () => {
    expect(wayOf({ ...usual, env: { LANG: 'de', HTTPS_PROXY: ' ' } })).toEqual(wayOf(usual));
  });
});
