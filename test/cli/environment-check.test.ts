import { describe, expect, it } from 'vitest';
import { asOffered, testMachine } from '../support/test-runtime.ts';

const environmentId = 'e0000000-0000-4000-8000-000000000001';
const hosts = ['com', 'ca', 'eu', 'com.au', 'sg', 'asia'].map((region) => `auth.pingone.${region}`);
const ids = ['--environment-id', environmentId, '--client-id', 'abc'];
const missing = { id: 'x', code: 'NOT_FOUND', message: 'The requested resource was not found.' };

type Answer = (url: string, signal: AbortSignal) => Promise<Response>;

const knowsIt: Answer = async (url) => {
  const issuer = url.replace('/.well-known/openid-configuration', '');
  return Response.json({ issuer, jwks_uri: `${issuer}/jwks` });
};
const knowsItNot: Answer = async () => Response.json(missing, { status: 404 });
const page = (status: number, text: string) => async () =>
  new Response(`<!doctype html><p>${text}</p>`, { status, headers: { 'content-type': 'text/html' } });
const refuses: Answer = async () => new Response(null, { status: 503 });
const isAnother: Answer = async () => Response.json({ issuer: `https://auth.pingone.eu/${environmentId}` });
const isNotThere: Answer = async () => {
  throw new TypeError('fetch failed');
};
const keepsSilent: Answer = (_url, signal) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** A machine whose network is PingOne's hosts alone; each knows no environment, unless it is said to answer otherwise. */
function worldOf(
  answers: Readonly<Record<string, Answer>>,
  env: Readonly<Record<string, string>> = {},
  person: Parameters<typeof testMachine>[0] = { terminal: false },
) {
  const requests: { readonly url: URL; readonly init: RequestInit }[] = [];
  const waiting: (() => void)[] = [];
  const allAsked = new Promise<void>((resolve) => void waiting.push(resolve));
  const machine = testMachine({
    ...person,
    env: { PING14C_STORE: 'memory', ...env },
    fetch: async (input, init = {}) => {
      const url = new URL(String(input));
      if (!url.pathname.endsWith('/as/.well-known/openid-configuration')) return new Response(null, { status: 401 });
      requests.push({ url, init });
      if (requests.length === hosts.length) for (const resolve of waiting) resolve();
      const answer = answers[url.host] ?? knowsItNot;
      return answer(url.href, init.signal ?? new AbortController().signal);
    },
  });
  return { machine, requests, allAsked, askedHosts: () => requests.map(({ url }) => url.host) };
}

