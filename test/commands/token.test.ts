import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Intercept } from '../../src/sandbox/intercept.ts';
import { json } from '../../src/sandbox/response.ts';
import { client, sandboxMachine, signedIn } from '../support/sandbox-machine.ts';

const workerSecret = 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003';
const worker = { PING14C_WORKER_CLIENT_ID: client.worker, PING14C_WORKER_CLIENT_SECRET: workerSecret };
const hour = 3_600_000;

describe('token', () => {
  it('prints the access token and a newline, and asks no server while it is good', async () => {
    const machine = await signedIn();
    const before = machine.sandbox.requests().length;
    const { exitCode, stdout, stderr } = await machine.run('token');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(decodeJwt(stdout.trim())).toMatchObject({ sub: 'd0000000-0000-4000-8000-000000000001' });
    expect(machine.sandbox.requests()).toHaveLength(before);
  });

  it('renews a token that has expired, and keeps what it got', async () => {
    const machine = await signedIn();
    const first = await machine.run('token');
    machine.advance(hour + 1000);
    const second = await machine.run('token');
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stdout).not.toBe(first.stdout);
    const requests = machine.tokenRequests();
    expect((await machine.run('token')).stdout).toBe(second.stdout);
    expect(machine.tokenRequests()).toBe(requests);
  });

  it.each([['--refresh'], ['--min-ttl', '7200']])('renews a good token when told so with %s %s', async (...flags) => {
    const machine = await signedIn();
    const first = await machine.run('token');
    machine.advance(1000);
    const second = await machine.run('token', ...flags.filter(Boolean));
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.stdout).not.toBe(first.stdout);
  });

  it.each([
    ['is good', 1000],
    ['has expired', hour + 1000],
  ])('--refresh sends one refresh token where the access token %s', async (_state, laterMs) => {
    const machine = await signedIn();
    machine.advance(laterMs);
    const before = machine.tokenRequests();
    expect((await machine.run('token', '--refresh')).exitCode).toBe(0);
    expect(machine.tokenRequests()).toBe(before + 1);
  });

  it('prints nothing and ends with 4 when nobody is signed in', async () => {
    const machine = await sandboxMachine({ terminal: false, env: { CI: 'true' } });
    const { exitCode, stdout, stderr } = await machine.run('token');
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('Hint: Sign in with "ping14c login"');
  });

  it('ends with 4 when PingOne has ended the session', async () => {
    const machine = await signedIn();
    machine.advance(400 * 24 * hour);
    const { exitCode, stdout, stderr } = await machine.run('token');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toContain('The session has ended');
  });

  it('keeps the session and ends with 6 when the server cannot be reached', async () => {
    const machine = await signedIn();
    const kept = [...machine.keychainItems.values()];
    machine.advance(hour + 1000);
    await machine.sandbox.close();
    const { exitCode, stdout } = await machine.run('token');
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' });
    expect([...machine.keychainItems.values()]).toEqual(kept);
  });

  it('uses the tokens of no other environment, client or profile', async () => {
    const machine = await signedIn();
    const { exitCode } = await machine.run('token', '--client-id', client.web);
    expect(exitCode).toBe(4);
  });

  it('writes a header, a variable or JSON', async () => {
    const machine = await signedIn();
    const token = (await machine.run('token')).stdout.trim();
    expect((await machine.run('token', '--format', 'header')).stdout).toBe(`Authorization: Bearer ${token}\n`);
    expect((await machine.run('token', '--format', 'env')).stdout).toBe(`PING14C_ACCESS_TOKEN=${token}\n`);
    expect(JSON.parse((await machine.run('token', '--json')).stdout)).toMatchObject({
      accessToken: token,
      tokenType: 'Bearer',
      expiresAt: expect.stringMatching(/Z$/),
    });
  });

  it('prints the verified ID token with --id-token', async () => {
    const machine = await signedIn();
    const { stdout } = await machine.run('token', '--id-token');
    expect(decodeJwt(stdout.trim())).toMatchObject({ aud: client.native, email: 'ada@example.com' });
  });
});

