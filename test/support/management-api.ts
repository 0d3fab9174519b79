import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createEnvironment, type Environment } from '../../src/sandbox/environment.ts';
import { answerManagementApi } from '../../src/sandbox/management-api.ts';
import { receive } from '../../src/sandbox/request.ts';
import { respond } from '../../src/sandbox/response.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';
import type { SignOnSession } from '../../src/sandbox/sign-on-session.ts';
import { createSigningKeys } from '../../src/sandbox/signing-keys.ts';

/** The seeded users by name. */
export const people = Object.fromEntries(defaultSeed.users.map((user) => [user.username, user]));

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: documents of all shapes, asserted on member by member
  readonly body: any;
}

export interface ManagementApi {
  readonly environment: Environment;
  /** Below the environment, e.g. `users/{id}`, or below `/v1`, with a slash in front. `token` absent: no Authorization header. */
  call(
    method: string,
    path: string,
    sent?: { token?: string; type?: string; body?: unknown; cookie?: string; accept?: string },
  ): Promise<ApiAnswer>;
  userToken(userId: string, scopes: readonly string[], claims?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Of the seeded application whose ID ends in these digits. */
  workerToken(digits: string): Promise<string>;
  signedOn(userId: string, userAgent?: string): SignOnSession;
  advance(ms: number): void;
  /** What the log would say beside the requests, oldest first. */
  notices(): readonly string[];
}

// Making RSA keys takes longer than all that is tested here; state is new for each test all the same.
const sharedKeys = createSigningKeys();

/** The management API alone, on a loopback port, with a clock that the test moves. */
export async function managementApi(): Promise<ManagementApi> {
  const clock = { at: Date.UTC(2026, 10, 23, 12) };
  const now = () => clock.at;
  const environment = createEnvironment({
    seed: defaultSeed,
    origins: ['https://127.0.0.1:9443'],
    now,
    keys: sharedKeys,
  });
  const notices: string[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const request = await receive(incoming, environment.origin);
    const answer = await answerManagementApi(request, environment);
    if (answer.notice !== undefined) notices.push(answer.notice);
    respond(outgoing, request, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/environments/${defaultSeed.environment.id}`;
  const sign = (claims: Readonly<Record<string, unknown>>) => {
    const iat = Math.floor(clock.at / 1000);
    return environment.keys.sign({
      iss: environment.issuer,
      aud: [environment.apiAudience],
      iat,
      exp: iat + 3600,
      ...claims,
    });
  };
  return {
    environment,
    async call(method, path, { token, type, body, cookie, accept } = {}) {
      const below = path === '' ? base : `${base}/${path}`;
      const response = await fetch(path.startsWith('/') ? new URL(`/v1${path}`, base) : below, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(type === undefined ? {} : { 'content-type': type }),
          ...(cookie === undefined ? {} : { cookie }),
          ...(accept === undefined ? {} : { accept }),
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
    },
    userToken: (userId, scopes, claims = {}) =>
      sign({ client_id: 'c0000000-0000-4000-8000-000000000001', sub: userId, scope: scopes.join(' '), ...claims }),
    workerToken: (digits) =>
      sign({ client_id: defaultSeed.applications.find(({ id }) => id.endsWith(digits))?.clientId }),
    signedOn(userId, userAgent = 'a browser') {
      const session = environment.sessions.open({ remoteAddress: '127.0.0.1', userAgent });
      environment.sessions.signOn(session, { userId, acr: 'Single_Factor', amr: ['pwd'] });
      return session;
    },
    notices: () => notices,
    advance(ms) {
      clock.at += ms;
    },
  };
}
