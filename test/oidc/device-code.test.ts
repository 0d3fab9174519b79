import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { connect, type Fetch } from '../../src/http/connection.ts';
import { discover } from '../../src/oidc/client.ts';
import { signInByDevice } from '../../src/oidc/device-code.ts';
import type { UserGrant } from '../../src/oidc/user-grant.ts';
import { createOutput } from '../../src/output/output.ts';
import type { Intercept } from '../../src/sandbox/intercept.ts';
import { json } from '../../src/sandbox/response.ts';
import { client as application, browserFor, sandboxMachine, signsInAs } from '../support/sandbox-machine.ts';
import { testMachine } from '../support/test-runtime.ts';

const ada = signsInAs('ada', 'Analytical-Engine-1843');

/** What the first polls are answered with instead: an OAuth error, a status, or nothing at all. */
type Answer = { readonly error: string } | { readonly status: number } | 'cut';

/**
 * Signs in by device. Each pause is over at once, and time moves on by it; in the first one the person signs in.
 *
 * @param codes members of the answer with the codes that are other than the sandbox's
 * @returns the pauses in seconds, how it ended, and what was sent
 */
async function pausesWith(
  answers: readonly Answer[],
  { timeoutMs = 3_600_000, codes = {} }: { timeoutMs?: number; codes?: Readonly<Record<string, unknown>> } = {},
) {
  const left = [...answers];
  const forms: Readonly<Record<string, string>>[] = [];
  const intercept: Intercept = async ({ url, method, form }, proceed) => {
    if (method === 'POST' && url.pathname.includes('/as/')) forms.push(Object.fromEntries(form()));
    if (url.pathname.endsWith('/device_authorization')) {
      const { body = '{}' } = await proceed();
      return json(200, { ...(JSON.parse(body) as object), ...codes });
    }
    if (!url.pathname.endsWith('/as/token')) return proceed();
    const answer = left.shift();
    if (answer === undefined) return proceed();
    if (answer === 'cut') return undefined;
    return 'error' in answer ? json(400, { ...answer, error_description: answer.error }) : { ...answer, body: 'busy' };
  };
  const machine = await sandboxMachine({ sandboxOptions: { intercept } });
  const runtime = machine.runtime();
  const fetch = await connect(runtime, { caFile: runtime.env['PING14C_CA_FILE'], timeoutMs: 30_000 });
  const { issuer } = machine.sandbox;
  const server = await discover({ issuer, clientId: application.native, authMethod: 'none' }, fetch, runtime);
  const pauses: number[] = [];
  const patient = {
    ...runtime,
    sleep: async (ms: number) => {
      pauses.push(ms / 1000);
      const [, plain, code] = /on any device:\n\s+(\S+)\n.*: (\S+)\n/.exec(runtime.printed().stderr) ?? [];
      const address = `${plain}?user_code=${code}`;
      if (pauses.length === 1) await ada(browserFor(machine.sandbox, ''), address);
      machine.advance(ms);
    },
  };
  const output = createOutput(runtime, { json: false, color: false, debug: false });
  const keep = async (grant: UserGrant) => grant;
  const ending = await signInByDevice({ server, scope: ['openid', 'profile'], timeoutMs, keep }, patient, output).then(
    ({ claims }) => claims['preferred_username'],
    (error: unknown) => error,
  );
  return { pauses, ending, forms };
}

const pending = { error: 'authorization_pending' };
const slower = { error: 'slow_down' };

it('binds the code to this program: who has it, and not the verifier, gets nothing for it', async () => {
  const { forms } = await pausesWith([]);
  const [asked, redeemed] = forms;
  expect(asked).toEqual({
    client_id: application.native,
    scope: 'openid profile',
    code_challenge: createHash('sha256')
      .update(redeemed?.['code_verifier'] ?? '')
      .digest('base64url'),
    code_challenge_method: 'S256',
  });
  expect(redeemed).toEqual({
    client_id: application.native,
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: expect.any(String),
    code_verifier: expect.stringMatching(/^[\w-]{43}$/),
  });
});

