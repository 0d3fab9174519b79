import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import type { JsonObject } from '../../src/json.ts';
import { makeCertificate } from '../../src/loopback/certificate.ts';
import { nodeRuntime } from '../../src/machine/node-runtime.ts';
import { createClient, type PingOneClient } from '../../src/pingone/client.ts';
import {
  type ChangeOutcome,
  changeableFrom,
  changePassword,
  expiresAt,
  type PasswordState,
  passwordObstacle,
  readPasswordStanding,
  readPasswordState,
} from '../../src/pingone/password.ts';
import { narrowPasswordPolicy } from '../../src/pingone/password-policy.ts';
import { asRead } from '../support/failures.ts';

/** A request as the faulty API saw it, body read whole. */
interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Fault = (response: ServerResponse, request: SeenRequest, api: FaultyApi) => void;

/** A management API over TLS that answers as each test says; a password state that tests set; and what it was asked. */
interface FaultyApi {
  readonly environmentApi: string;
  /** What a client must trust. */
  readonly certificate: string;
  readonly seen: readonly SeenRequest[];
  /** Answers to PUT and, when `reads` is given, to GET, one after the other; the last one again and again. */
  puts: readonly Fault[];
  reads: readonly Fault[];
  state: Record<string, unknown>;
  close(): Promise<void>;
}

const environmentId = '0fa17000-0000-4000-8000-000000000001';
const userId = '0fa17000-0000-4000-8000-0000000000aa';

async function faultyApi(): Promise<FaultyApi> {
  const { cert, key } = makeCertificate({ now: Date.now(), days: 1 });
  const seen: SeenRequest[] = [];
  const server = createServer({ cert, key }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { method = '', url = '', headers } = request;
    const known = { method, path: url, headers, body };
    const before = seen.filter((earlier) => earlier.method === method).length;
    seen.push(known);
    const answers = method === 'PUT' ? api.puts : api.reads;
    (answers[Math.min(before, answers.length - 1)] ?? passwordState)(response, known, api);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const api: FaultyApi = {
    environmentApi: `${origin}/v1/environments/${environmentId}`,
    certificate: cert,
    seen,
    puts: [],
    reads: [],
    state: { status: 'OK', lastChangedAt: '2026-01-01T00:00:00.000Z', user: { id: userId } },
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
  return api;
}

/** PingOne's honest answer. */
const passwordState: Fault = (response, _request, { state }) => json(200, state)(response);

/** The change happens, whatever becomes of the answer. */
function thoughChanged(fault: Fault): Fault {
  return (response, request, api) => {
    api.state = { ...api.state, lastChangedAt: '2026-11-23T20:00:00.000Z' };
    fault(response, request, api);
  };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/hal+json', ...headers }).end(JSON.stringify(body));
  };
}

function page(status: number, headers: Record<string, string> = {}): Fault {
  return (response) =>
    void response
      .writeHead(status, { 'content-type': 'text/html', ...headers })
      .end('<!DOCTYPE html><title>Gateway</title><p>No.');
}

const reset: Fault = (response) => void response.socket?.destroy();

const truncated: Fault = (response, _request, { state }) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
  response.write(JSON.stringify(state));
  setImmediate(() => response.destroy());
};

/** PingOne's error object (docs/pingone.md, section 8). */
function platformError(
  status: number,
  code: string,
  message: string,
  detail?: { code?: string; target?: string; message?: string; innerError?: object },
  headers: Record<string, string> = {},
): Fault {
  const body = { id: 'c0ffee00-0000-4000-8000-00000000c0de', code, message, ...(detail ? { details: [detail] } : {}) };
  return json(status, body, headers);
}

const invalidToken: Fault = platformError(
  401,
  'ACCESS_FAILED',
  'The request could not be completed. You do not have access to this resource.',
  {
    code: 'INVALID_TOKEN',
    target: 'Authentication Credentials',
    message: 'The authorization token is either missing or invalid, or it has expired.',
  },
);

