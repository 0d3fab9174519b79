import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { browserFor, client, denies, type SandboxMachineOptions, sandboxMachine } from '../support/sandbox-machine.ts';
import { withMetadata } from '../support/server-metadata.ts';

const adaIn = 'Signed in as Ada King Lovelace (ada@example.com)\n';
const ada = { username: 'ada', password: 'Analytical-Engine-1843' };

const implicitMachine = (options: SandboxMachineOptions = {}) =>
  sandboxMachine({ ...options, env: { PING14C_CLIENT_ID: client.web, ...options.env } });

const sentBy = ({ opened }: { readonly opened: readonly string[] }) => new URL(opened[0] ?? '').searchParams;

/** Starts a sign-in whose browser somebody else opens, and gives the address on which that browser ends. */
async function elsewhere(machine: Awaited<ReturnType<typeof implicitMachine>>, ...flags: string[]) {
  const running = machine.start('login', '--implicit', '--no-browser', ...flags);
  const shown = await running.runtime.said(/Paste the address here/);
  const url = shown.split('\n').find((line) => line.includes('/as/authorize?')) ?? '';
  const visit = await browserFor(machine.sandbox, shown).signIn(url, ada);
  return { ...running, url, visit };
}

describe('login --implicit', () => {
  it('has the answer posted, keeps ID token and access token, and says why better not', async () => {
    const machine = await implicitMachine();
    const { exitCode, stdout, stderr } = await machine.run('login', '--implicit');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 0, stdout: adaIn });
    expect(Object.fromEntries(sentBy(machine))).toMatchObject({
      response_type: 'token id_token',
      response_mode: 'form_post',
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect([...sentBy(machine).keys()].filter((name) => name.startsWith('code_'))).toEqual([]);
    expect(stderr).toMatch(
      /Warning: the implicit grant hands tokens through the browser.* no refresh token; use it only/,
    );
    // What is posted cannot be pasted.
    expect(stderr).not.toMatch(/paste/i);
    expect(machine.tokenRequests()).toBe(0);
    expect((await machine.run('token')).exitCode).toBe(0);
    expect((await machine.run('status')).stdout).toContain('then sign in again');
    const [page] = await Promise.all(machine.visits);
    expect(page?.html).toContain('You are signed in');
    expect(page?.url).not.toMatch(/token/);
  });

  it('ends with the access token, for there is no refresh token', async () => {
    const machine = await implicitMachine();
    await machine.run('login', '--implicit');
    machine.advance(3_601_000);
    const { exitCode, stdout } = await machine.run('token');
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
  });

  it('lets the password be changed, for the ID token vouches for the person', async () => {
    const machine = await implicitMachine({
      answers: [ada.password, 'Difference-Engine-1822!', 'Difference-Engine-1822!'],
    });
    await machine.run('login', '--implicit');
    const { exitCode, stderr } = await machine.run('passwd');
    expect(exitCode, stderr).toBe(0);
  });

  it.each([
    ['says that it does not post it', ['query', 'fragment']],
    ['does not say that it posts it', undefined],
  ])('takes the answer in the fragment where the server %s', async (_what, modes) => {
    const machine = await implicitMachine({ sandboxOptions: withMetadata({ response_modes_supported: modes }) });
    const { outcome, runtime } = machine.start('login', '--implicit');
    await runtime.said(/Waiting for the browser/);
    const page = await until(() => machine.visits[0]);
    expect(page.html).toContain('Finishing the sign-in');
    // This browser runs no scripts, so the page's advice is followed.
    runtime.stdin.write(`${page.url}\n`);
    const { stdout, stderr } = await outcome;
    expect(stdout, stderr).toBe(adaIn);
    expect(sentBy(machine).has('response_mode')).toBe(false);
  });

  it('takes a pasted address, so the server posts nothing where somebody else opens the browser', async () => {
    const machine = await implicitMachine();
    const { outcome, runtime, url, visit } = await elsewhere(machine);
    expect(new URL(url).searchParams.has('response_mode')).toBe(false);
    runtime.stdin.write(`${visit.url}\n`);
    const { stdout, stderr } = await outcome;
    expect(stdout, stderr).toBe(adaIn);
  });

  it('refuses a pasted address whose access token was exchanged for another', async () => {
    const machine = await implicitMachine();
    const { outcome, runtime, visit } = await elsewhere(machine);
    runtime.stdin.write(`${visit.url.replace(/access_token=[^&]+/, 'access_token=another')}\n`);
    const { exitCode, stderr } = await outcome;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('it is for another access token (at_hash)');
    expect(machine.keychainItems.size).toBe(0);
  });

  it('tells what lives on when the ID token is refused: the access token, and no refresh token', async () => {
    const machine = await implicitMachine({ sandboxOptions: { faults: ['id-token-bad-signature'] } });
    const { exitCode, stderr } = await machine.run('login', '--implicit', '--json');
    expect(exitCode, stderr).toBe(1);
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: {
        code: 'id_token_not_valid',
        details: [
          { message: 'Refresh token: there was none' },
          { message: expect.stringMatching(/^Access token: still valid until .* \(PingOne cannot revoke it\)$/) },
        ],
      },
    });
    expect(machine.keychainItems.size).toBe(0);
  });

  it('keeps nothing after Ctrl-C once the answer has come, and tells what lives on', async () => {
    const pressed: { interrupt?: () => void } = {};
    const machine = await implicitMachine({
      env: { PING14C_STORE: 'file' },
      sandboxOptions: {
        intercept: (request, proceed) => {
          if (request.url.pathname.endsWith('/as/jwks')) pressed.interrupt?.();
          return proceed();
        },
      },
    });
    const { outcome, runtime } = machine.start('login', '--implicit');
    pressed.interrupt = () => runtime.interrupt();
    void machine.sleepsThrough(700);
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toMatch(/^Cancelled\. .*Refresh token: there was none\. Access token: still valid until .*$/m);
    expect(['accounts', 'sessions'].map((name) => readdirSync(join(machine.stateFolder, name)))).toEqual([[], []]);
  });

  it('ends with 5 and keeps nothing when the person cancels', async () => {
    const machine = await implicitMachine({ person: denies });
    const { exitCode, stderr } = await machine.run('login', '--implicit');
    expect(exitCode, stderr).toBe(5);
    expect(machine.keychainItems.size).toBe(0);
  });

  it('is what a profile or the environment may ask for, as the sample does', async () => {
    const machine = await implicitMachine({
      env: { PING14C_GRANT: 'implicit', PING14C_RESPONSE_TYPE: 'id_token token', PING14C_MAX_AGE: '3600' },
    });
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode, stderr).toBe(0);
    expect(sentBy(machine).get('response_type')).toBe('token id_token');
    expect(sentBy(machine).get('max_age')).toBe('3600');
  });

  it('is refused in words where the application does not allow it', async () => {
    const machine = await implicitMachine({ env: { PING14C_CLIENT_ID: client.native } });
    const { exitCode, stderr } = await machine.run('login', '--implicit');
    expect(exitCode, stderr).toBe(5);
    expect(stderr).toContain('unsupported_response_type');
    expect(machine.opened).toEqual([]);
  });
});

