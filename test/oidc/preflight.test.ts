import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { FaultName } from '../../src/sandbox/faults.ts';
import type { SandboxRequest } from '../../src/sandbox/request.ts';
import { json, type SandboxResponse } from '../../src/sandbox/response.ts';
import type { Visit } from '../../src/sandbox/user-agent.ts';
import { freePort } from '../support/free-port.ts';
import { providerClients, providerEnvironment, startOidcProvider } from '../support/oidc-provider.ts';
import { client, sandboxMachine } from '../support/sandbox-machine.ts';
import { testMachine } from '../support/test-runtime.ts';

const adaIn = 'Signed in as Ada King Lovelace (ada@example.com)\n';

/** A place of the application's in the console, as it is told. */
const place = (below: string) => `where: Applications → Applications → (your application) → ${below}`;

describe('login, before the browser opens', () => {
  it.each<[FaultName, string, readonly string[]]>([
    [
      'redirect-uri-mismatch',
      'redirect_uri_mismatch',
      [
        'to register: https://127.0.0.1/callback\n',
        place('Configuration → Redirect URIs'),
        'leave the port out',
        '"Sign-on URL" does not count',
      ],
    ],
    [
      'unknown-client',
      'unknown_client',
      [`client ID: ${client.native}\n`, place('Overview → Client ID'), 'The requested resource was not found'],
    ],
    ['application-disabled', 'unknown_client', ['switched on (the toggle at its top right)']],
    [
      'response-type-not-enabled',
      'unsupported_response_type',
      [
        'to allow: code\n',
        place('Configuration → Response type'),
        place('Configuration → Grant type'),
        'Unsupported response type: code',
      ],
    ],
    [
      'scope-refused',
      'invalid_scope',
      [
        'asked for: openid profile email address phone p1:read:user p1:read:userPassword p1:reset:userPassword\n',
        place('Resources → OpenID Connect scopes: openid profile email address phone\n'),
        place('Resources → PingOne API scopes: p1:read:user p1:read:userPassword p1:reset:userPassword\n'),
      ],
    ],
    ['par-required', 'invalid_request', ['requires a pushed authorization request']],
  ])('tells of %s in the terminal, as %s', async (fault, code, words) => {
    const machine = await sandboxMachine({ sandboxOptions: { faults: [fault] } });
    const { exitCode, stdout, stderr } = await machine.run('login');
    expect({ exitCode, stdout, opened: machine.opened }, stderr).toEqual({ exitCode: 5, stdout: '', opened: [] });
    for (const word of words) expect(stderr).toContain(word);
    expect(stderr).toMatch(/Correlation ID: [0-9a-f-]{36}\n/);
    const json = await machine.run('login', '--json');
    expect(JSON.parse(lastLine(json.stderr))).toMatchObject({ error: { code } });
  });

  it('names IDs and region where PingOne finds nothing by them', async () => {
    const body = {
      id: 'c0ffee00-0000-4000-8000-000000000000',
      code: 'NOT_FOUND',
      message: 'The request could not be completed. The requested resource was not found.',
    };
    const machine = await sandboxMachine({
      sandboxOptions: {
        intercept: async ({ url }, proceed) => (url.pathname.endsWith('/authorize') ? json(404, body) : proceed()),
      },
    });
    const { exitCode, stderr } = await machine.run('login');
    expect({ exitCode, opened: machine.opened }).toEqual({ exitCode: 5, opened: [] });
    expect(stderr).toContain(`client ID: ${client.native}\n`);
    expect(stderr).toContain(`issuer: ${machine.sandbox.origin}/${machine.sandbox.environmentId}/as\n`);
    expect(stderr).toContain(place('Overview → Client ID\n'));
    expect(stderr).toContain('where: Settings → Environment Properties\n');
    expect(stderr).toMatch(/Hint: Check both IDs, .* the region is wrong: compare --region/);
    expect(stderr).toContain(`Correlation ID: ${body.id}`);
  });

  it('names the redirect URI with its port where the port is part of what is registered', async () => {
    const machine = await sandboxMachine();
    const uri = `https://127.0.0.1:${await freePort()}/elsewhere`;
    const { stderr } = await machine.run('login', '--redirect-uri', uri);
    expect(stderr).toContain(`to register: ${uri}\n`);
    expect(stderr).not.toContain('leave the port out');
  });

  it('tries nothing with --no-preflight: the browser shows the error', async () => {
    const seen: { show?: (page: Visit) => void } = {};
    const page = new Promise<Visit>((resolve) => {
      seen.show = resolve;
    });
    const machine = await sandboxMachine({
      sandboxOptions: { faults: ['redirect-uri-mismatch'] },
      person: async (agent, url) => {
        const visit = await agent.visit(url);
        seen.show?.(visit);
        return visit;
      },
    });
    const { outcome } = machine.start('login', '--no-preflight');
    expect((await page).html).toContain('Redirect URI mismatch');
    await machine.sleepsThrough(300_000);
    expect((await outcome).exitCode).toBe(6);
  });

  it.each([
    [{ PING14C_REDIRECT_URI: 'https://127.0.0.1/elsewhere' }, 'to register: https://127.0.0.1/elsewhere'],
    [{ PING14C_CLIENT_ID: 'nobody' }, 'client ID: nobody'],
  ])('understands oidc-provider too, with %j', async (env, words) => {
    const server = await startOidcProvider('https://127.0.0.1:9/callback');
    onTestFinished(() => server.close());
    const machine = testMachine({
      env: {
        PING14C_ENVIRONMENT_ID: providerEnvironment,
        PING14C_AUTH_URL: server.origin,
        PING14C_CLIENT_ID: providerClients.user.id,
        PING14C_SCOPE: 'openid',
        PING14C_CA_FILE: caFileOf(server.certificate.cert),
        PING14C_REDIRECT_URI: 'https://127.0.0.1/callback',
        ...env,
      },
    });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode, stderr).toBe(5);
    expect(stderr).toContain(words);
  });
});

