import { Configuration, customFetch } from 'openid-client';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import type { AuthorizationServerClient } from '../../src/oidc/client.ts';
import { refresh } from '../../src/oidc/refresh.ts';
import { json } from '../../src/sandbox/response.ts';
import type { HostingOptions } from '../../src/sandbox/sandbox.ts';
import { signedIn } from '../support/sandbox-machine.ts';
import { testMachine } from '../support/test-runtime.ts';

const mayBeOver =
  /The server may have renewed the session anyway\.[\s\S]*Hint: [\s\S]*sign in again with "ping14c login"/;

/** A machine whose person is signed in, and whose next request with a refresh token gets this answer. */
async function refreshedWith(answer: NonNullable<HostingOptions['intercept']>) {
  const machine = await signedIn({
    sandboxOptions: {
      intercept: (request, proceed) =>
        request.method === 'POST' && request.form().get('grant_type') === 'refresh_token'
          ? answer(request, proceed)
          : proceed(),
    },
  });
  return { machine, outcome: await machine.run('token', '--refresh') };
}

function page(status: number) {
  return async () => ({ status, headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>No.' });
}

describe('a refresh whose answer was lost', () => {
  it.each<[string, NonNullable<HostingOptions['intercept']>]>([
    ['because the connection was cut', async () => undefined],
    ['on its way to a gateway that answers 502', page(502)],
    ['on its way to a gateway that answers 504', page(504)],
  ])('%s says at once that a new sign-in may be needed', async (_name, answer) => {
    const { outcome } = await refreshedWith(answer);
    expect(outcome.stderr).toMatch(mayBeOver);
    // What is said of a clock that is wrong would contradict it.
    expect(outcome.stderr).not.toContain('The session is kept.');
    expect(outcome.exitCode).not.toBe(4);
  });
});

describe('a refresh that certainly was not made', () => {
  it('because the server says so speaks of no sign-in', async () => {
    const { outcome } = await refreshedWith(page(503));
    expect(outcome.stderr).toContain('status 503');
    expect(outcome.stderr).not.toContain('ping14c login');
  });

  it('because nobody listens speaks of no sign-in', async () => {
    const machine = await signedIn();
    await machine.sandbox.close();
    const { exitCode, stderr } = await machine.run('token', '--refresh');
    expect(exitCode).toBe(6);
    expect(stderr).not.toContain('ping14c login');
  });
});

describe('a refusal of a refresh', () => {
  it('that ends the session does not say that it is kept', async () => {
    const { outcome } = await refreshedWith(async () => json(400, { error: 'invalid_grant' }));
    expect(outcome).toMatchObject({ exitCode: 4, stdout: '' });
    expect(outcome.stderr).toMatch(/^Error: The session has ended: PingOne no longer accepts its refresh token\.\n/);
  });

  it('with a refresh token in it changes nothing of the session', async () => {
    const turned = { evil: true };
    const { machine } = await refreshedWith(async (_request, proceed) =>
      turned.evil ? json(400, { error: 'server_error', refresh_token: 'of somebody else' }) : proceed(),
    );
    turned.evil = false;
    expect(await machine.run('token', '--refresh')).toMatchObject({ exitCode: 0 });
  });
});

describe('a refresh that fails', () => {
  const stored = { tokens: { refreshToken: 'r' }, subject: 'user-1' };
  const ended = (connected: Promise<AuthorizationServerClient>) =>
    refresh(connected, stored, async () => {}, testMachine().runtime());
  /** Of the client, nothing but this is looked at. */
  const serverAnswering = (answer: () => Promise<Response>) => {
    const settings = { issuer: 'https://auth.example.com/e/as', clientId: 'client-1', authMethod: 'none' };
    const metadata = { issuer: settings.issuer, token_endpoint: `${settings.issuer}/token` };
    const configuration = new Configuration(metadata, settings.clientId);
    configuration[customFetch] = answer;
    return { settings, configuration, keys: { reload: async () => {} } } as unknown as AuthorizationServerClient;
  };

  it.each([
    ['unreachable', 'unanswered'],
    ['failed', 'unusable'],
    ['refused', 'refused'],
    ['usage', 'refused'],
    ['signInNeeded', 'dead'],
  ] as const)('on the way to the server, which is %s, is %s', async (kind, outcome) => {
    const failure = new Failure(kind, 'No way.', { code: 'no_way' });
    expect(await ended(Promise.reject(failure))).toEqual({ kind: outcome, failure });
  });

  it('at Ctrl-C ends nothing but the command', async () => {
    await expect(ended(Promise.reject('SIGINT'))).rejects.toBe('SIGINT');
  });

  it('leaves the way to the server as it was: what comes of others is not kept for this session', async () => {
    const answers = ['first', 'second'].map((refresh_token) => ({
      access_token: 'a',
      token_type: 'bearer',
      refresh_token,
    }));
    const server = serverAnswering(async () => Response.json(answers.shift()));
    const [one, two]: [string[], string[]] = [[], []];
    for (const kept of [one, two])
      await refresh(Promise.resolve(server), stored, async (token) => void kept.push(token), testMachine().runtime());
    expect({ one, two }).toEqual({ one: ['first'], two: ['second'] });
  });

  it('for a defect of ours is not taken for an answer of the server', async () => {
    const defect = new TypeError('x is not a function');
    const server = serverAnswering(() => Promise.reject(defect));
    await expect(ended(Promise.resolve(server))).rejects.toBe(defect);
  });
});