describe('login --implicit --response-type id_token', () => {
  it('keeps who it is: whoami and token --id-token tell that, and nothing else works', async () => {
    const machine = await implicitMachine();
    const { stdout, stderr } = await machine.run('login', '--implicit', '--response-type', 'id_token');
    expect(stdout, stderr).toBe(adaIn);
    expect(stderr).toContain('There is no access token');
    expect(sentBy(machine).get('response_type')).toBe('id_token');
    const whoami = await machine.run('whoami');
    expect(whoami.stdout, whoami.stderr).toContain('ada@example.com');
    const token = await machine.run('token');
    expect({ exitCode: token.exitCode, stdout: token.stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(token.stderr).toContain('no access token');
    expect((await machine.run('token', '--id-token')).stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect((await machine.run('passwd')).exitCode).toBe(4);
    expect((await machine.run('status')).stdout).toContain('ID token alone');
    expect((await machine.run('logout')).stdout).not.toContain('Access token');
  });
});

describe('login --implicit --response-type token', () => {
  it('asks userinfo who it is, says so, and passwd refuses the session', async () => {
    const machine = await implicitMachine();
    const { stdout, stderr } = await machine.run('login', '--implicit', '--response-type', 'token');
    expect(stdout, stderr).toBe(adaIn);
    expect(stderr).toContain('Without an ID token only userinfo says who you are');
    expect(sentBy(machine).get('response_type')).toBe('token');
    expect((await machine.run('whoami')).stdout).toContain('ada@example.com');
    expect((await machine.run('token')).exitCode).toBe(0);
    expect((await machine.run('status')).stdout).toContain('no ID token vouches for it');
    const passwd = await machine.run('passwd');
    expect(passwd.exitCode).toBe(4);
    expect(passwd.stderr).toContain('There is no ID token that proves who is signed in');
    expect(machine.asked).toEqual([]);
    expect((await machine.run('logout')).stdout).toContain('Session at PingOne: still valid (there is no ID token');
  });
});

describe('login refuses what does not go together:', () => {
  it.each([
    [['--implicit', '--device'], 'in two ways at once'],
    [['--response-type', 'token'], 'for the implicit grant only'],
    [['--implicit', '--response-type', 'code'], 'response type'],
    [['--device', '--prompt', 'login'], 'no place for --prompt'],
    [['--device', '--redirect-uri', 'https://localhost/cb'], 'no place for --redirect-uri'],
    [['--device', '--switch-user'], 'no place for --switch-user'],
    [['--device', '--max-age', '60'], 'no place for --max-age'],
    [['--device', '--acr-values', 'MFA'], 'no place for --acr-values'],
    [['--device', '--par'], 'no place for --par'],
    [['--device', '--login-hint', 'ada'], 'no place for --login-hint'],
    [['--device', '--cert', 'a.pem'], 'no place for --cert'],
    [['--device', '--key', 'a.pem'], 'no place for --key'],
  ])('%j', async (flags, words) => {
    const machine = await sandboxMachine();
    const { exitCode, stderr } = await machine.run('login', ...flags);
    expect(exitCode, stderr).toBe(2);
    expect(stderr).toContain(words);
    expect(machine.opened).toEqual([]);
    expect(machine.sandbox.requests()).toEqual([]);
  });
});

/** Resolves with what is not there yet, as soon as it is. */
async function until<T>(look: () => Promise<T> | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
