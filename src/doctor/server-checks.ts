import type { AuthorizationServerClient } from '../auth/client.ts';
import { clockDifference } from '../auth/server-clock.ts';
import { chosenClient } from '../config/client-settings.ts';
import { endpointsOf, required } from '../config/settings.ts';
import { connection, type Invocation } from '../invocation/invocation.ts';
import type { Check, Finding } from './check.ts';
import { onSettings } from './settings-checks.ts';

/** The environment is there, and says that it is the one meant. No secret is needed for that, and none is sent. */
export const discoveryCheck: Check = {
  name: 'Authorization server',
  look: async (bench) => {
    const { invocation } = bench;
    if (!invocation) return { finding: { kind: 'skipped', text: 'needs the settings' } };
    const { issuer, clientId } = chosenClient(invocation.settings, 'user');
    const [{ discover }, fetch] = await Promise.all([import('../auth/client.ts'), connection(invocation)]);
    const client = await discover({ issuer, clientId, authMethod: 'none' }, fetch, invocation.runtime);
    return { finding: { kind: 'good', text: `${issuer} answers and is who it says` }, bench: { ...bench, client } };
  },
};

/** Times in tokens are the server's. */
export const clockCheck: Check = {
  name: 'Clock',
  look: onServer(async (client) => {
    const aheadMs = client.clock.aheadMs();
    const difference = clockDifference(aheadMs);
    if (difference) {
      const text = `this machine's is ${difference} the server's`;
      return { kind: 'problem', text, remedy: 'Set the clock; tokens would seem to come from the future or the past.' };
    }
    return {
      kind: 'good',
      text: aheadMs === undefined ? 'the server tells no time' : 'agrees with the server to a minute',
    };
  }),
};

/** Whatever it answers: without a token it says no, and that is an answer. */
export const apiCheck: Check = {
  name: 'Management API',
  look: onSettings(async (invocation) => {
    const { environmentApi } = endpointsOf(invocation.settings);
    const fetch = await connection(invocation);
    const { status } = await fetch(environmentApi, { headers: { accept: 'application/json' } });
    if (status === 401 || status === 403 || status < 300) return { kind: 'good', text: `${environmentApi} answers` };
    const remedy = 'Check the region or --api-url; it ends in /v1.';
    return {
      kind: 'problem',
      text: `${environmentApi} answers ${status}, where PingOne would ask for a token`,
      remedy,
    };
  }),
};

/** The listener opens, and PingOne takes the request that login would make. */
export const redirectCheck: Check = {
  name: 'Redirect URI',
  look: onServer(async (client, invocation) => {
    const { runtime, output, settings } = invocation;
    const [{ listen }, { authorizationRequest }, { refuseInVain }] = await Promise.all([
      import('../loopback/listener.ts'),
      import('../auth/authorization-request.ts'),
      import('../preflight/preflight.ts'),
    ]);
    const registered = required(settings, 'redirectUri');
    const listener = await listen({ redirectUri: registered, state: 'doctor', signal: runtime.signal }, runtime);
    // Nobody waits for it.
    listener.callback.catch(() => {});
    const { redirectUri } = listener;
    await listener.close();
    const wishes = { scope: required(settings, 'scope').split(' ') };
    const target = { redirectUri, state: 'doctor' };
    const { url } = await authorizationRequest(client, wishes, { response_type: 'code' }, target);
    await refuseInVain(client, { url, registered }, runtime, output);
    return { kind: 'good', text: `${redirectUri} can be listened at, and PingOne does not refuse it` };
  }),
};

function onServer(
  find: (client: AuthorizationServerClient, invocation: Invocation) => Promise<Finding>,
): Check['look'] {
  return async ({ client, invocation }) => ({
    finding:
      client && invocation
        ? await find(client, invocation)
        : { kind: 'skipped', text: 'needs the authorization server' },
  });
}