describe('an environment that is not where it was looked for', () => {
  it.each(['init', 'doctor'])('is found by %s in the region that has it, which is told with the flag', async (name) => {
    const { machine, askedHosts } = worldOf({ 'auth.pingone.eu': knowsIt });
    const { exitCode, stdout, stderr } = await machine.run(name, ...ids);
    expect(exitCode).toBe(name === 'init' ? 5 : 1);
    const told = stdout + stderr;
    expect(told).toContain(`The environment ${environmentId} is in the region eu, not in com.`);
    expect(told).toMatch(/Pass --region eu, or change a saved profile with "ping14c config set region eu"\./);
    expect(askedHosts().sort()).toEqual([...hosts].sort());
  });

  it.each<[string, Answer]>([
    ['PingOne’s error object', knowsItNot],
    [
      'one whose details say something else',
      async () => Response.json({ ...missing, details: [{ code: 'INVALID_VALUE', message: 'no' }] }, { status: 404 }),
    ],
    ['such an error with another status', async () => Response.json(missing, { status: 400 })],
    ['OAuth’s pair', async () => Response.json({ error: 'NOT_FOUND' }, { status: 400 })],
    ['a page with PingOne’s code', page(404, 'Code: NOT_FOUND')],
    [
      'a page with PingOne’s words',
      page(400, 'The request could not be completed. The requested resource was not found.'),
    ],
    ['any other page', page(404, 'Nothing here')],
    ['any other JSON', async () => Response.json({ message: 'no' }, { status: 404 })],
    ['a bare status', async () => new Response(null, { status: 404 })],
    ['a status that is for good', async () => new Response(null, { status: 410 })],
  ])('is looked for and found where the first answer is %s', async (_, answer) => {
    const { machine } = worldOf({ 'auth.pingone.com': answer, 'auth.pingone.eu': knowsIt });
    const { exitCode, stderr } = await machine.run('init', '--json', ...ids);
    expect(exitCode).toBe(5);
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'NOT_FOUND', message: expect.stringContaining('is in the region eu, not in com') },
    });
  });

  it('is offered in that region, whatever flag said otherwise, when answers are changed', async () => {
    const answered = ['none', 'https://127.0.0.1/cb', 'openid', ''];
    const { machine, askedHosts } = worldOf(
      { 'auth.pingone.eu': knowsIt },
      {},
      { answers: [...answered, 'change', asOffered, ...answered, false] },
    );
    const { exitCode, stderr } = await machine.run('init', ...ids, '--region', 'com');
    expect(exitCode, stderr).toBe(0);
    expect(machine.answers).toEqual([]);
    expect(askedHosts().at(-1)).toBe('auth.pingone.eu');
    expect((await machine.run('config', 'list')).stdout).toMatch(/region\s+profile "default"\s+eu\n/);
  });

  it('is told with the variable that has the wrong region, because a profile would not count', async () => {
    const { machine } = worldOf({ 'auth.pingone.com': knowsIt }, { PING14C_REGION: 'asia' });
    const { stderr } = await machine.run('init', ...ids);
    expect(stderr).toMatch(/in the region com, not in asia\.[\s\S]*Pass --region com, or fix PING14C_REGION\./);
  });

  it('is looked for in all regions at once, without waiting for the silent ones once it is found', async () => {
    const { machine, allAsked } = worldOf({
      ...Object.fromEntries(hosts.map((host) => [host, keepsSilent])),
      'auth.pingone.com': knowsItNot,
      'auth.pingone.asia': async (url, signal) => {
        await allAsked;
        return knowsIt(url, signal);
      },
    });
    expect((await machine.run('init', ...ids)).stderr).toContain('in the region asia');
  });

  it('is looked for no longer than a request may take', async () => {
    const { machine, allAsked } = worldOf({ 'auth.pingone.sg': keepsSilent }, { PING14C_HTTP_TIMEOUT: '7' });
    const { outcome } = machine.start('init', ...ids);
    await allAsked;
    machine.advance(7_000);
    expect((await outcome).stderr).toContain('in the region com; no usable answer from sg.');
  });

  it('is looked for without a credential', async () => {
    const { machine, requests } = worldOf({}, { PING14C_CLIENT_SECRET: 'hush-hush-hush' });
    await machine.run('init', ...ids, '--auth-method', 'client_secret_basic');
    expect(requests).toHaveLength(hosts.length);
    for (const { url, init } of requests) {
      expect([url.search, init.body ?? '', new Headers(init.headers).get('authorization')]).toEqual(['', '', null]);
    }
  });

  it('is nowhere, which is said', async () => {
    const { stderr } = await worldOf({}).machine.run('init', ...ids);
    expect(stderr).toContain('in any of its regions (com, ca, eu, com.au, sg, asia).');
    expect(stderr).toMatch(/Check the environment ID/);
  });

  it('is not said to be nowhere by a status alone, which anybody on the way may answer with', async () => {
    const silent = Object.fromEntries(hosts.map((host) => [host, page(404, 'Nothing here')]));
    const { machine, askedHosts } = worldOf(silent);
    const { exitCode, stderr } = await machine.run('init', ...ids);
    expect({ exitCode, hosts: askedHosts().length }).toEqual({ exitCode: 1, hosts: hosts.length });
    expect(stderr).toMatch(/status 404 and a web page[\s\S]*A firewall or a proxy/);
  });

  it.each([
    ['a server in trouble', refuses],
    ['a page of somebody else', page(404, 'Nothing here')],
    ['a document of another issuer', isAnother],
    ['a host that cannot be reached', isNotThere],
  ])('is not said to be nowhere, nor there, because of %s', async (_, answer) => {
    const { stderr } = await worldOf({ 'auth.pingone.eu': answer }).machine.run('init', ...ids);
    expect(stderr).toContain('in the region com; no usable answer from eu.');
  });

  it('is looked for until Ctrl-C', async () => {
    const { machine, allAsked } = worldOf({ 'auth.pingone.sg': keepsSilent });
    const { outcome, runtime } = machine.start('init', ...ids);
    await allAsked;
    runtime.interrupt();
    expect((await outcome).exitCode).toBe(130);
  });
});

describe('no other region is asked', () => {
  it.each([
    ['where the region asked has it', { 'auth.pingone.com': knowsIt }, 0],
    [
      'where somebody on the way forbids it',
      { 'auth.pingone.com': page(403, 'Blocked'), 'auth.pingone.eu': knowsIt },
      1,
    ],
    ['where the region asked is in trouble', { 'auth.pingone.com': refuses, 'auth.pingone.eu': knowsIt }, 1],
  ])('%s', async (_, answers, exitCode) => {
    const { machine, askedHosts } = worldOf(answers);
    expect((await machine.run('init', ...ids)).exitCode).toBe(exitCode);
    expect(askedHosts()).toEqual(['auth.pingone.com']);
  });

  it.each([
    ['--custom-domain', 'id.example.com', 'id.example.com'],
    ['--auth-url', 'https://auth.pingone.com', 'auth.pingone.com'],
  ])('where %s names the host', async (flag, value, host) => {
    const { machine, askedHosts } = worldOf({ 'auth.pingone.eu': knowsIt });
    expect((await machine.run('init', ...ids, flag, value)).exitCode).toBe(5);
    expect(askedHosts()).toEqual([host]);
  });

  it.each(['login', 'token --client-credentials'])('by %s', async (line) => {
    const { machine, askedHosts } = worldOf({ 'auth.pingone.eu': knowsIt });
    expect((await machine.run(...line.split(' '), ...ids, '--auth-method', 'none')).exitCode).not.toBe(0);
    expect(new Set(askedHosts())).toEqual(new Set(['auth.pingone.com']));
  });
});
