import { describe, expect, it } from 'vitest';
import { authFailure, readPreciseError, refusalFailure, remedyForCode } from '../../src/oidc/failures.ts';
import type { ServerClock } from '../../src/oidc/server-clock.ts';

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

  it('and is in PingOne’s words where there are no plainer ones', () => {
    const refused = refusalFailure({ code: 'constructor', message, details: [] }, { settings, clock, step: 'refresh' });
    expect(refused.message).toBe(`PingOne refused the refresh request (constructor): ${message}`);
    expect(refused.details).toEqual([]);
  });
});

it.each(['constructor', '__proto__', 'toString'])('a server that calls its error %s gets no remedy of ours', (code) => {
  expect(remedyForCode('sign-in', code)).toBeUndefined();
});