const passwords = { currentPassword: 'Old password 1!', newPassword: 'New password 2!' };
const machine = nodeRuntime();
const invalidData = 'The request could not be completed. One or more validation errors were in the request.';

let api: FaultyApi;
let folder: string;
beforeEach(async () => {
  api = await faultyApi();
  folder = await mkdtemp(join(tmpdir(), 'ping14c-password-'));
  await writeFile(join(folder, 'ca.pem'), api.certificate);
});
afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

interface Circumstances {
  readonly trusting?: boolean;
  readonly signal?: AbortSignal;
  /** Ends every wait and time limit once this has happened; before that, time stands still. */
  readonly timeIsUp?: Promise<void>;
  readonly environmentApi?: string;
}

async function client(circumstances: Circumstances = {}): Promise<PingOneClient> {
  const { signal = new AbortController().signal, timeIsUp, trusting = true } = circumstances;
  const sleep = (ms: number, until?: AbortSignal) =>
    ms === timeoutMs ? (timeIsUp ?? new Promise<void>(() => {})) : Promise.resolve(until?.throwIfAborted());
  const runtime = { ...machine, authorities: async () => [], env: {}, signal, sleep };
  const fetch = await connect(runtime, { timeoutMs, caFile: trusting ? join(folder, 'ca.pem') : undefined });
  return createClient({
    fetch,
    runtime,
    environmentApi: circumstances.environmentApi ?? api.environmentApi,
    accessToken: async (refused) => (refused ? 'second-token' : 'first-token'),
  });
}

const timeoutMs = 30_000;

async function change(circumstances: Circumstances = {}): Promise<ChangeOutcome> {
  const before = await readPasswordState(await client(), userId);
  const signal = circumstances.signal ?? new AbortController().signal;
  return changePassword(await client(circumstances), userId, passwords, before, { now: () => machine.now(), signal });
}

function puts() {
  return api.seen.filter(({ method }) => method === 'PUT');
}

