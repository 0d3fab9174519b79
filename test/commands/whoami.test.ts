import stringWidth from 'fast-string-width';
import { describe, expect, it } from 'vitest';
import { claimRows, identityRows } from '../../src/commands/whoami.ts';
import { safeText } from '../../src/output/safe-text.ts';
import type { Intercept } from '../../src/sandbox/intercept.ts';
import { json } from '../../src/sandbox/response.ts';
import { fc, outsideText } from '../support/properties.ts';
import { type SandboxMachine, sandboxMachine, signedIn, signsInAs } from '../support/sandbox-machine.ts';

describe('whoami', () => {
  it('tells who it is in the facts that one asks for', async () => {
    const machine = await signedIn();
    const { exitCode, stdout, stderr } = await machine.run('whoami');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'Name          Ada King Lovelace',
      'User name     ada',
      'Email         ada@example.com',
      expect.stringMatching(/^Last sign-on {2}\d+ \w+ \d{4}, \d\d:\d\d \S+$/),
      expect.stringMatching(/^Password {6}OK; changed \d+ .*; good until \d+ .*$/),
      `Environment   ${machine.sandbox.environmentId}`,
      expect.stringMatching(/^Scopes {8}openid profile .*p1:read:user/),
    ]);
  });

  it('asks nothing about the password for a machine, which gets the same document as ever', async () => {
    const machine = await signedIn();
    await machine.run('whoami', '--json');
    expect(requestsTo(machine, '/v1/').filter(({ path }) => path.includes('/password'))).toEqual([]);
  });

  it('shows the rest where the state of the password cannot be read, and says that', async () => {
    const intercept: Intercept = async (request, proceed) =>
      request.url.pathname.endsWith('/password') ? refusal(403, 'ACCESS_FAILED', 'Not for you.') : proceed();
    const { exitCode, stdout, stderr } = await (await signedIn({ sandboxOptions: { intercept } })).run('whoami');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('The state of your password could not be read: Not for you.');
    expect(stdout).toMatch(/^Password +OK$/m);
  });

  it('--all shows claims and user record side by side', async () => {
    const { exitCode, stdout, stderr } = await (await signedIn()).run('whoami', '--all');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Ada King Lovelace \(ada@example\.com\)\n/);
    expect(stdout).toMatch(/CLAIMS +USER RECORD/);
    expect(stdout).toMatch(/User name +ada +ada\n/);
    expect(stdout).toMatch(/Email +ada@example\.com +ada@example\.com\n/);
    expect(stdout).toMatch(/Password +OK; changed .*\n/);
    expect(stdout).toMatch(/Country +GB +GB\n/);
    expect(stdout).toContain('p1:read:user');
    expect(stderr).toBe('');
  });

  it('prints one document for machines, everything in it', async () => {
    const machine = await signedIn();
    const { stdout } = await machine.run('whoami', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      subject: 'd0000000-0000-4000-8000-000000000001',
      issuer: machine.sandbox.issuer,
      missingScopes: [],
      idToken: { sub: 'd0000000-0000-4000-8000-000000000001', iss: machine.sandbox.issuer },
      userinfo: { email: 'ada@example.com' },
      user: { username: 'ada', name: { given: 'Ada' } },
      passwordStatus: 'OK',
    });
  });

  it('--claims shows every claim, times in words as well', async () => {
    const { exitCode, stdout } = await (await signedIn()).run('whoami', '--claims');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/CLAIM +ID TOKEN +USERINFO/);
    expect(stdout).toMatch(/^sub /m);
    expect(stdout).toMatch(/^at_hash /m);
    expect(stdout).toMatch(/^exp +\d{10} \(\d/m);
  });

  it('says who says what where ID token, userinfo and user record differ', async () => {
    const intercept: Intercept = async (request, proceed) => {
      const response = await proceed();
      if (!request.url.pathname.endsWith('/userinfo')) return response;
      return json(200, { ...JSON.parse(String(response.body)), email: 'ada@new.example' });
    };
    const machine = await signedIn({ sandboxOptions: { intercept } });
    expect((await machine.run('whoami')).stdout).toMatch(
      /^Email +ada@new\.example \(userinfo\); ada@example\.com \(ID token, user record\)$/m,
    );
    // What userinfo says now, and not what the ID token said at sign-in.
    expect((await machine.run('whoami', '--all')).stdout).toMatch(/^Email +ada@new\.example +ada@example\.com$/m);
  });

  it('says which scopes are absent, and what is not shown for it', async () => {
    const machine = await sandboxMachine({ env: { BROWSER: 'a browser' } });
    await machine.run('login', '--scope', 'openid email');
    const { exitCode, stdout, stderr } = await machine.run('whoami');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Not shown: the PingOne user record (scope p1:read:user was not granted).');
    expect(stderr).toContain('scope profile was not granted');
    // It would not show the telephone number anyway.
    expect(stderr).not.toContain('scope phone was not granted');
    expect(stdout).not.toContain('Password');
    const all = await machine.run('whoami', '--all');
    expect(all.stderr).toContain('scope phone was not granted');
    expect(all.stdout).not.toContain('USER RECORD');
    expect(requestsTo(machine, '/v1/')).toEqual([]);
  });

  it('shows the rest when PingOne refuses the user record', async () => {
    const intercept: Intercept = async (request, proceed) =>
      request.url.pathname.startsWith('/v1/') ? refusal(403, 'ACCESS_FAILED', 'Not for you.') : proceed();
    const { exitCode, stdout, stderr } = await (await signedIn({ sandboxOptions: { intercept } })).run('whoami');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('PingOne refused the user record: Not for you.');
    expect(stdout).toContain('ada@example.com');
  });

  it.each([
    ['claims', '/userinfo', { sub: 'mallory', email: 'mallory@example.com' }],
    ['records', '/users/', { id: 'd0000000-0000-4000-8000-000000000002', username: 'mallory' }],
    ['records', '/users/', { id: undefined, username: 'mallory' }],
  ])('refuses %s of somebody else, and shows nothing of them (%s, %j)', async (_, path, changes) => {
    const intercept: Intercept = async (request, proceed) => {
      const response = await proceed();
      if (!request.url.pathname.includes(path)) return response;
      return { ...response, body: JSON.stringify({ ...JSON.parse(String(response.body)), ...changes }) };
    };
    const { exitCode, stdout, stderr } = await (await signedIn({ sandboxOptions: { intercept } })).run('whoami');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/another user|somebody else/);
    expect(stderr).not.toContain('mallory');
  });

  it('tells the reason of userinfo where the record fails as well: it says whose session this is', async () => {
    const intercept: Intercept = async (request, proceed) => {
      if (request.url.pathname.endsWith('/userinfo')) return json(200, { sub: 'mallory' });
      return request.url.pathname.startsWith('/v1/') ? json(200, { id: 'mallory' }) : proceed();
    };
    const { exitCode, stderr } = await (await signedIn({ sandboxOptions: { intercept } })).run('whoami');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Error: The userinfo answer is about another user.*\n[\s\S]*Hint: Sign in again with "ping14c login"/m,
    );
  });

  const told = refusal(401, 'ACCESS_FAILED', 'No access.', [{ code: 'INVALID_TOKEN', message: 'It has expired.' }]);
  // RFC 6750, section 3.1: a challenge may say nothing at all.
  const challenge = { status: 401, headers: { 'www-authenticate': 'Bearer' } };
  const refusals = [
    ['/userinfo', 'with its reason', told],
    ['/users/', 'with its reason', told],
    ['/userinfo', 'that is a bare challenge', challenge],
    [
      '/userinfo',
      'that is a challenge with a realm',
      { ...challenge, headers: { 'www-authenticate': 'Bearer realm="x"' } },
    ],
  ] as const;

  it.each(refusals)('repairs a 401 of %s %s by one refresh', async (path, _, answer) => {
    let refused = false;
    const intercept: Intercept = async (request, proceed) => {
      if (refused || !request.url.pathname.includes(path)) return proceed();
      refused = true;
      return answer;
    };
    const machine = await signedIn({ sandboxOptions: { intercept } });
    const before = machine.tokenRequests();
    const { exitCode, stdout, stderr } = await machine.run('whoami');
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain('ada@example.com');
    expect(machine.tokenRequests() - before).toBe(1);
  });

  it.each(refusals)('says where to sign in when a 401 of %s %s outlasts that refresh', async (path, _, answer) => {
    const intercept: Intercept = async (request, proceed) => (request.url.pathname.includes(path) ? answer : proceed());
    const machine = await signedIn({ sandboxOptions: { intercept } });
    const before = machine.tokenRequests();
    const { exitCode, stdout, stderr } = await machine.run('whoami');
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 4, stdout: '' });
    expect(stderr).toMatch(/^Hint: .*"ping14c login"/m);
    expect(machine.tokenRequests() - before).toBe(1);
  });

  it('needs a session', async () => {
    const { exitCode, stdout, stderr } = await (await sandboxMachine()).run('whoami');
    expect([exitCode, stdout]).toEqual([4, '']);
    expect(stderr).toContain('ping14c login');
  });

  it('shows hostile names as text, in lines that fit', async () => {
    const machine = await signedIn({ person: signsInAs('zoë@例え.jp', 'Señor-Unicode-2024'), outputTerminal: true });
    for (const argv of [['whoami'], ['whoami', '--all'], ['whoami', '--claims']]) {
      const { exitCode, stdout } = await machine.run(...argv, '--no-color');
      expect(exitCode).toBe(0);
      const lines = stdout.trimEnd().split('\n');
      expect(stdout).toContain('\\u{1b}');
      expect(lines.filter((line) => line !== safeText(line))).toEqual([]);
      expect(lines.filter((line) => stringWidth(line) > 100)).toEqual([]);
    }
  });
});

