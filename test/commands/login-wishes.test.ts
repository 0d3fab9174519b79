import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createServiceKey } from '../../src/sandbox/seed/service-key.ts';
import { defaultSeed } from '../../src/sandbox/seed.ts';
import { createUserAgent, type UserAgent } from '../../src/sandbox/user-agent.ts';
import {
  client,
  denies,
  type SandboxMachine,
  type SandboxMachineOptions,
  sandboxMachine,
} from '../support/sandbox-machine.ts';
import { withMetadata } from '../support/server-metadata.ts';

const adaIn = 'Signed in as Ada King Lovelace (ada@example.com)\n';
const [ada, barbara] = [
  { username: 'ada', password: 'Analytical-Engine-1843' },
  { username: 'barbara', password: 'Substitute-Me-1987' },
];

/** A person with one browser, which stays signed on at PingOne from one sign-in to the next. */
async function machineWithSession(options: SandboxMachineOptions = {}) {
  const browser: { agent?: UserAgent; answers: typeof ada } = { answers: ada };
  const machine = await sandboxMachine({ ...options, person: (_new, url) => agent().signIn(url, browser.answers) });
  const agent = () => {
    browser.agent ??= createUserAgent({ trust: machine.sandbox.certificate.cert, acceptCertificate: () => true });
    return browser.agent;
  };
  /** How often the sign-on page was sent in. */
  const signOns = () =>
    machine.sandbox.requests().filter(({ method, path }) => method === 'POST' && path.endsWith('/signon/')).length;
  return { ...machine, signOns, comes: (answers: typeof ada) => Object.assign(browser, { answers }) };
}

const userOf = async (machine: Pick<SandboxMachine, 'run'>) =>
  (JSON.parse((await machine.run('status', '--json')).stdout) as { user: { name: string } }).user.name;

describe('what login asks for takes effect:', () => {
  it('without anything, a session at PingOne is used; --prompt login and --switch-user ask anew', async () => {
    const machine = await machineWithSession();
    await machine.run('login');
    await machine.run('login');
    expect(machine.signOns()).toBe(1);
    expect((await machine.run('login', '--prompt', 'login')).stdout).toBe(adaIn);
    expect(machine.signOns()).toBe(2);
    machine.comes(barbara);
    await machine.run('login');
    expect(await userOf(machine)).toContain('Ada');
    const { exitCode, stderr } = await machine.run('login', '--switch-user');
    expect(exitCode, stderr).toBe(0);
    expect(await userOf(machine)).toContain('Barbara');
  });

  it('--prompt none signs in without a page where there is a session', async () => {
    const machine = await machineWithSession();
    await machine.run('login');
    const { exitCode, stderr } = await machine.run('login', '--prompt', 'none');
    expect(exitCode, stderr).toBe(0);
    expect(machine.signOns()).toBe(1);
  });

  it('--max-age asks anew once the sign-on is older', async () => {
    const machine = await machineWithSession();
    await machine.run('login');
    machine.advance(120_000);
    await machine.run('login', '--max-age', '3600');
    expect(machine.signOns()).toBe(1);
    const { exitCode, stderr } = await machine.run('login', '--max-age', '60');
    expect(exitCode, stderr).toBe(0);
    expect(machine.signOns()).toBe(2);
  });

  it.each([[[]], [['--implicit']]])('--max-age is held against a server that ignores it %j', async (flags) => {
    const ignorant: SandboxMachineOptions['sandboxOptions'] = {
      intercept: async (request, proceed) => {
        request.url.searchParams.delete('max_age');
        return proceed();
      },
    };
    const env = { PING14C_CLIENT_ID: client.web, PING14C_CLIENT_SECRET: secretOf(client.web) };
    const machine = await machineWithSession({ sandboxOptions: ignorant, env });
    await machine.run('login');
    machine.advance(600_000);
    const { exitCode, stderr } = await machine.run('login', '--max-age', '300', ...flags);
    expect(exitCode, stderr).toBe(4);
    expect(stderr).toMatch(
      /older than you asked for \(auth_time\)\.\n[\s\S]*Hint: Sign in again with --prompt login, or allow more with --max-age\./,
    );
  });

  it('--login-hint stands in the sign-on page', async () => {
    const pages: string[] = [];
    const machine = await sandboxMachine({
      person: async (agent, url) => {
        pages.push((await agent.visit(url)).html);
        return agent.deny(url);
      },
    });
    await machine.run('login', '--login-hint', 'grace');
    expect(pages.join()).toMatch(/name="username"[^>]*value="grace"/);
  });

  it('--acr-values chooses the sign-on policy, and one that the application has not is refused', async () => {
    const applications = defaultSeed.applications.map((application) => ({
      ...application,
      signOnPolicies: ['Single_Factor', 'Multi_Factor'],
    }));
    const machine = await sandboxMachine({ sandboxOptions: { seed: { ...defaultSeed, applications } } });
    const met = await machine.run('login', '--acr-values', 'Multi_Factor');
    expect(met.stderr).not.toContain('sign-on policy');
    const claims = (await machine.run('whoami', '--json')).stdout;
    expect(JSON.parse(claims)).toMatchObject({ idToken: { acr: 'Multi_Factor' } });
    const unknown = await machine.run('login', '--acr-values', 'Palm_Reading');
    expect(unknown.exitCode).toBe(5);
    expect(unknown.stderr).toContain('Invalid sign-on policy provided in acr_values parameter');
  });

  it('--scope is what is granted, and what is not granted is told', async () => {
    const machine = await sandboxMachine();
    const { stdout, stderr } = await machine.run('login', '--json', '--scope', 'openid email orders:cancel');
    expect(JSON.parse(stdout)).toMatchObject({ scope: ['openid', 'email'] });
    expect(stderr).toContain('Not granted: orders:cancel.');
  });
});