type Answer = (
  request: SandboxRequest,
  proceed: () => Promise<SandboxResponse>,
) => Promise<SandboxResponse | undefined>;

/** The first authorize request is answered so, the browser's own is served as ever. */
async function machineAnswering(answer: Answer) {
  const seen: SandboxRequest[] = [];
  const machine = await sandboxMachine({
    sandboxOptions: {
      intercept: async (request, proceed) => {
        if (!request.url.pathname.endsWith('/as/authorize')) return proceed();
        seen.push(request);
        return seen.length === 1 ? answer(request, proceed) : proceed();
      },
    },
  });
  return { machine, seen };
}

const html = (status: number, body: string): SandboxResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body,
});

/** At the redirect URI, where the browser would bring it. */
const refusing =
  (error: string): Answer =>
  async ({ url: { searchParams } }) => ({
    status: 302,
    headers: { location: `${searchParams.get('redirect_uri')}?error=${error}&state=${searchParams.get('state')}` },
  });

it.each([
  [
    'unauthorized_client',
    'openid',
    ['to allow: code\n', '→ Configuration → Response type\n', '→ Configuration → Grant type\n'],
  ],
  [
    'invalid_scope',
    'openid orders shop:read',
    ['→ OpenID Connect scopes: openid\n', '→ scopes of your custom resource: orders shop:read\n'],
  ],
  [
    'invalid_scope',
    'openid',
    ['asked for: openid\n', '→ OpenID Connect scopes: openid\n', '→ PingOne API scopes: (none)\n'],
  ],
])('login says where the console allows what %s refuses (%s)', async (code, scope, words) => {
  const { machine } = await machineAnswering(refusing(code));
  const { exitCode, stderr } = await machine.run('login', '--scope', scope);
  expect({ exitCode, opened: machine.opened }, stderr).toEqual({ exitCode: 5, opened: [] });
  for (const word of words) expect(stderr).toContain(word);
});

