import { expect, it } from 'vitest';
import { assumedServer } from '../../src/oidc/assumed-server.ts';
import { authorizationRequest, freshSecrets } from '../../src/oidc/authorization-request.ts';
import { testMachine } from '../support/test-runtime.ts';

const settings = { issuer: 'https://127.0.0.1:9/e/as', clientId: 'the-client', authMethod: 'none' } as const;

it.each([
  ['itself', (server: ReturnType<typeof assumedServer>) => server.fetch(settings.issuer)],
  [
    'by the library, as a pushed request would be',
    (server: ReturnType<typeof assumedServer>) =>
      authorizationRequest(server, { scope: ['openid'] }, { response_type: 'code' }, freshSecrets(), {
        redirectUri: 'https://127.0.0.1/callback',
        pushed: true,
      }),
  ],
  ['for its keys', (server: ReturnType<typeof assumedServer>) => server.keys.reload()],
])('sends nothing in a dry run, neither what it would send %s', async (_who, send) => {
  const server = assumedServer(settings, testMachine().runtime());
  await expect(send(server)).rejects.toMatchObject({
    kind: 'failed',
    code: 'dry_run',
    message: 'Nothing is sent in a dry run.',
  });
});