it.each([
  'http://auth.example.com/device',
  'javascript://auth.example.com/%0aalert(1)',
  'https://auth.example.com.evil.example/device',
])('sends nobody from a server with TLS to %s', async (verification_uri) => {
  const issuer = 'https://auth.example.com/e/as';
  const metadata = { issuer, jwks_uri: `${issuer}/jwks`, device_authorization_endpoint: `${issuer}/device` };
  const codes = { device_code: 'd', user_code: 'AB-CD', verification_uri, expires_in: 600 };
  const runtime = testMachine().runtime();
  const fetch: Fetch = async (url) => Response.json(url.endsWith('/openid-configuration') ? metadata : codes);
  const server = await discover({ issuer, clientId: 'client-1', authMethod: 'none' }, fetch, runtime);
  const output = createOutput(runtime, { json: false, color: false, debug: false });
  const wanted = { server, scope: ['openid'], timeoutMs: 1000, keep: async (grant: UserGrant) => grant };
  await expect(signInByDevice(wanted, runtime, output)).rejects.toMatchObject({
    kind: 'failed',
    code: 'verification_uri_refused',
  });
  expect(runtime.printed().stderr).toBe('');
});

describe('waiting for the other device', () => {
  it.each([
    ['at the server’s pace', [pending, pending], [5, 5, 5]],
    [
      'five seconds slower for good each time it is told to slow down',
      [slower, pending, slower, pending],
      [5, 10, 10, 15, 15],
    ],
    ['ever more patiently while the network fails, then as before', ['cut', 'cut', pending], [5, 10, 20, 5]],
    ['every 40 seconds at last while the network fails', Array<Answer>(5).fill('cut'), [5, 10, 20, 40, 40, 40]],
    [
      'on through a server that is busy',
      [{ status: 503 }, { error: 'temporarily_unavailable' }, { error: 'server_error' }],
      [5, 10, 20, 40],
    ],
    ['on through a gateway that limits requests', [{ status: 429 }], [5, 10]],
    ['as slowly after a failure as it was told before', [slower, 'cut', pending], [5, 10, 20, 10]],
  ] as const)('asks %s', async (_how, answers, pauses) => {
    expect(await pausesWith(answers)).toMatchObject({ pauses, ending: 'ada' });
  });

  it('stops asking at the deadline, whatever the network does', async () => {
    const { pauses, ending } = await pausesWith(Array<Answer>(20).fill('cut'), { timeoutMs: 60_000 });
    expect(ending).toMatchObject({ kind: 'unreachable', code: 'sign_in_timeout' });
    expect(pauses.reduce((sum, seconds) => sum + seconds)).toBe(60);
  });

  it.each([
    ['every five seconds where the server names no pace', { interval: undefined }, 5],
    ['at a pace of the server’s own', { interval: 7 }, 7],
    ['once a second at most', { interval: 0.01 }, 1],
    ['once a minute at least', { interval: 86_400 }, 60],
  ])('asks %s', async (_how, codes, seconds) => {
    expect((await pausesWith([], { codes })).pauses).toEqual([seconds]);
  });

  it.each([
    ['no longer than the person allows, however long the code is said to live', 1e300, 'sign_in_timeout', 60],
    ['no longer than the code lives', 30, 'expired_token', 30],
    ['not at all for a code that has expired when it comes', 0, 'expired_token', 0],
  ])('asks %s', async (_how, expires_in, code, seconds) => {
    const { pauses, ending } = await pausesWith(Array<Answer>(20).fill(pending), {
      timeoutMs: 60_000,
      codes: { expires_in },
    });
    expect(ending).toMatchObject({ kind: 'unreachable', code });
    expect(pauses.reduce((sum, pause) => sum + pause)).toBe(seconds);
  });

  it.each([
    ['expired_token', 'unreachable'],
    ['access_denied', 'refused'],
    ['invalid_grant', 'refused'],
    ['invalid_client', 'refused'],
  ])('ends at once on %s', async (error, kind) => {
    const { pauses, ending } = await pausesWith([{ error }]);
    expect(pauses).toEqual([5]);
    expect(ending).toMatchObject({ kind, code: error });
  });
});