describe('token --refresh on a machine whose clock is wrong', () => {
  const clocks = [
    { name: '90 seconds behind', serverAheadMs: 90_000, says: / [12] minutes? behind the server's/ },
    { name: '70 minutes ahead', serverAheadMs: -70 * 60_000, says: / 70 minutes ahead of the server's/ },
    { name: '10 hours ahead', serverAheadMs: -10 * hour, says: / 10 hours ahead of the server's/ },
  ];
  it.each(clocks)('$name says so as often as it is tried, and works once the clock is right', async (clock) => {
    const machine = await signedIn();
    machine.setServerClock(clock.serverAheadMs);
    for (const _attempt of ['first', 'second']) {
      const { exitCode, stdout, stderr } = await machine.run('token', '--refresh');
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(clock.says);
      expect(stderr).toContain('The session is kept.');
    }
    machine.setServerClock(0);
    expect(await machine.run('token', '--refresh')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await machine.run('token', '--refresh')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('renews while the clock is no more than a minute behind', async () => {
    const machine = await signedIn();
    machine.advance(-60_000);
    machine.setServerClock(60_000);
    expect(await machine.run('token', '--refresh')).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('sends nothing when the stored session shows that the clock went back', async () => {
    const machine = await signedIn();
    machine.advance(-10 * 60_000);
    machine.setServerClock(10 * 60_000);
    const requests = machine.tokenRequests();
    const { exitCode, stderr } = await machine.run('token', '--refresh');
    expect({ exitCode, requests: machine.tokenRequests() }, stderr).toEqual({ exitCode: 1, requests });
    expect(stderr).toMatch(
      /^Error: The clock of this machine is behind: it shows .+, and the server dated your session .+\.\nHint: Set the clock, then try again\. Nothing was sent, and the session is kept\.$/m,
    );
    expect((await machine.run('token', '--refresh', '--json')).stderr).toContain('"code":"clock_behind"');
    machine.advance(10 * 60_000);
    machine.setServerClock(0);
    expect(await machine.run('token', '--refresh')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('token --min-ttl', () => {
  it('that no token can meet is answered with a new one, and words', async () => {
    const machine = await signedIn();
    const { exitCode, stdout, stderr } = await machine.run('token', '--min-ttl', '7200');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(stderr).toMatch(/^Warning: The token is good for 1 hour, not for the 2 hours that you asked for: PingOne/);
  });

  it.each(['-1', '1.5', 'soon', ''])('refuses %j', async (seconds) => {
    const machine = await sandboxMachine();
    expect(await machine.run('token', '--min-ttl', seconds)).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('token --format', () => {
  it('json is the document of --json', async () => {
    const machine = await signedIn();
    const { stdout } = await machine.run('token', '--format', 'json');
    expect(stdout).toBe((await machine.run('token', '--json')).stdout);
  });

  it('env names an ID token for what it is', async () => {
    const machine = await signedIn();
    const { stdout } = await machine.run('token', '--id-token', '--format', 'env');
    expect(stdout).toMatch(/^PING14C_ID_TOKEN=eyJ/);
  });
});

describe('options of token that contradict each other', () => {
  it.each([
    ['--id-token', '--client-credentials'],
    ['--decode', '--introspect'],
    ['--decode', '--format', 'header'],
    ['--introspect', '--format', 'token'],
    ['--id-token', '--format', 'header'],
    ['--id-token', '--min-ttl', '60'],
    ['--json', '--format', 'env'],
  ])('are refused before anything is asked: %s %s %s', async (...flags) => {
    const machine = await sandboxMachine();
    const { exitCode, stdout, stderr } = await machine.run('token', ...flags.filter((flag) => flag !== undefined));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(flags[0]);
    expect(machine.sandbox.requests()).toEqual([]);
  });
});

describe('token --decode', () => {
  it('tells the claims in words and what was verified, and prints no token', async () => {
    const machine = await signedIn();
    const { exitCode, stdout, stderr } = await machine.run('token', '--decode');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(
      /^Access token \((?:\w+ [^ ,]+, )*alg RS256(?:, \w+ [^ ,]+)*\)\n\nCLAIM +VALUE +MEANING\n(?:.+\n)+\nsignature +verified .+\n(?:.+\n)+$/,
    );
    expect(stdout).toMatch(/^sub +d0000000-0000-4000-8000-000000000001 +subject: the user ID$/m);
    expect(stdout).toMatch(/^exp +\d{10} \(.* UTC\) +ends$/m);
    expect(stdout).toMatch(/^signature +verified +RS256, by the server's key /m);
    expect(stdout).toMatch(/^issuer +verified /m);
    expect(stdout).toMatch(/^client +verified /m);
    expect(stdout).toMatch(/^audience +not verified +it is for https?:/m);
    expect(stdout).toMatch(/^revocation +not verified +only the server knows/m);
    expect(stdout).not.toContain('eyJ');
    expect(stdout).not.toContain('Missing for');
  });

  it('names the scopes that whoami and passwd miss', async () => {
    const machine = await sandboxMachine();
    await machine.run('login', '--scope', 'openid profile email address phone p1:read:user p1:read:userPassword');
    const { stdout } = await machine.run('token', '--decode');
    expect(stdout).toContain('Missing for passwd: p1:reset:userPassword.');
    expect(stdout).not.toContain('Missing for whoami');
    const { missingScopes } = JSON.parse((await machine.run('token', '--decode', '--json')).stdout);
    expect(missingScopes).toEqual([{ command: 'passwd', scopes: ['p1:reset:userPassword'] }]);
  });

  it('verifies audience and issuer of an ID token', async () => {
    const machine = await signedIn();
    const { stdout } = await machine.run('token', '--decode', '--id-token', '--json');
    const { claims, checks } = JSON.parse(stdout);
    expect(claims).toMatchObject({ email: 'ada@example.com', aud: client.native });
    const outcomes = Object.fromEntries(
      checks.map((check: { name: string; outcome: string }) => [check.name, check.outcome]),
    );
    expect(outcomes).toEqual({
      signature: 'passed',
      issuer: 'passed',
      audience: 'passed',
      expiry: 'passed',
      'issue time': 'passed',
      nonce: 'notChecked',
      revocation: 'notChecked',
    });
  });

  it('is printed where the keychain will not keep it, whose complaint is shown as text', async () => {
    const angry = async () => Promise.reject(new Error('locked \u009b2J\u00ad'));
    const machine = await sandboxMachine({ env: worker, keychain: angry });
    const { exitCode, stderr } = await machine.run('token', '--client-credentials');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Warning: The token could not be saved: The keychain is locked');
    expect(stderr).toContain('locked \\u{9b}2J\\u{ad}.');
  });

  it("says of an application's token that it names no user", async () => {
    const machine = await sandboxMachine({ env: worker });
    const { exitCode, stdout } = await machine.run('token', '--decode', '--client-credentials');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('It names no user');
    expect(stdout).toMatch(/^client +verified /m);
  });

  it('tells the claims without a network, too, and that the signature was not verified', async () => {
    const machine = await signedIn();
    await machine.sandbox.close();
    const { exitCode, stdout } = await machine.run('token', '--decode');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^signature +not verified +the keys could not be fetched: 127/m);
    expect(stdout).toMatch(/^issuer +verified /m);
  });

  it('warns of a token that was changed', async () => {
    const machine = await signedIn();
    for (const [name, text] of machine.keychainItems) {
      const session = JSON.parse(text);
      const [header, payload, signature] = session.tokens.accessToken.split('.');
      const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), client_id: 'mallory\u001b[31m' };
      const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
      session.tokens.accessToken = [header, forged, signature].join('.');
      machine.keychainItems.set(name, JSON.stringify(session));
    }
    const { stdout, stderr } = await machine.run('token', '--decode');
    expect(stderr).toContain('Warning: This token is not trustworthy: signature');
    expect(stderr).toContain('Warning: This token is not trustworthy: client, it was issued to mallory\\u{1b}[31m');
    expect(stdout).toMatch(/^signature +FAILED/m);
    expect(stdout + stderr).not.toContain('\u001b');
  });

  it('says of an opaque token that only the server can read it', async () => {
    const machine = await signedIn();
    for (const [name, text] of machine.keychainItems) {
      const session = JSON.parse(text);
      session.tokens.accessToken = 'opaque';
      machine.keychainItems.set(name, JSON.stringify(session));
    }
    const { exitCode, stderr } = await machine.run('token', '--decode');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--introspect');
  });
});

describe('token --introspect', () => {
  it('prints what the server says, and nothing of the token', async () => {
    const machine = await signedIn();
    const { exitCode, stdout, stderr } = await machine.run('token', '--introspect');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^active +true$/m);
    expect(stdout).not.toContain('eyJ');
    expect(JSON.parse((await machine.run('token', '--introspect', '--json')).stdout)).toMatchObject({
      introspection: { active: true, client_id: client.native },
    });
  });

  it.each([
    [{ status: 200, body: { active: false } }, 0, /or was issued to another client/],
    [
      { status: 401, body: { error: 'invalid_client' } },
      5,
      /another client got the token; then your session is still good/,
    ],
  ])('says that %j is not the end of the session', async ({ status, body }, expected, words) => {
    const machine = await signedIn({
      sandboxOptions: {
        intercept: async ({ url }, proceed) => (url.pathname.endsWith('/introspect') ? json(status, body) : proceed()),
      },
    });
    const { exitCode, stderr } = await machine.run('token', '--introspect');
    expect(exitCode).toBe(expected);
    expect(stderr).toMatch(words);
  });
});

describe('token --client-credentials', () => {
  it('asks anew after the secret has been changed, so that a wrong one shows at once', async () => {
    const machine = await sandboxMachine({
      env: { PING14C_WORKER_CLIENT_ID: client.worker, PING14C_WORKER_AUTH_METHOD: 'client_secret_basic' },
    });
    const right = machine.sandbox.seed.applications.find(({ clientId }) => clientId === client.worker)?.clientSecret;
    machine.answers.push(right ?? '', 'another secret');
    await machine.run('config', 'set', 'worker-client-secret');
    expect((await machine.run('token', '--client-credentials')).exitCode).toBe(0);
    await machine.run('config', 'set', 'worker-client-secret');
    expect(await machine.run('token', '--client-credentials')).toMatchObject({ exitCode: 5, stdout: '' });
  });

  it.each([
    ['another environment', ['--environment-id', '11111111-89ab-4def-8123-456789abcdef'], 'worker-client-secret'],
    ['another server', ['--auth-url', 'https://auth.example'], 'worker-client-secret'],
    ['another client', ['--client-id', client.web], 'client-secret'],
  ])('asks for the secret where the one that is kept is for %s, and sends that to nobody', async (_, others, key) => {
    const machine = await sandboxMachine({
      env: { PING14C_WORKER_CLIENT_ID: client.worker, PING14C_WORKER_AUTH_METHOD: 'client_secret_basic' },
      answers: ['kept for another'],
    });
    expect(await machine.run('config', 'set', key, ...others)).toMatchObject({ exitCode: 0 });
    // Nobody answers.
    const { stdout, stderr } = await machine.run('token', '--client-credentials');
    expect(stdout).toBe('');
    expect(machine.asked.at(-1), stderr).toBe(`Client secret of ${client.worker}:`);
    expect(machine.tokenRequests()).toBe(0);
  });

  it.each([
    ['nothing', 0, 0],
    ['a good token', 1, 1000],
    ['one that has expired', 1, hour],
  ])('--refresh asks the server once where %s is kept', async (_kept, before, laterMs) => {
    const machine = await sandboxMachine({ env: worker, terminal: false });
    if (before) await machine.run('token', '--client-credentials');
    machine.advance(laterMs);
    expect((await machine.run('token', '--client-credentials', '--refresh')).exitCode).toBe(0);
    expect(machine.tokenRequests()).toBe(before + 1);
  });

  it('is refused to a client that does not authenticate, before anybody is asked', async () => {
    const machine = await sandboxMachine({ terminal: false });
    const { exitCode, stdout, stderr } = await machine.run('token', '--client-credentials');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /A client that does not authenticate gets no token of its own\.\n[\s\S]*Hint: Set PING14C_WORKER_CLIENT_SECRET or/,
    );
    expect(machine.tokenRequests()).toBe(0);
  });

  it("prints the application's own token, and the same one until it expires", async () => {
    const machine = await sandboxMachine({ env: worker, terminal: false });
    const first = await machine.run('token', '--client-credentials');
    expect(first.exitCode, first.stderr).toBe(0);
    expect(decodeJwt(first.stdout.trim())).toMatchObject({ client_id: client.worker });
    expect((await machine.run('token', '--client-credentials')).stdout).toBe(first.stdout);
    expect(machine.tokenRequests()).toBe(1);
    machine.advance(hour);
    expect((await machine.run('token', '--client-credentials')).stdout).not.toBe(first.stdout);
    expect(machine.tokenRequests()).toBe(2);
  });

  it.each([
    ['no scope, though one is set for users', [], null],
    ['those that --scope names', ['--scope', 'orders:read orders:write'], 'orders:read orders:write'],
  ])('asks for %s', async (_which, flags, scope) => {
    const forms: URLSearchParams[] = [];
    const intercept: Intercept = async (request, proceed) => {
      if (request.url.pathname.endsWith('/as/token')) forms.push(request.form());
      return proceed();
    };
    const env = { ...worker, PING14C_SCOPE: 'openid p1:read:user' };
    const machine = await sandboxMachine({ env, terminal: false, sandboxOptions: { intercept } });
    await machine.run('token', '--client-credentials', ...flags);
    expect(forms.map((form) => form.get('scope'))).toEqual([scope]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'says after %s that there may be a token, which nobody can revoke; none is kept',
    async (signal, code) => {
      const pressed: { interrupt?: () => void } = {};
      const machine = await sandboxMachine({
        env: worker,
        sandboxOptions: {
          intercept: async ({ url }, proceed) => {
            const answer = await proceed();
            if (!url.pathname.endsWith('/as/token')) return answer;
            pressed.interrupt?.();
            return new Promise(() => {});
          },
        },
      });
      const { outcome, runtime } = machine.start('token', '--client-credentials');
      pressed.interrupt = () => runtime.interrupt(signal);
      const { exitCode, stdout, stderr } = await outcome;
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: code, stdout: '' });
      expect(stderr).toMatch(
        /^Cancelled\. .*may have given one, which was not kept, and which PingOne cannot revoke;/m,
      );
      expect(machine.keychainItems.size).toBe(0);
    },
  );

  it("is apart from the user's session", async () => {
    const machine = await sandboxMachine({ env: worker });
    await machine.run('token', '--client-credentials');
    expect((await machine.run('token')).exitCode).toBe(4);
  });

  it('needs a client that authenticates', async () => {
    const machine = await sandboxMachine();
    const { exitCode, stdout, stderr } = await machine.run('token', '--client-credentials', '--auth-method', 'none');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/none \(from --auth-method\)\n[\s\S]*Hint: Set PING14C_WORKER_CLIENT_SECRET/);
  });

  it('ends with 5 when PingOne refuses, with its words and the correlation ID', async () => {
    const machine = await sandboxMachine({
      env: {
        PING14C_WORKER_CLIENT_ID: client.workerWithoutRoles,
        PING14C_WORKER_CLIENT_SECRET: 'sandbox~roleless.secret-as-long-as-those-that-PingOne-makes-0004',
      },
    });
    const { exitCode, stdout, stderr } = await machine.run('token', '--client-credentials');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toMatch(/Correlation ID: [0-9a-f-]{36}/);
  });
});
