import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuthorizationCodes } from '../../src/sandbox/authorization-server/authorization-codes.ts';
import { createDeviceCodes } from '../../src/sandbox/authorization-server/device-codes.ts';
import { createPushedRequests } from '../../src/sandbox/authorization-server/pushed-requests.ts';
import { createRefreshTokens } from '../../src/sandbox/authorization-server/refresh-tokens.ts';
import { createRecoveryCodes } from '../../src/sandbox/directory/recovery-codes.ts';
import type { DirectoryUser } from '../../src/sandbox/directory.ts';
import { ForgetfulMap } from '../../src/sandbox/forgetful-map.ts';
import { createFlows } from '../../src/sandbox/sign-on/flow.ts';
import { createSignOnSessions } from '../../src/sandbox/sign-on-session.ts';
import { ada, nativeClientId, startTestSandbox, type TestSandbox } from '../support/sandbox.ts';
import { applicationNamed, authorizeUrl, id, post, seedWithNative } from '../support/sandbox-client.ts';

// A sandbox may run for days under a test suite: nothing that a request leaves behind stays for good.

const kept = vi.spyOn(ForgetfulMap.prototype, 'set');
beforeEach(() => void kept.mockClear());

/** How many entries those maps have that were written to. */
function sizes(): readonly number[] {
  return [...new Set(kept.mock.contexts as readonly ForgetfulMap<never>[])].map(({ size }) => size);
}

const application = applicationNamed(nativeClientId);
const grant = {
  ...{
    userId: ada.id,
    clientId: nativeClientId,
    sessionId: 's',
    authenticatedAt: 0,
    acr: 'Single_Factor',
    amr: ['pwd'],
  },
  ...{ scopes: ['openid'], audience: ['x'], accessTokenSeconds: 3600, nonce: undefined },
};
const asked = Object.fromEntries(new URL(authorizeUrl({ issuer: 'https://as.example' })).searchParams);
const device = { kind: 'device', typedCode: '', device: undefined } as const;

const user = {
  ...{ username: 'ada', enabled: true, attributes: {}, identityProvider: undefined, accountLock: undefined },
  password: { lastChangedAt: 0 },
} as unknown as DirectoryUser;

/** By what is kept: how to make one, and after how many seconds it is no use to anybody. */
const stores: Readonly<
  Record<string, { readonly begin: (now: () => number) => () => unknown; readonly seconds: number }>
> = {
  'authorization codes': {
    begin: (now) => {
      const codes = createAuthorizationCodes(now);
      return () => codes.issue({ grant, redirectUri: undefined, challenge: undefined }, 0);
    },
    seconds: 86_400,
  },
  'device codes': {
    begin: (now) => {
      const codes = createDeviceCodes(now);
      return () => codes.issue(application, grant, undefined, 0);
    },
    seconds: 600 + 3600,
  },
  'pushed requests': {
    begin: (now) => {
      const requests = createPushedRequests(now);
      return () => requests.push(nativeClientId, new URLSearchParams(), 60);
    },
    seconds: 60,
  },
  'refresh tokens': {
    begin: (now) => {
      const tokens = createRefreshTokens(now);
      return () => tokens.add(tokens.begin(grant, application), application);
    },
    seconds: 2_592_000,
  },
  flows: {
    begin: (now) => {
      const flows = createFlows(now);
      return () => flows.begin({ purpose: device, sessionId: 's', status: 'DAG_USER_CODE_REQUIRED', bytes: 0 });
    },
    seconds: 900,
  },
  'recovery codes': {
    begin: (now) => {
      const codes = createRecoveryCodes(now);
      return () => codes.send({ ...user, id: randomUUID() });
    },
    seconds: 300,
  },
  'sessions of nobody': {
    begin: (now) => {
      const sessions = createSignOnSessions(now);
      return () => sessions.open({ remoteAddress: '127.0.0.1', userAgent: 'a browser' });
    },
    seconds: 2_592_000,
  },
};

