import { expect, it } from 'vitest';
import { discover } from '../../src/oidc/client.ts';
import type { ProtocolEvent } from '../../src/oidc/protocol-events.ts';
import { testMachine } from '../support/test-runtime.ts';

it('tells whoever looks on of each exchange as it was', async () => {
  const issuer = 'https://auth.example.com/e/as';
  const metadata = { issuer, jwks_uri: `${issuer}/jwks` };
  const told: ProtocolEvent[] = [];
  await discover(
    { issuer, clientId: 'client-1', authMethod: 'none' },
    async () => Response.json(metadata),
    testMachine().runtime(),
    (event) => told.push(event),
  );
  const exchange = {
    method: 'GET',
    url: `${issuer}/.well-known/openid-configuration`,
    headers: expect.any(Headers),
    form: '',
    status: 200,
    location: undefined,
    answer: JSON.stringify(metadata),
  };
  expect(told).toEqual([{ kind: 'exchange', exchange }]);
});

it.each(['http://127.0.0.1:8080/as', 'http://localhost/as', 'http://[::1]:9000/as'])(
  'discovers a server of this machine without TLS: %s',
  async (issuer) => {
    const fetch = async () => Response.json({ issuer, jwks_uri: `${issuer}/jwks` });
    const server = await discover({ issuer, clientId: 'client-1', authMethod: 'none' }, fetch, testMachine().runtime());
    expect(server.configuration.serverMetadata().issuer).toBe(issuer);
  },
);

it('discovers no other server without TLS', async () => {
  const issuer = 'http://auth.example.com/as';
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    return Response.json({ issuer, jwks_uri: `${issuer}/jwks` });
  };
  const discovered = discover({ issuer, clientId: 'client-1', authMethod: 'none' }, fetch, testMachine().runtime());
  await expect(discovered).rejects.toThrow();
  expect(asked).toEqual([]);
});
