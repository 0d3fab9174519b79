import { describe, expect, it } from 'vitest';
import { withoutAbsentMembers } from '../../src/oidc/absent-members.ts';
import { json } from '../../src/sandbox/response.ts';
import { sandboxMachine } from '../support/sandbox-machine.ts';

const worker = {
  PING14C_CLIENT_ID: 'c0000000-0000-4000-8000-000000000003',
  PING14C_CLIENT_SECRET: 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003',
};

describe('a token answer', () => {
  it.each<[string, Record<string, unknown>]>([
    ['null for a scope that was not narrowed', { scope: null }],
    ['null for a refresh token that there is none of', { refresh_token: null }],
    ['null for a lifetime', { expires_in: null }],
  ])('with %s is taken without it', async (_name, members) => {
    const machine = await sandboxMachine({
      sandboxOptions: {
        intercept: async (request, proceed) => {
          const answer = await proceed();
          if (!request.url.pathname.endsWith('/token')) return answer;
          return json(200, { ...(JSON.parse(answer?.body ?? '') as object), ...members });
        },
      },
      terminal: false,
      env: worker,
    });
    const { exitCode, stdout, stderr } = await machine.run('token', '--client-credentials');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^eyJ/);
  });

  it('keeps what is there', async () => {
    const members = { access_token: 'a', expires_in: '3600', scope: '', extra: { of: null } };
    const answer = await withoutAbsentMembers(new Response(JSON.stringify(members)));
    expect(await answer.json()).toEqual(members);
  });

  // The library would make a number of the object, and of some objects none can be made.
  it.each([
    [
      'tokens',
      { access_token: 'a', scope: null, expires_in: { toString: 1 } },
      { access_token: 'a', expires_in: null },
    ],
    ['a code for a device', { user_code: null, expires_in: {} }, { user_code: null, expires_in: null }],
  ])('with %s has no lifetime where that is an object', async (_what, members, taken) => {
    const answer = await withoutAbsentMembers(new Response(JSON.stringify(members)));
    expect(await answer.json()).toEqual(taken);
  });
});

it.each(['', 'null', '"text"', '{"active":true,"sub":null}', '<html>', '{"access_token":null}'])(
  'an answer that is none, %s, is handed on as it is',
  async (text) => {
    const answer = await withoutAbsentMembers(new Response(text, { headers: { 'content-type': 'application/x' } }));
    expect([await answer.text(), answer.headers.get('content-type')]).toEqual([text, 'application/x']);
  },
);

it.each([204, 400, 500])('an answer of status %i is handed on as it is', async (status) => {
  const answer = new Response(null, { status });
  expect(await withoutAbsentMembers(answer)).toBe(answer);
});
