import { allowInsecureRequests } from 'openid-client';
import { expect, it } from 'vitest';
import { assumedServer } from '../../src/oidc/assumed-server.ts';
import { authorizationRequest, freshSecrets } from '../../src/oidc/authorization-request.ts';
import { testMachine } from '../support/test-runtime.ts';

it('sends no browser to an authorization endpoint without TLS, even where the library would', async () => {
  const settings = { issuer: 'http://auth.example.com/e/as', clientId: 'the-client', authMethod: 'none' } as const;
  const server = assumedServer(settings, testMachine().runtime());
  // As `discover` does for a server on this machine.
  allowInsecureRequests(server.configuration);
  const target = { redirectUri: 'https://127.0.0.1/callback', pushed: false };
  const request = authorizationRequest(
    server,
    { scope: ['openid'] },
    { response_type: 'code' },
    freshSecrets(),
    target,
  );
  await expect(request).rejects.toMatchObject({
    kind: 'failed',
    code: 'insecure_endpoint',
    message: expect.stringContaining('no browser is sent there'),
    hint: 'Check the region or --auth-url.',
  });
});