describe('what the sandbox keeps', () => {
  it.each(Object.entries(stores))('%s: as many as are of use, and not those that were', (_, { begin, seconds }) => {
    const clock = { at: 0 };
    const add = begin(() => clock.at);
    for (let count = 0; count < 10_000; count++) {
      clock.at += seconds * 10;
      add();
    }
    const [size = 0] = sizes();
    // A hundred are of use at any time; twice as many have room.
    expect(size).toBeGreaterThanOrEqual(100);
    expect(size).toBeLessThanOrEqual(205);
  });

  it.each(Object.entries(stores))('%s: no more than ten thousand, in whatever time', (_, { begin }) => {
    const add = begin(() => 0);
    for (let count = 0; count < 11_000; count++) add();
    expect(sizes().every((size) => size <= 10_000)).toBe(true);
  });

  it.each<[string, (sandbox: TestSandbox, padding: string) => Promise<unknown>]>([
    ['of authorize', (sandbox, state) => post(sandbox, 'authorize', { ...asked, state })],
    ['of par', (sandbox, state) => post(sandbox, 'par', { ...asked, state })],
    ['of a device', (sandbox, of) => post(sandbox, 'device_authorization', { client_id: nativeClientId, of })],
  ])('requests %s are counted with all the bytes that they hold', async (_, send) => {
    const sandbox = await startTestSandbox();
    await send(sandbox, 'x'.repeat(1_000_000));
    // What comes of the count is looked at in forgetful-map.test.ts.
    const counted = kept.mock.calls.map(([, , held = 0]) => held);
    expect(Math.max(...counted)).toBeGreaterThanOrEqual(1_000_000);
  });

  it('codes of requests that have a megabyte: fifty of them', () => {
    const codes = createAuthorizationCodes(() => 0);
    for (let count = 0; count < 60; count++) {
      codes.issue({ grant, redirectUri: undefined, challenge: undefined }, 1_000_000);
    }
    expect(sizes()[0]).toBeLessThanOrEqual(50);
  });

  it('a session of nobody drives out none in which somebody has signed on', () => {
    const sessions = createSignOnSessions(() => 0);
    const mine = sessions.open({ remoteAddress: '127.0.0.1', userAgent: 'a browser' });
    sessions.signOn(mine, { userId: ada.id, acr: 'Single_Factor', amr: ['pwd'] });
    for (let count = 0; count < 11_000; count++) sessions.open({ remoteAddress: '127.0.0.1', userAgent: '' });
    expect(sessions.byId(mine.id)).toBe(mine);
  });

  it('client assertions that were used, and access tokens that were revoked: while they would be good', async () => {
    const custom = { 'a0000000-0000-4000-8000-000000000001': ['orders:read'] };
    const seed = seedWithNative({ scopes: { ...application.scopes, custom } });
    const clock = { at: Date.UTC(2026, 0, 1) };
    const sandbox = await startTestSandbox({ seed, now: () => clock.at });
    for (let count = 0; count < 120; count++) {
      clock.at += 30 * 60_000;
      await useAssertion(sandbox, clock.at);
      const { access_token: token } = await sandbox.signIn('ada', {
        clientId: nativeClientId,
        scope: 'openid orders:read',
      });
      await post(sandbox, 'revoke', { client_id: nativeClientId, token });
    }
    const noted = kept.mock.contexts.filter(
      (_, call) => Object.keys(kept.mock.calls[call]?.[1] ?? {}).join() === 'expiresAt',
    );
    expect(noted).toHaveLength(240);
    const [one, other, ...more] = [...new Set(noted as readonly ForgetfulMap<never>[])].map(({ size }) => size < 100);
    expect([one, other, more]).toEqual([true, true, []]);
  });
});

/** A token request of the client that signs with its secret. */
async function useAssertion(sandbox: TestSandbox, now: number): Promise<void> {
  const { clientId, clientSecret } = applicationNamed(id('06'));
  const assertion = await new SignJWT({ jti: randomUUID(), exp: now / 1000 + 60 })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(sandbox.issuer)
    .sign(new TextEncoder().encode(clientSecret));
  const { status } = await post(sandbox, 'token', {
    ...{ grant_type: 'client_credentials', scope: 'orders:read', client_assertion: assertion },
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });
  if (status !== 200) throw new Error(`The assertion was refused: ${status}`);
}
