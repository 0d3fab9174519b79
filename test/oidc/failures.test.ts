import { WWWAuthenticateChallengeError } from 'openid-client';
import { describe, expect, it } from 'vitest';
import { authFailure, readPreciseError, refusalFailure, remedyForCode } from '../../src/oidc/failures.ts';
import type { ServerClock } from '../../src/oidc/server-clock.ts';
import { json } from '../../src/sandbox/response.ts';
import { spelled } from '../../src/wording.ts';
import { client, signedIn } from '../support/sandbox-machine.ts';

const id = '3f2c1d9e-0000-4000-8000-000000000001';

describe('a refusal', () => {
  it('is read from either of the two grammars', async () => {
    const oauth = { error: 'invalid_grant', error_description: `Dead (Correlation ID: ${id})` };
    const platform = {
      id,
      code: 'ACCESS_FAILED',
      message: 'No',
      details: [{ code: 'INVALID_TOKEN', message: 'Expired' }],
    };
    expect(await readPreciseError(Response.json(oauth))).toMatchObject({
      code: 'invalid_grant',
      message: 'Dead',
      correlationId: id,
    });
    expect(await readPreciseError(Response.json(platform))).toMatchObject({
      code: 'invalid_token',
      message: 'Expired',
      correlationId: id,
    });
  });
});

const settings = { issuer: 'https://auth.pingone.eu/e/as', clientId: 'c', authMethod: 'none' } as const;
const clock = { aheadMs: () => undefined } as unknown as ServerClock;

it.each([
  ['refresh', 'invalid_grant', 'signInNeeded'],
  ['refresh', 'unauthorized_client', 'refused'],
  ['refresh', 'invalid_scope', 'refused'],
  ['token', 'invalid_grant', 'refused'],
] as const)('a refusal at the step %s with %s is %s: only a dead refresh token ends a session', (step, code, kind) => {
  expect(refusalFailure({ code, message: '', details: [] }, { settings, clock, step }).kind).toBe(kind);
});

/** RFC 6750, section 3; RFC 6749, section 5.2: what a 401 says in its header, and what in its body. */
it.each([
  ['userinfo', {}, undefined, 'invalid_token', /^PingOne refused the userinfo request \(invalid_token\)\.$/],
  ['userinfo', { error: 'more', error_description: 'Ask.' }, undefined, 'more', /^PingOne refused .* \(more\): Ask\.$/],
  ['token', {}, undefined, 'invalid_client', /^PingOne did not accept the client c with none\.$/],
  ['token', {}, { error: 'no', error_description: 'Never.' }, 'no', /^PingOne refused .* \(no\): Never\.$/],
  ['token', { error: 'one' }, { error: 'two', error_description: 'Never.' }, 'one', /\(one\): Never\.$/],
] as const)('a challenge at the step %s with %j and %j is %s', async (step, parameters, body, code, message) => {
  const response = new Response(body && JSON.stringify(body), { status: 401, headers: { 'correlation-id': id } });
  const cause = [{ scheme: 'bearer', parameters }] as const;
  const challenge = new WWWAuthenticateChallengeError('', { cause: [...cause], response });
  expect(await authFailure(challenge, { settings, clock, step })).toMatchObject({
    code,
    message: expect.stringMatching(message),
    correlationId: id,
  });
});

it.each([
  ['the reason of an interruption', 'SIGINT'],
  ['a defect of ours', new TypeError('x is not a function')],
])('%s is not blamed on the server', async (_what, thrown) => {
  expect(await authFailure(thrown, { settings, clock, step: 'token' })).toBe(thrown);
});

describe('what has happened comes first, and plainly', () => {
  const message = 'The request could not be completed. One or more validation errors were in the request.';

  it.each([
    ['refresh', 'invalid_grant', 'The session has ended: PingOne no longer accepts its refresh token.'],
    ['sign-in', 'access_denied', 'You cancelled the sign-in, or PingOne refused it.'],
  ] as const)('at the step %s with %s', (step, code, plain) => {
    const failure = refusalFailure({ code, message, details: [] }, { settings, clock, step });
    expect(failure.message).toBe(plain);
    expect(failure.details).toEqual([{ message: `PingOne: "${message}"` }]);
  });

  it('and alone where PingOne says nothing more', () => {
    const error = { code: 'access_denied', message: '', details: [] };
    expect(refusalFailure(error, { settings, clock, step: 'sign-in' }).details).toEqual([]);
  });

  it('and is in PingOne’s words where there are no plainer ones', () => {
    const refused = refusalFailure({ code: 'constructor', message, details: [] }, { settings, clock, step: 'refresh' });
    expect(refused.message).toBe(`PingOne refused the refresh request (constructor): ${message}`);
    expect(refused).toMatchObject({ details: [], hint: 'Run it again with --debug to see what was sent.' });
  });

  it.each([
    ['invalid_grant', 'token', 'PingOne refused the token request (invalid_grant).'],
    ['invalid_client', 'token', 'PingOne did not accept the client c with none.'],
  ] as const)('and is a whole sentence where PingOne has no words for %s', (code, step, sentence) => {
    expect(refusalFailure({ code, message: '', details: [] }, { settings, clock, step }).message).toBe(sentence);
  });
});

