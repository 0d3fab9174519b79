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