describe('login --par', () => {
  const pushes = ({ sandbox }: SandboxMachine) =>
    sandbox.requests().filter(({ path }) => path.endsWith('/as/par')).length;

  it('pushes the request and sends the browser with a reference to it', async () => {
    const machine = await sandboxMachine();
    const { stdout, stderr } = await machine.run('login', '--par', '--login-hint', 'ada', '--verbose');
    expect(stdout, stderr).toBe(adaIn);
    const sent = new URL(machine.opened[0] ?? '').searchParams;
    expect([...sent.keys()].sort()).toEqual(['client_id', 'request_uri']);
    expect(pushes(machine)).toBe(1);
    expect(stderr).toContain('the address works once');
  });

  it.each([
    ['the environment', { env: { PING14C_PAR: 'true' } }],
    ['the server’s metadata', { sandboxOptions: withMetadata({ require_pushed_authorization_requests: true }) }],
  ])('is asked for by %s as well', async (_whom, options) => {
    const machine = await sandboxMachine(options);
    expect((await machine.run('login')).stdout).toBe(adaIn);
    expect(pushes(machine)).toBe(1);
  });

  it('pushes implicit requests too', async () => {
    const env = { PING14C_CLIENT_ID: client.web, PING14C_CLIENT_SECRET: secretOf(client.web) };
    const machine = await sandboxMachine({ env });
    const { stdout, stderr } = await machine.run('login', '--par', '--implicit');
    expect(stdout, stderr).toBe(adaIn);
    expect(pushes(machine)).toBe(1);
  });

  it('tells a refusal of the pushed request before any browser opens', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stderr } = await machine.run('login', '--par', '--scope', 'openid p1:read:user orders:read');
    expect(exitCode, stderr).toBe(5);
    expect(stderr).toContain('refused the pushed authorization request (invalid_scope)');
    expect(machine.opened).toEqual([]);
  });

  it('says so where the server takes none', async () => {
    const machine = await sandboxMachine({
      sandboxOptions: withMetadata({ pushed_authorization_request_endpoint: undefined }),
    });
    const { exitCode, stderr } = await machine.run('login', '--par');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /does not accept pushed authorization requests\.\nHint: Leave out --par \(PING14C_PAR, or "ping14c config unset par"\)/,
    );
    expect((await machine.run('login', '--par', '--json')).stderr).toContain('"code":"par_not_supported"');
  });
});

describe('login as a client that authenticates by', () => {
  const serviceKey = createServiceKey();
  let pem: string;
  beforeAll(async () => {
    pem = await serviceKey.pem();
  });

  const clients = {
    none: client.native,
    client_secret_basic: client.web,
    client_secret_post: 'c0000000-0000-4000-8000-000000000009',
    client_secret_jwt: 'c0000000-0000-4000-8000-000000000006',
    private_key_jwt: 'sandbox-private-key-client',
  } as const;
  type Method = keyof typeof clients;

  async function machineFor(method: Method, options: SandboxMachineOptions = {}) {
    const machine = await sandboxMachine({
      ...options,
      sandboxOptions: { serviceKey },
      env: { PING14C_CLIENT_ID: clients[method], PING14C_CLIENT_SECRET: secretOf(clients[method]) },
    });
    const key = join(machine.folder, 'key.pem');
    writeFileSync(key, pem);
    return { ...machine, key };
  }

  it.each(Object.keys(clients) as Method[])('%s works, and so do refresh and logout', async (method) => {
    const machine = await machineFor(method);
    const par = method === 'private_key_jwt' ? ['--par'] : [];
    const scope = method === 'client_secret_basic' ? ['--scope', 'openid profile email offline_access'] : [];
    const asClient = ['--auth-method', method, '--private-key', machine.key];
    const login = await machine.run('login', ...asClient, ...par, ...scope);
    expect(login.stdout, login.stderr).toBe(adaIn);
    const token = await machine.run('token', '--refresh', ...asClient);
    expect(token.exitCode, token.stderr).toBe(0);
    expect((await machine.run('logout', ...asClient)).stdout).toContain('revoked');
  });

  it.each(
    (Object.keys(clients) as Method[]).flatMap((configured) =>
      (Object.keys(clients) as Method[])
        .filter((used) => used !== configured)
        .map((used) => [configured, used] as const),
    ),
  )('%s does not work with %s, and says which to try', async (configured, used) => {
    const machine = await machineFor(configured);
    const par = configured === 'private_key_jwt' ? ['--par'] : [];
    const { exitCode, stderr } = await machine.run(
      'login',
      '--auth-method',
      used,
      '--private-key',
      machine.key,
      ...par,
    );
    expect(exitCode, stderr).toBe(5);
    expect(stderr).toContain('Request denied: Unsupported authentication method');
    expect(stderr).toMatch(/Hint: .*--auth-method\. To try instead: ./);
  });

  it('private_key_jwt, with PAR required and not done, is told of --par', async () => {
    const machine = await machineFor('private_key_jwt', { person: denies });
    const asClient = ['--auth-method', 'private_key_jwt', '--private-key', machine.key];
    for (const preflight of [[], ['--no-preflight']]) {
      const { exitCode, stderr } = await machine.run('login', ...asClient, ...preflight);
      expect(exitCode, stderr).toBe(5);
      expect(stderr).toMatch(/Hint: .*--par/);
    }
  });
});

function secretOf(clientId: string): string {
  return defaultSeed.applications.find((application) => application.clientId === clientId)?.clientSecret ?? 'no secret';
}