/** What an endpoint says no with, where no code is known. */
const no = () => json(400, { error: 'odd_thing', error_description: 'No.' });

it.each([
  ['/as/token', 'sign-in', ['login', '--switch-user']],
  ['/as/par', 'pushed authorization', ['login', '--par']],
  ['/as/device_authorization', 'device authorization', ['login', '--device']],
  ['/as/token', 'token', ['token', '--client-credentials']],
  ['/as/token', 'refresh', ['token', '--refresh']],
  ['/as/userinfo', 'userinfo', ['whoami']],
  ['/as/introspect', 'introspection', ['token', '--introspect']],
  ['/as/revoke', 'revocation', ['logout']],
])('a refusal at %s is told as one of the %s request (%j)', async (path, step, argv) => {
  const turned: { evil?: true } = {};
  const machine = await signedIn({
    env: {
      PING14C_WORKER_CLIENT_ID: client.worker,
      PING14C_WORKER_CLIENT_SECRET: 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003',
    },
    sandboxOptions: {
      intercept: async ({ url }, proceed) => (turned.evil && url.pathname.endsWith(path) ? no() : proceed()),
    },
  });
  turned.evil = true;
  const { stdout, stderr } = await machine.run(...argv);
  expect(stdout + stderr).toContain(`PingOne refused the ${step} request (odd_thing): No.`);
});

it.each([
  ['sign-in', 'access_denied', 'refused', /"ping14c login" to try again/],
  ['sign-in', 'login_required', 'signInNeeded', /"ping14c login" without --prompt none/],
  ['sign-in', 'interaction_required', 'signInNeeded', /"ping14c login" without --prompt none/],
  ['sign-in', 'consent_required', 'signInNeeded', /"ping14c login" without --prompt none/],
  ['sign-in', 'invalid_request', 'refused', /add --par. Otherwise run it again with --debug/],
  ['sign-in', 'invalid_scope', 'refused', /ask for others with --scope/],
  ['token', 'invalid_scope', 'refused', /Give a worker application an administrator role.* for scopes of an API/],
  ['token', 'invalid_request', 'refused', /Run it again with --debug/],
  ['sign-in', 'invalid_grant', 'refused', /"ping14c login" again/],
  ['token', 'unauthorized_client', 'refused', /Allow this grant type/],
  ['token', 'unsupported_grant_type', 'refused', /Allow this grant type/],
  ['sign-in', 'unsupported_response_type', 'refused', /Allow this response type/],
  ['sign-in', 'expired_token', 'unreachable', /"ping14c login --device" again/],
  ['userinfo', 'invalid_token', 'signInNeeded', /"ping14c login"/],
  ['refresh', 'server_error', 'failed', /Try again in a moment/],
  ['refresh', 'temporarily_unavailable', 'failed', /Try again in a moment/],
  ['discovery', 'NOT_FOUND', 'refused', /Check the environment ID and the region/],
  ['introspection', 'invalid_client', 'refused', /another client got the token; then your session is still good/],
] as const)('says at the step %s with %s, which is %s, what to do', (step, code, kind, hint) => {
  const failure = refusalFailure({ code, message: '', details: [] }, { settings, clock, step });
  expect({ kind: failure.kind, hint: spelled(failure.hint ?? '') }).toEqual({
    kind,
    hint: expect.stringMatching(hint),
  });
});

it.each([
  ['none', 'client_secret_basic or client_secret_post'],
  ['client_secret_basic', 'client_secret_post or client_secret_jwt'],
  ['client_secret_post', 'client_secret_basic or client_secret_jwt'],
  ['client_secret_jwt', 'client_secret_basic or client_secret_post'],
  ['private_key_jwt', 'the key whose public half'],
] as const)(
  'names after %s the methods to try, and at no step but introspection another client',
  (authMethod, others) => {
    const error = { code: 'invalid_client', message: '', details: [] };
    const { hint } = refusalFailure(error, { settings: { ...settings, authMethod }, clock, step: 'sign-in' });
    expect(hint).toContain(
      'in the console with --client-id, PING14C_CLIENT_SECRET and --auth-method. To try instead: ',
    );
    expect(hint).toContain(`To try instead: ${others}`);
    expect(hint).not.toContain('another client');
  },
);

it.each(['constructor', '__proto__', 'toString'])('a server that calls its error %s gets no remedy of ours', (code) => {
  expect(remedyForCode('sign-in', code)).toBeUndefined();
});