describe('login, when trying the request gives something odd', () => {
  it.each<[string, Answer]>([
    ['status 503', async () => html(503, 'down')],
    ['status 400, for a reason that is not understood', async () => html(400, '<h1>Something else</h1>')],
    ['status 403, for a reason that is not understood', async () => html(403, 'Are you a robot?')],
    ['status 200', async () => html(200, '<form>Captcha</form>')],
    ['No answer from', async () => undefined],
    ['an answer that depends on who asks (login_required)', refusing('login_required')],
  ])('signs in all the same: %s', async (reason, answer) => {
    const { machine } = await machineAnswering(answer);
    const { stdout, stderr } = await machine.run('login', '--debug');
    expect(stdout, stderr).toBe(adaIn);
    expect(stderr).toContain(`preflight passed over: ${reason}`);
  });

  it('does not wait long for an answer', async () => {
    const stalled: { advance?: () => void } = {};
    const { machine } = await machineAnswering(() => {
      stalled.advance?.();
      return new Promise(() => {});
    });
    stalled.advance = () => machine.advance(5000);
    const { stdout, stderr } = await machine.run('login', '--debug');
    expect(stdout, stderr).toBe(adaIn);
    expect(stderr).toContain('preflight passed over: no answer in time');
  });

  it('ends at Ctrl-C', async () => {
    const stalled: { interrupt?: () => void } = {};
    const { machine } = await machineAnswering(() => {
      stalled.interrupt?.();
      return new Promise(() => {});
    });
    const { outcome, runtime } = machine.start('login');
    stalled.interrupt = () => runtime.interrupt();
    expect((await outcome).exitCode).toBe(130);
    expect(machine.opened).toEqual([]);
  });
});

describe('the request that is tried', () => {
  it('carries no cookie, and shares state, nonce and challenge with no sign-in', async () => {
    const { machine, seen } = await machineAnswering((_request, proceed) => proceed());
    expect((await machine.run('login', '--debug')).stderr).not.toContain('preflight passed over');
    const [tried, real] = seen;
    expect(tried?.headers.cookie).toBeUndefined();
    // As a browser asks, and for the easier JSON besides.
    expect(tried?.headers.accept).toMatch(/^text\/html,.*application\/json/);
    for (const name of ['client_id', 'redirect_uri', 'scope', 'response_type', 'code_challenge_method']) {
      expect(tried?.url.searchParams.get(name)).toBe(real?.url.searchParams.get(name));
    }
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(tried?.url.searchParams.get(name)?.length).toBeGreaterThanOrEqual(43);
      expect(tried?.url.searchParams.get(name)).not.toBe(real?.url.searchParams.get(name));
    }
  });

  it('does not ask for --prompt none, which without a cookie is an error for everybody', async () => {
    const { machine, seen } = await machineAnswering((_request, proceed) => proceed());
    await machine.run('login', '--prompt', 'none', '--debug');
    expect(seen[0]?.url.searchParams.has('prompt')).toBe(false);
    expect(machine.opened[0]).toContain('prompt=none');
  });

  it('asks for another --prompt as the browser will', async () => {
    const { machine, seen } = await machineAnswering((_request, proceed) => proceed());
    await machine.run('login', '--prompt', 'login');
    expect(seen[0]?.url.searchParams.get('prompt')).toBe('login');
  });

  it('of the implicit grant has no challenge, as there is no code, and is not to be posted', async () => {
    const { machine, seen } = await machineAnswering((_request, proceed) => proceed());
    await machine.run('login', '--implicit', '--client-id', client.web);
    expect(machine.opened[0]).toContain('response_mode=form_post');
    const names = [...(seen[0]?.url.searchParams.keys() ?? [])];
    expect(names.filter((name) => /^code_|^response_mode/.test(name))).toEqual([]);
  });

  it('is not sent where it was pushed, for it can be used once', async () => {
    const { machine, seen } = await machineAnswering((_request, proceed) => proceed());
    const { stdout, stderr } = await machine.run('login', '--par', '--debug');
    expect(stdout, stderr).toBe(adaIn);
    expect(seen).toHaveLength(1);
    expect(stderr).toContain('preflight passed over: its parameters are not in the address');
  });

  it('has an answer that the listener does not take', async () => {
    const tried: { state?: string } = {};
    const { machine } = await machineAnswering((request, proceed) => {
      tried.state = request.url.searchParams.get('state') ?? '';
      return proceed();
    });
    const { outcome, runtime } = machine.start('login', '--no-browser');
    const [url = ''] = /https:\S+\/as\/authorize\?\S+/.exec(await runtime.said(/Paste the address/)) ?? [];
    const redirectUri = new URL(url).searchParams.get('redirect_uri');
    runtime.stdin.write(`${redirectUri}?code=1&state=${tried.state}\n`);
    await runtime.said(/belongs to another sign-in/);
    runtime.interrupt();
    expect((await outcome).exitCode).toBe(130);
  });
});

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function caFileOf(cert: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-preflight-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'ca.pem');
  writeFileSync(file, cert);
  return file;
}