describe('a change of the password', () => {
  it('is one PUT of PingOne’s own media type, with both passwords and the bearer token', async () => {
    api.puts = [thoughChanged(passwordState)];
    expect(await change()).toMatchObject({ kind: 'changed', confirmed: 'by the answer' });
    expect(puts()).toHaveLength(1);
    const [put] = puts();
    expect(put?.path).toBe(`${new URL(api.environmentApi).pathname}/users/${userId}/password`);
    expect(put?.headers['content-type']).toBe('application/vnd.pingidentity.password.reset+json');
    expect(put?.headers.authorization).toBe('Bearer first-token');
    expect(put?.headers.accept).toBe('application/json, application/hal+json');
    expect(JSON.parse(put?.body ?? '')).toEqual(passwords);
  });

  // These answers prove nothing, whatever they say (docs/security.md, rule 27).
  const untrustworthy: readonly (readonly [name: string, fault: Fault])[] = [
    ['the connection is reset', reset],
    ['the answer is cut off', truncated],
    ['a proxy answers 200 with a page', page(200)],
    ['a proxy answers 403 with a page', page(403)],
    ['a proxy answers 407 with a page', page(407)],
    ['a proxy answers 429 with a page', page(429)],
    ['a gateway answers 502 with a page', page(502)],
    ['a gateway asks to come back later', page(503, { 'retry-after': '1' })],
    ['PingOne itself fails', platformError(500, 'UNEXPECTED_ERROR', 'Something went wrong.')],
    ['PingOne’s front gives up waiting', platformError(408, 'REQUEST_TIMEOUT', 'Too slow.')],
    ['a 401 comes as a page', page(401)],
    ['the answer is JSON of something else', json(200, { hello: 'world' })],
    ['the answer is JSON, but a list', json(200, [1, 2])],
    ['the answer is the state of another user', json(200, { status: 'OK', user: { id: 'somebody-else' } })],
    ['a 200 has PingOne’s error in it', platformError(200, 'INVALID_DATA', invalidData)],
    ['a 200 has an error with a status', json(200, { status: 'OK', code: 'INVALID_DATA', message: invalidData })],
    ['a 200 has an OAuth error in it', json(200, { status: 'OK', error: 'server_error', user: { id: userId } })],
    ['a 200 has a gateway’s error in it', json(200, { status: 'FAILED', message: 'Not now.' })],
    ['a 200 has a status in digits', json(200, { status: '500', user: { id: userId } })],
    ['the answer has a status and nothing else', json(200, { status: 'OK' })],
    ['the answer is empty', (response) => void response.writeHead(204).end()],
    ['the answer never ends', (response) => void response.writeHead(200).end('x'.repeat(2_000_000))],
    [
      'it is redirected with its body (307)',
      (response) => void response.writeHead(307, { location: '/elsewhere' }).end(),
    ],
    ['it is redirected with an error in it (302)', json(302, { error: 'login_required' }, { location: '/elsewhere' })],
    ['it is redirected (302)', (response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ];

  it.each(untrustworthy)('%s: unknown, and sent once only', async (_name, fault) => {
    api.puts = [fault];
    const outcome = await change();
    expect(outcome.kind).toBe('unknown');
    expect(outcome.kind === 'unknown' && outcome.failure.exitCode).toBe(3);
    expect(puts()).toHaveLength(1);
    expect(api.seen.filter(({ path }) => path.includes('elsewhere'))).toEqual([]);
  });

  it.each(untrustworthy)('%s, but the change was made: the newer state tells', async (_name, fault) => {
    api.puts = [thoughChanged(fault)];
    expect(await change()).toMatchObject({ kind: 'changed', confirmed: 'by the state' });
    expect(puts()).toHaveLength(1);
  });

  it('no answer in time: unknown, and sent once only', async () => {
    let arrived = () => {};
    const timeIsUp = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    api.puts = [() => arrived()];
    expect((await change({ timeIsUp })).kind).toBe('unknown');
    expect(puts()).toHaveLength(1);
  });

  it('and when the state cannot be read afterwards, it stays unknown', async () => {
    api.puts = [reset];
    api.reads = [passwordState, page(502)];
    expect((await change()).kind).toBe('unknown');
  });

  it('interrupted on its way, it ends with the signal', async () => {
    const controller = new AbortController();
    api.puts = [() => controller.abort('SIGINT')];
    await expect(change({ signal: controller.signal })).rejects.toBe('SIGINT');
    expect(puts()).toHaveLength(1);
  });
});

type Absence = { readonly silent?: boolean; readonly trusting?: boolean };

/** Where a server has just been, and is no more. */
async function closedAddress(): Promise<string> {
  const gone = await faultyApi();
  await gone.close();
  return gone.environmentApi;
}

describe('a change that certainly was not made', () => {
  it.each([
    ['the certificate is not trusted', { trusting: false }, 'tls'],
    ['nobody listens', { silent: true }, 'connection_refused'],
  ] as const)('%s: nothing was sent', async (_name, { silent = false, ...circumstances }: Absence, code) => {
    const environmentApi = silent ? await closedAddress() : api.environmentApi;
    const outcome = await change({ ...circumstances, environmentApi });
    expect(outcome).toMatchObject({ kind: 'notChanged', failure: { code, exitCode: 6 } });
    expect(outcome.kind === 'notChanged' && asRead(outcome.failure).hint).toMatch(/^Nothing was changed\. /);
    expect(puts()).toEqual([]);
  });

  it('a 401 is repaired by another token, once', async () => {
    api.puts = [invalidToken, thoughChanged(passwordState)];
    expect(await change()).toMatchObject({ kind: 'changed' });
    expect(puts().map(({ headers }) => headers.authorization)).toEqual(['Bearer first-token', 'Bearer second-token']);
  });

  it('a second 401 means signing in again', async () => {
    api.puts = [invalidToken];
    const outcome = await change();
    expect(outcome).toMatchObject({ kind: 'notChanged', failure: { exitCode: 4 } });
    expect(outcome.kind === 'notChanged' && asRead(outcome.failure).hint).toMatch(/^Nothing was changed\. Sign in/);
    expect(puts()).toHaveLength(2);
  });

  it('a 401 and then a reset: unknown, and no third PUT', async () => {
    api.puts = [invalidToken, reset];
    expect((await change()).kind).toBe('unknown');
    expect(puts()).toHaveLength(2);
  });

  it.each([
    [
      'wrong current password, new wire name',
      { target: 'currentPassword', innerError: { attemptsRemaining: 4 } },
      'current_password_wrong',
      /4 attempts are left/,
    ],
    [
      'wrong current password, old wire name',
      { target: 'currentPassword', innerError: { failuresRemaining: 1 } },
      'current_password_wrong',
      /One attempt is left/,
    ],
    [
      'wrong current password for the last time',
      { target: 'currentPassword', innerError: { attemptsRemaining: 0 } },
      'current_password_wrong',
      /^Nothing was changed\. No attempt is left: the password is locked now\.$/,
    ],
    ['wrong current password, nothing more', { target: 'currentPassword' }, 'current_password_wrong', /lock/],
    [
      'locked out',
      { code: 'PASSWORD_LOCKED_OUT', innerError: { secondsUntilUnlock: 843 } },
      'PASSWORD_LOCKED_OUT',
      /in 14 minutes 3 seconds/,
    ],
    ['locked out for good', { code: 'PASSWORD_LOCKED_OUT' }, 'PASSWORD_LOCKED_OUT', /administrator/],
    ['too young', { code: 'PASSWORD_TOO_YOUNG' }, 'PASSWORD_TOO_YOUNG', /minimum age/],
  ])('%s', async (_name, detail, code, hint) => {
    api.puts = [platformError(400, 'INVALID_DATA', invalidData, detail)];
    const outcome = await change();
    expect(outcome).toMatchObject({ kind: 'notChanged', failure: { code, exitCode: 5 } });
    expect(outcome.kind === 'notChanged' && outcome.failure.hint).toMatch(hint);
    expect(outcome.kind === 'notChanged' && outcome.failure.correlationId).toBe('c0ffee00-0000-4000-8000-00000000c0de');
    expect(puts()).toHaveLength(1);
  });

  it.each([200, 204])('an answer %i with nothing in it proves nothing, and is called that', async (status) => {
    api.puts = [(response) => void response.writeHead(status).end()];
    const outcome = await change();
    expect(outcome).toMatchObject({ kind: 'unknown' });
    const { details } = outcome.kind === 'unknown' ? outcome.failure : { details: [] };
    expect(details[0]?.message).toContain(`answered with status ${status} and nothing in it`);
  });

  it('an error that came with a 200 is told in its own words', async () => {
    api.puts = [platformError(200, 'INVALID_DATA', invalidData)];
    const outcome = await change();
    const failure = outcome.kind === 'unknown' ? outcome.failure : undefined;
    expect(failure?.details[0]?.message).toContain(invalidData);
    expect(failure?.correlationId).toBe('c0ffee00-0000-4000-8000-00000000c0de');
  });

  it('rules that were broken are named once each, PingOne’s words beside ours', async () => {
    const length = 'The provided password is shorter than the minimum required length of 8 characters';
    api.state = { ...api.state, _embedded: { passwordPolicy: { length: { min: 8, max: 255 } } } };
    api.puts = [
      platformError(400, 'INVALID_DATA', invalidData, {
        code: 'INVALID_VALUE',
        target: 'newPassword',
        message: 'New password did not satisfy password policy requirements',
        innerError: { unsatisfiedRequirements: ['minCharacters', 'length', 'minCharacters', 'novelty'], length },
      }),
    ];
    const outcome = await change();
    expect(outcome).toMatchObject({ kind: 'notChanged', failure: { code: 'password_policy', exitCode: 5 } });
    const details = outcome.kind === 'notChanged' ? outcome.failure.details : [];
    expect(details.map(({ code }) => code)).toEqual(['minCharacters', 'length', 'novelty']);
    expect(details[0]?.message).toMatch(/^It lacks a kind of character/);
    expect(details[1]?.message).toContain('at least 8 characters');
    expect(details[1]?.message).toContain(length);
    expect(details[2]?.message).toBe('novelty');
  });

  it.each([
    [
      'a missing scope',
      403,
      'ACCESS_FAILED',
      ' Ask your administrator to grant the application p1:read:userPassword and',
    ],
    ['an external identity provider', 400, 'REQUEST_FAILED', ''],
    ['an unknown user', 404, 'NOT_FOUND', ''],
    ['a wrong media type', 415, 'INVALID_REQUEST', ''],
  ])('%s', async (_name, status, code, hint) => {
    api.puts = [platformError(status, code, 'PingOne’s own words.', undefined, { 'retry-after': '1' })];
    const outcome = await change();
    const failure = { code, exitCode: 5, message: 'PingOne’s own words.' };
    expect(outcome).toMatchObject({ kind: 'notChanged', failure });
    const told = outcome.kind === 'notChanged' ? asRead(outcome.failure).hint : undefined;
    expect(told).toMatch(new RegExp(`^Nothing was changed\\.${hint || '$'}`));
    expect(puts()).toHaveLength(1);
  });
});

describe('a change that is asked to wait', () => {
  it.each([
    ['1', 'Try again in 1 second: the server asked for that.'],
    ['90', 'Try again in 1 minute 30 seconds: the server asked for that.'],
    [undefined, 'Try again in a moment.'],
  ])('is not sent again, and the wait is told (Retry-After %s)', async (retryAfter, hint) => {
    const headers = retryAfter ? { 'retry-after': retryAfter } : {};
    api.puts = [platformError(429, 'REQUEST_LIMITED', 'PingOne’s own words.', undefined, headers)];
    const outcome = await change();
    expect(outcome).toMatchObject({
      kind: 'notChanged',
      failure: {
        code: 'REQUEST_LIMITED',
        exitCode: 1,
        message: expect.stringMatching(/^Nothing was changed: /),
        details: [{ message: 'PingOne: "PingOne’s own words."' }],
        hint,
      },
    });
    expect(puts()).toHaveLength(1);
  });
});

const hourAsked = 'Try again in 1 hour: the server asked for that.';

describe('reading the state', () => {
  it.each([
    ['a passing failure of the server', [platformError(503, 'UNAVAILABLE', 'Later.'), passwordState], 2],
    ['a limit of requests', [platformError(429, 'REQUEST_LIMITED', 'Slowly.'), passwordState], 2],
    ['two resets', [reset, reset, passwordState], 3],
  ])('goes on after %s', async (_name, reads, requests) => {
    api.reads = reads;
    expect(await readPasswordState(await client(), userId)).toMatchObject({ status: 'OK' });
    expect(api.seen).toHaveLength(requests);
  });

  it.each([
    ['three failures', [page(503)], 3, { exitCode: 1 }],
    ['a refusal', [platformError(403, 'ACCESS_FAILED', 'No.')], 1, { exitCode: 5 }],
    ['a redirect', [page(302)], 1, { code: 'redirect_refused' }],
    ['a page', [page(200)], 1, { code: 'unexpected_answer' }],
    [
      'another user’s state',
      [json(200, { status: 'OK', user: { id: 'x' } })],
      1,
      { code: 'unexpected_answer', hint: expect.stringContaining('--api-url') },
    ],
    ['a long Retry-After', [page(503, { 'retry-after': '3600' })], 1, { exitCode: 1, hint: hourAsked }],
    [
      'a long Retry-After of a gateway',
      [page(502, { 'retry-after': '3600' })],
      1,
      { exitCode: 1, code: 'server_error', hint: hourAsked },
    ],
    [
      'a limit of requests that lasts',
      [platformError(429, 'REQUEST_LIMITED', 'Slowly.', undefined, { 'retry-after': '3600' })],
      1,
      { exitCode: 1, code: 'REQUEST_LIMITED', hint: hourAsked },
    ],
    [
      'an outage in PingOne’s words',
      [platformError(503, 'UNAVAILABLE', 'Later.', undefined, { 'retry-after': '3600' })],
      1,
      { exitCode: 1, code: 'UNAVAILABLE', hint: expect.stringContaining('Try again in 1 hour') },
    ],
    ['a network that wants a sign-in', [json(511, { error: 'portal' })], 1, { exitCode: 6, code: 'captive_portal' }],
  ])('ends after %s', async (_name, reads, requests, failure) => {
    api.reads = reads;
    await expect(readPasswordState(await client(), userId)).rejects.toMatchObject(failure);
    expect(api.seen).toHaveLength(requests);
  });

  const gatewayRefusal = json(
    403,
    { message: 'Invalid key=value pair (missing equal-sign) in Authorization header' },
    { 'x-amzn-errortype': 'IncompleteSignatureException' },
  );
  const notDeclared: Fault = (response) => void response.writeHead(403).end('\n<html><h1>Blocked');

  it.each([
    [
      'the gateway’s refusal',
      gatewayRefusal,
      1,
      /from its gateway: it does not know the path/,
      /nothing about your permissions.*--api-url/,
    ],
    ['a firewall’s page', page(403), 1, /status 403 and a web page/, /^A firewall or a proxy.*--api-url/],
    ['a page that is not called one', notDeclared, 1, /status 403 and a web page/, /^A firewall or a proxy.*--api-url/],
    ['a portal’s 511', page(511), 6, /wants a sign-in of its own/, /sign in to the network/],
    [
      'a redirect to a portal',
      page(302, { location: 'http://portal.example/hello?id=7' }),
      1,
      /with a redirect to http:\/\/portal\.example\/hello, which is not followed/,
      /sign-in page of the network.*--api-url/,
    ],
    [
      'a redirect that says what for',
      json(302, { error: 'login_required' }, { location: 'http://portal.example/' }),
      1,
      /with a redirect to http:\/\/portal\.example\/, which is not followed/,
      /sign-in page of the network/,
    ],
    ['a redirect to nowhere', page(302), 1, /with a redirect to nowhere/, /--api-url/],
    ['a wait', page(503, { 'retry-after': '3600' }), 1, /status 503/, /^Try again in 1 hour: the server/],
    ['nothing', (response) => void response.writeHead(200).end(), 1, /status 200 and nothing in it/, /--api-url/],
  ] as readonly (readonly [string, Fault, number, RegExp, RegExp])[])(
    'tells %s as what it is',
    async (_name, fault, exitCode, message, hint) => {
      api.reads = [fault];
      const failure = await readPasswordState(await client(), userId).catch((error: unknown) => error);
      expect(failure).toMatchObject({ exitCode, message: expect.stringMatching(message) });
      expect(failure instanceof Failure && asRead(failure).hint).toMatch(hint);
    },
  );

  it('tells PingOne’s own refusal in its words, whatever stands in the headers', async () => {
    api.reads = [platformError(403, 'ACCESS_FAILED', 'No.', undefined, { 'x-amzn-errortype': 'Something' })];
    const failure = { code: 'ACCESS_FAILED', message: 'No.', exitCode: 5 };
    await expect(readPasswordState(await client(), userId)).rejects.toMatchObject(failure);
  });
});

const now = Date.UTC(2026, 10, 23, 20);
const dayMs = 86_400_000;
const policy = narrowPasswordPolicy({ minAgeDays: 1, maxAgeDays: 182 });

function state(over: Partial<PasswordState>): PasswordState {
  return { status: 'OK', lastChangedAt: now - 30 * dayMs, policy, ...over };
}

describe('what stands in the way of a change', () => {
  it.each([
    ['nothing, with an old enough password', state({}), undefined],
    ['nothing, at the very end of the minimum age', state({ lastChangedAt: now - dayMs }), undefined],
    ['nothing, without a minimum age', state({ lastChangedAt: now, policy: narrowPasswordPolicy({}) }), undefined],
    ['nothing, without the policy', state({ lastChangedAt: now, policy: undefined }), undefined],
    ['nothing, where the change is demanded', state({ lastChangedAt: now, status: 'MUST_CHANGE_PASSWORD' }), undefined],
    ['nothing, in a state that came later', state({ status: 'constructor' }), undefined],
    ['the minimum age', state({ lastChangedAt: now - dayMs / 2 }), 'PASSWORD_TOO_YOUNG'],
    ['the lock', state({ status: 'PASSWORD_LOCKED_OUT' }), 'PASSWORD_LOCKED_OUT'],
    ['the identity provider', state({ status: 'EXTERNAL' }), 'EXTERNAL'],
    ['that there is no password', state({ status: 'NO_PASSWORD' }), 'NO_PASSWORD'],
  ])('%s', (_name, given, code) => {
    expect(passwordObstacle(given, now)?.code).toBe(code);
  });

  it('tells the minimum age as a time', () => {
    const obstacle = passwordObstacle(state({ lastChangedAt: now - dayMs / 2 }), now);
    expect(obstacle?.hint).toMatch(/from .+, in 12 hours\.$/);
    expect(obstacle?.details).toEqual([{ message: expect.stringMatching(/^Last changed .*2026/) }]);
  });

  it.each([
    ['EXTERNAL', undefined, /^Change it there\.$/],
    ['NO_PASSWORD', undefined, /administrator.*"Forgot password"/],
    ['PASSWORD_LOCKED_OUT', 90, /^Try again after .+, in 1 minute 30 seconds\.$/],
    ['PASSWORD_LOCKED_OUT', undefined, /ask your administrator to unlock it/],
  ])('tells what to do about %s (%s seconds left)', (status, secondsUntilUnlock, hint) => {
    expect(passwordObstacle(state({ status, secondsUntilUnlock }), now)?.hint).toMatch(hint);
  });

  it('knows from when and until when', () => {
    expect(changeableFrom(state({ lastChangedAt: now }))).toBe(now + dayMs);
    expect(expiresAt(state({ lastChangedAt: now }))).toBe(now + 182 * dayMs);
    for (const unknown of [{ lastChangedAt: undefined }, { policy: undefined }, { policy: narrowPasswordPolicy({}) }]) {
      expect(changeableFrom(state(unknown))).toBeUndefined();
      expect(expiresAt(state(unknown))).toBeUndefined();
    }
  });
});

describe('what is known before anything is asked', () => {
  const answering = (user: () => Promise<JsonObject>) => ({
    read: async (path: string) => (path.includes('/password') ? { status: 'OK', user: { id: userId } } : user()),
    send: async () => expect.unreachable('nothing is changed'),
  });
  const standing = (user: () => Promise<JsonObject>, has: (scope: string) => boolean = () => true) =>
    readPasswordStanding(answering(user), userId, has);

  it('is the state, and the values of the user record', async () => {
    expect(await standing(async () => ({ id: userId, email: 'ada@example.com' }))).toEqual({
      state: expect.objectContaining({ status: 'OK' }),
      profileValues: [userId, 'ada@example.com'],
    });
  });

  it('is the state alone where the record cannot be read: PingOne compares', async () => {
    const refused = async () => Promise.reject(new Failure('refused', 'No.', { code: 'ACCESS_FAILED' }));
    expect(await standing(refused)).toEqual({ state: expect.objectContaining({ status: 'OK' }) });
  });

  it('is nothing where the scopes allow nothing', async () => {
    expect(
      await standing(
        async () => expect.unreachable('is not asked'),
        () => false,
      ),
    ).toEqual({});
  });

  it.each(['SIGINT', new TypeError('a defect')])('is not made of what is no answer: %s', async (thrown) => {
    await expect(standing(async () => Promise.reject(thrown))).rejects.toBe(thrown);
  });
});