function requestsTo({ sandbox }: SandboxMachine, path: string) {
  return sandbox.requests().filter((request) => request.path.startsWith(path));
}

function refusal(status: number, code: string, message: string, details: object[] = []) {
  const body = JSON.stringify({ id: 'c0ffee00-0000-4000-8000-00000000c0de', code, message, details });
  return { status, headers: { 'content-type': 'application/json' }, body };
}

describe('claims and user record', () => {
  it('of any content come out as text that no terminal obeys', () => {
    const names = fc.constantFrom(
      'sub',
      'name',
      'email',
      'updated_at',
      'auth_time',
      'address',
      'exp',
      '__proto__',
      'x\u001b',
    );
    const claims = fc.dictionary(fc.oneof(names, outsideText), fc.oneof(fc.jsonValue(), outsideText));
    const attributes = fc.dictionary(fc.constantFrom('username', 'createdAt', 'name.given'), outsideText);
    fc.assert(
      fc.property(claims, claims, attributes, (idToken, userinfo, known) => {
        const user = { id: 'u', attributes: known, record: {} };
        const rows = [...identityRows({ ...idToken, ...userinfo }, user, undefined), ...claimRows(idToken, userinfo)];
        for (const cell of rows.flat()) expect(safeText(cell)).toBe(cell);
      }),
    );
  });

  it('tell times as times, and odd ones as they are', () => {
    const rows = identityRows({ auth_time: 1_795_467_818, updated_at: 1e300 }, undefined, undefined);
    expect(rows).toEqual([
      ['Last sign-on', expect.stringMatching(/Nov 2026, /), ''],
      ['Updated', '1e+300', ''],
    ]);
  });

  it('leave out what neither side knows', () => {
    expect(identityRows({}, undefined, undefined)).toEqual([]);
  });
});
