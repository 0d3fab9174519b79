import { request as httpsRequest } from 'node:https';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { createDirectory } from '../../src/sandbox/directory.ts';
import { createActiveFaults } from '../../src/sandbox/faults/active-faults.ts';
import { type Fault, interceptOf, withFaults } from '../../src/sandbox/faults/fault.ts';
import { faults } from '../../src/sandbox/faults.ts';
import { type Intercept, nestIntercepts } from '../../src/sandbox/intercept.ts';
import type { RequestEntry } from '../../src/sandbox/request-log.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';
import { createSigningKeys } from '../../src/sandbox/signing-keys.ts';
import { plainRequest } from '../support/plain-request.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { authorizeUrl, tokensOf } from '../support/sandbox-client.ts';

const request = { url: new URL('https://127.0.0.1/v1/x') } as Parameters<Intercept>[0];
const sound = async () => ({ status: 200 });
const always = (answer: NonNullable<Fault['traffic']>['answer']): Fault => ({
  happens: '',
  meetsIt: '',
  traffic: { at: () => true, answer },
});

describe('without a fault', () => {
  it('an environment runs on exactly what it was given', async () => {
    const given = { seed: defaultSeed, keys: createSigningKeys() };
    const found = withFaults([], given);
    expect(found.seed).toBe(given.seed);
    expect(found.keys).toBe(given.keys);
    const answer = { status: 204 };
    expect(await interceptOf([])(request, async () => answer)).toBe(answer);
  });

  it.each(Object.entries<Fault>(faults))('%s has one seam, and says what happens', (_name, fault) => {
    const seams = [fault.seed, fault.users, fault.aheadSeconds, fault.keys, fault.traffic].filter(
      (seam) => seam !== undefined,
    );
    expect(seams).toHaveLength(1);
    // Whoever lives in the environment was there before the fault.
    expect(fault.seed?.(defaultSeed).users ?? defaultSeed.users).toBe(defaultSeed.users);
    expect(fault.happens).toMatch(/^\S.{20,}[^.]$/);
    expect(fault.meetsIt).toMatch(/^(?:login|logout|whoami|passwd|token)\b/);
  });
});

describe('several faults', () => {
  it('add up: settings and clocks', () => {
    const chosen = [faults['application-disabled'], faults['par-required']];
    const found = withFaults(chosen, { seed: defaultSeed, keys: createSigningKeys() });
    expect(
      new Set(found.seed.applications.map(({ enabled, parRequirement }) => `${enabled} ${parRequirement}`)),
    ).toEqual(new Set(['false REQUIRED']));
    const { active, directory } = nothingActive();
    for (const name of ['clock-ahead', 'clock-behind'] as const) active.switchOn(name, directory);
    const sum = faults['clock-ahead'].aheadSeconds + faults['clock-behind'].aheadSeconds;
    expect(active.aheadMs()).toBe(sum * 1000);
  });

  it('stand one within the other, the first outermost', async () => {
    const naming = (name: string) =>
      always(async (_request, proceed) => {
        const { headers, ...rest } = await proceed();
        return { ...rest, headers: { seen: `${name} ${headers?.['seen'] ?? ''}` } };
      });
    expect(await interceptOf([naming('outer'), naming('inner')])(request, sound)).toMatchObject({
      headers: { seen: 'outer inner ' },
    });
  });

  it('cannot mend a connection that one of them cuts', async () => {
    const cuts: Intercept = async () => undefined;
    const answersAnyway: Intercept = async (_request, proceed) => ({ ...(await proceed()), status: 200 });
    expect(await nestIntercepts(answersAnyway, cuts)(request, sound)).toBeUndefined();
    expect(await nestIntercepts(async () => ({ status: 429 }), cuts)(request, sound)).toEqual({ status: 429 });
  });

  it('count for each environment by itself', async () => {
    const counting = always(async (_request, _proceed, count) => ({ status: count }));
    const [one, other] = [interceptOf([counting]), interceptOf([counting])];
    const answers = [await one(request, sound), await one(request, sound), await other(request, sound)];
    expect(answers.map((answer) => answer?.status)).toEqual([1, 2, 1]);
  });
});

describe('a fault that is switched on and off', () => {
  it('stays while anybody wants it, and is gone when it is switched off twice by one', () => {
    const { active, directory } = nothingActive();
    const [first, second] = [active.switchOn('clock-ahead', directory), active.switchOn('clock-ahead', directory)];
    expect([active.names(), active.aheadMs()]).toEqual([['clock-ahead'], 600_000]);
    first();
    first();
    expect(active.names()).toEqual(['clock-ahead']);
    second();
    expect([active.names(), active.aheadMs()]).toEqual([[], 0]);
  });

  it('counts from the beginning each time', async () => {
    const { active, directory } = nothingActive();
    const statuses: unknown[] = [];
    for (let time = 0; time < 2; time += 1) {
      const off = active.switchOn('api-429', directory);
      statuses.push((await active.intercept(request, sound))?.status);
      off();
      statuses.push((await active.intercept(request, sound))?.status);
    }
    expect(statuses).toEqual([429, 200, 429, 200]);
  });

  it('locks out everybody with a password, and afterwards those alone who were before', () => {
    const { active, directory } = nothingActive();
    const locked = () => directory.users().flatMap(({ username, password }) => (password.lockedAt ? [username] : []));
    const before = locked();
    expect(before).toEqual(['edsger']);
    const off = active.switchOn('user-locked-out', directory);
    expect(locked()).toEqual(expect.arrayContaining(['ada', 'edsger', 'kurt']));
    // They have none here.
    expect(locked()).not.toEqual(expect.arrayContaining(['donald']));
    expect(locked()).not.toEqual(expect.arrayContaining(['margaret']));
    off();
    expect(locked()).toEqual(before);
  });
});

function nothingActive() {
  return { active: createActiveFaults(), directory: createDirectory(defaultSeed, Date.now) };
}

describe('a faulty environment', () => {
  it('forges ID tokens, and leaves access tokens as they are', async () => {
    const now = Date.UTC(2030, 0, 1);
    const sandbox = await startTestSandbox({ faults: ['id-token-alg-none', 'clock-ahead'], now: () => now });
    const { id_token, access_token } = await tokensOf(sandbox);
    expect(decodeProtectedHeader(id_token)).toEqual({ alg: 'none' });
    expect(decodeProtectedHeader(access_token).alg).toBe('RS256');
    expect(decodeJwt(access_token).iat).toBe(now / 1000 + 600);
    const answer = await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/jwks`);
    expect(Date.parse(String(answer.headers.date))).toBe(now + 600_000);
  });

  it('tells which fault met a request, one that was given up included', async () => {
    const arrived = deferred<void>();
    const told = deferred<RequestEntry>();
    const sandbox = await startTestSandbox({
      faults: ['token-stalls', 'api-503'],
      intercept: (_request, proceed) => {
        arrived.resolve();
        return proceed();
      },
      onRequest: told.resolve,
    });
    const given = httpsRequest(`${sandbox.issuer}/token`, { method: 'POST', ca: sandbox.certificate.cert });
    given.on('error', () => {}).end();
    await arrived.promise;
    given.destroy();
    expect(await told.promise).toMatchObject({ method: 'POST', status: 0, faults: ['token-stalls'] });
    await plainRequest(sandbox.certificate.cert, `${sandbox.issuer}/jwks`);
    expect(sandbox.requests().map(({ faults: met }) => met)).toEqual([['token-stalls'], undefined]);
  });

  it('tells no fault of a request that it lets through', async () => {
    const sandbox = await startTestSandbox({ faults: ['api-429', 'userinfo-other-sub'] });
    const { cert } = sandbox.certificate;
    await plainRequest(cert, `${sandbox.apiUrl}/environments`);
    await plainRequest(cert, `${sandbox.apiUrl}/environments`);
    // Without a token it is refused as ever, and speaks of nobody.
    await plainRequest(cert, `${sandbox.issuer}/userinfo`);
    expect(sandbox.requests().map(({ faults: met }) => met)).toEqual([['api-429'], undefined, undefined]);
  });
});

describe('an address that is registered, and that a fault hides,', () => {
  const hidden = /is registered as well; a fault hides that on purpose\.$/;

  it('is said to be so, and no flag is named that would not help', async () => {
    const sandbox = await startTestSandbox({ faults: ['redirect-uri-mismatch'] });
    const noticed = async (redirect_uri: string) => {
      await plainRequest(sandbox.ca, authorizeUrl(sandbox, { redirect_uri }));
      return sandbox.requests().at(-1)?.notice;
    };
    expect(await noticed('https://127.0.0.1:9/callback')).toMatch(hidden);
    expect(await noticed('https://127.0.0.1:9/elsewhere')).toMatch(
      / --redirect-uri https:\/\/127\.0\.0\.1:9\/elsewhere$/,
    );
  });

  it('is said to be so after the sign-off, too', async () => {
    const sandbox = await startTestSandbox({ faults: ['signoff-refused'] });
    await plainRequest(sandbox.ca, `${sandbox.issuer}/signoff?post_logout_redirect_uri=https://example.com/signed-off`);
    expect(sandbox.requests().at(-1)?.notice).toMatch(hidden);
  });
});

/** Node 20 has no `Promise.withResolvers`. */
function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
