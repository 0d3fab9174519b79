import { describe, expect, it } from 'vitest';
import type { Intercept } from '../../src/sandbox/intercept.ts';
import {
  type SandboxMachine,
  type SandboxMachineOptions,
  sandboxMachine,
  signedIn,
  signsInAs,
} from '../support/sandbox-machine.ts';

const adasPassword = 'Analytical-Engine-1843';
const newPassword = 'Difference-Engine-1822';

describe('a signed-in user changes their password', () => {
  it('at the prompts: current, new, and new again', async () => {
    const machine = await signedIn({ answers: [adasPassword, newPassword, newPassword] });
    const { exitCode, stdout, stderr } = await machine.run('passwd');
    expect(stdout).toMatch(/^✓ Your password is changed\. It expires .+\.\n$/);
    expect(stderr).toContain('Changing the PingOne password of Ada');
    expect(exitCode).toBe(0);
    expect(machine.asked).toEqual(['Current password:', 'New password:', 'New password again:']);
    expect(puts(machine)).toEqual([200]);
    expect(passwordOf(machine)).toBe(newPassword);
  });

  it.each([
    ['LF and a final newline', `${adasPassword}\n${newPassword}\n`],
    ['LF and none', `${adasPassword}\n${newPassword}`],
    ['CRLF', `${adasPassword}\r\n${newPassword}\r\n`],
  ])('from standard input, with %s', async (_name, lines) => {
    const machine = await signedIn({ terminal: false });
    const { exitCode, stdout, stderr } = await piped(machine, lines, 'passwd', '--stdin', '--json');
    expect(stderr).toContain('✓ at least 8 characters');
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, outcome: 'changed', confirmed: 'by the answer' });
    expect(exitCode).toBe(0);
    expect(passwordOf(machine)).toBe(newPassword);
  });

  it('with a password of many scripts, to the last character', async () => {
    const machine = await signedIn({ terminal: false });
    const unicode = ' Zoë-家-👩‍💻-1\u00a0';
    const { exitCode } = await piped(machine, `${adasPassword}\n${unicode}\n`, 'passwd', '--stdin');
    expect(exitCode).toBe(0);
    expect(passwordOf(machine)).toBe(unicode);
  });

  it('and is told before it is sent that its letters are not composed; they are sent as they are', async () => {
    const decomposed = 'Zoe\u0308-A\u030angstro\u0308m-1815';
    const words =
      /^Warning: The (\w+)(?: password)? has characters that most keyboards send differently.*sent exactly as it is/gm;
    const saidOf = (stderr: string) => [...stderr.matchAll(words)].map(([, which]) => which);
    const machine = await signedIn({ terminal: false });
    const { stderr } = await piped(machine, `${adasPassword}\n${decomposed}\n`, 'passwd', '--stdin');
    expect(saidOf(stderr)).toEqual(['new']);
    const kept = [decomposed, decomposed.normalize()].map((text) =>
      machine.sandbox.directory.checkPassword('ada', text),
    );
    expect(kept.map(({ kind }) => kind === 'ok')).toEqual([true, false]);

    const other = await signedIn({ terminal: false });
    const wrong = await piped(other, `${decomposed}!\n${decomposed.normalize()}\n`, 'passwd', '--stdin');
    expect(saidOf(wrong.stderr)).toEqual(['current']);

    // Nothing answers the next question.
    const typing = await signedIn({ answers: [adasPassword, decomposed] });
    const typed = await typing.run('passwd');
    expect([saidOf(typed.stderr), puts(typing)]).toEqual([['new'], []]);
    expect(typed.stderr).not.toContain(decomposed);

    const checking = await signedIn({ answers: [decomposed] });
    expect(saidOf((await checking.run('passwd', '--check')).stderr)).toEqual(['candidate']);
    const lines = `${decomposed}!\n${decomposed}\n`;
    const checked = await piped(machine, lines, 'passwd', '--check', '--stdin');
    expect(saidOf(checked.stderr)).toEqual(['current', 'candidate']);
    expect(checked.stderr).not.toContain(decomposed);
  });

  it('and neither password is told to anybody, not even with --debug', async () => {
    const machine = await signedIn({ terminal: false });
    const wrong = `${adasPassword}-wrong`;
    const refused = await piped(machine, `${wrong}\n${newPassword}\n`, 'passwd', '--stdin', '--debug');
    const changed = await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin', '--debug');
    expect([refused.exitCode, changed.exitCode]).toEqual([5, 0]);
    const printed = [refused, changed].map(({ stdout, stderr }) => stdout + stderr).join();
    expect(printed).toContain('PUT ');
    for (const secret of [wrong, adasPassword, newPassword]) expect(printed).not.toContain(secret);
  });
});

describe('what PingOne repeats of what was just entered is blotted out', () => {
  /** Refuses the change in words of which these are part, though PingOne has seen two of them only. */
  const repeating =
    (...entered: readonly string[]): Intercept =>
    async (request, proceed) => {
      if (request.method !== 'PUT') return proceed();
      const details = entered.map((text) => ({
        code: 'INVALID_VALUE',
        target: 'newPassword',
        message: `Not "${text}"`,
      }));
      const error = { id: crypto.randomUUID(), code: 'INVALID_DATA', message: `No ${entered.join(' or ')}`, details };
      return { status: 400, headers: { 'content-type': 'application/json' }, body: JSON.stringify(error) };
    };
  const entered = { unmet: 'tooweak', once: 'Jacquard-Loom-1804', other: 'Jacquard-Loom-1805' };

  it.each(['--debug', '--json'])('as it was typed, also what was typed wrongly (%s)', async (flag) => {
    const texts = [adasPassword, newPassword, ...Object.values(entered)];
    const machine = await signedIn({
      answers: [adasPassword, entered.unmet, entered.once, entered.other, newPassword, newPassword],
      sandboxOptions: { intercept: repeating(...texts) },
    });
    const { exitCode, stdout, stderr } = await machine.run('passwd', flag);
    expect({ exitCode, stdout, puts: puts(machine) }, stderr).toEqual({ exitCode: 5, stdout: '', puts: [400] });
    expect(stderr.split('[redacted]').length).toBeGreaterThan(texts.length);
    expect(texts.filter((text) => stderr.includes(text))).toEqual([]);
  });

  it('as it was piped', async () => {
    const machine = await signedIn({
      terminal: false,
      sandboxOptions: { intercept: repeating(adasPassword, newPassword) },
    });
    const { exitCode, stderr } = await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin');
    expect(exitCode).toBe(5);
    expect([...stderr.matchAll(/Not "(.*)"/g)].map(([, shown]) => shown)).toEqual(['[redacted]', '[redacted]']);
  });
});

describe('the terminal is quiet', () => {
  it('from the first request to the last, so that nobody sees a password that is typed ahead', async () => {
    const { machine, quietAt } = await watched({ answers: [adasPassword, newPassword, newPassword] });
    machine.advance(4_000_000);
    const { exitCode, stderr } = await machine.run('passwd');
    expect(exitCode, stderr).toBe(0);
    expect(quietAt.map(({ request }) => request)).toEqual(
      expect.arrayContaining(['POST token', 'GET password', 'PUT password']),
    );
    expect(quietAt.filter(({ quiet }) => !quiet)).toEqual([]);
    expect(machine.askedAloud).toEqual([]);
    expect(machine.quiet()).toBe(false);
  });

  it('until the end of a failure, too', async () => {
    const { machine, quietAt } = await watched({}, { status: 'EXTERNAL' });
    expect((await machine.run('passwd')).exitCode).toBe(5);
    expect(quietAt.filter(({ quiet }) => !quiet)).toEqual([]);
    expect(machine.quiet()).toBe(false);
  });

  it('for a candidate too', async () => {
    const { machine } = await watched({ answers: [newPassword] });
    expect((await machine.run('passwd', '--check')).exitCode).toBe(0);
    expect(machine.askedAloud).toEqual([]);
  });

  it('only where somebody will be asked', async () => {
    const { machine, quietAt } = await watched({ terminal: false });
    await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin');
    expect(quietAt.filter(({ quiet }) => quiet)).toEqual([]);
  });

  /** Somebody who has signed in; whether their terminal is quiet is noted at every request from then on. */
  async function watched(options: SandboxMachineOptions, state: object = {}) {
    const quietAt: { readonly request: string; readonly quiet: boolean }[] = [];
    let isQuiet = () => false;
    const intercept: Intercept = (request, proceed) => {
      const { method, url } = request;
      quietAt.push({ request: `${method} ${url.pathname.split('/').at(-1)}`, quiet: isQuiet() });
      return statesOf(state)(request, proceed);
    };
    const machine = await signedIn({ ...options, sandboxOptions: { intercept } });
    isQuiet = machine.quiet;
    quietAt.length = 0;
    return { machine, quietAt };
  }
});

describe('what stands in the way is told before anything is asked', () => {
  it('nobody signed in', async () => {
    const { exitCode, stderr } = await (await sandboxMachine()).run('passwd');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('ping14c login');
  });

  it('nobody there to answer', async () => {
    const { exitCode, stderr } = await (await sandboxMachine({ terminal: false })).run('passwd');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--stdin');
  });

  it('a terminal as standard input, which would show the passwords', async () => {
    const machine = await signedIn();
    const before = machine.sandbox.requests().length;
    const { exitCode, stderr } = await machine.run('passwd', '--stdin');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Leave out --stdin');
    // At once: whoever waits for it types meanwhile.
    expect(machine.sandbox.requests()).toHaveLength(before);
  });

  it('a scope that was not granted', async () => {
    const machine = await sandboxMachine({ answers: [] });
    await machine.run('login', '--scope', 'openid profile p1:read:userPassword');
    const { exitCode, stderr } = await machine.run('passwd');
    expect(exitCode).toBe(5);
    expect(stderr).toContain('The scope p1:reset:userPassword was not granted');
    expect(machine.asked).toEqual([]);
    expect(puts(machine)).toEqual([]);
  });

  it('a password changed today', async () => {
    const machine = await signedIn({ person: signsInAs('barbara', 'Substitute-Me-1987') });
    const { exitCode, stderr } = await machine.run('passwd');
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(/The policy allows the next change from .+, in 21 hours/);
  });

  it.each([
    ['EXTERNAL', {}, /kept by an external identity provider/],
    ['NO_PASSWORD', { lastChangedAt: undefined }, /You have no password in PingOne/],
    ['PASSWORD_LOCKED_OUT', { secondsUntilUnlock: 843 }, /locked after too many.*\n.*in 14 minutes 3 seconds/],
    ['PASSWORD_LOCKED_OUT', {}, /locked after too many.*\n.*ask your administrator/],
  ])('a password in state %s', async (status, members, words) => {
    const machine = await signedIn({ sandboxOptions: { intercept: statesOf({ status, ...members }) } });
    const { exitCode, stderr } = await machine.run('passwd');
    expect(exitCode).toBe(5);
    expect(stderr).toMatch(words);
    expect(machine.asked).toEqual([]);
  });

  it.each([
    ['MUST_CHANGE_PASSWORD', 'Your password must be changed.'],
    ['PASSWORD_EXPIRED', 'Your password has expired.'],
    ['SOMETHING_NEW', 'Changing the PingOne password'],
  ])('but in state %s it goes on', async (status, words) => {
    const machine = await signedIn({
      answers: [adasPassword, newPassword, newPassword],
      sandboxOptions: { intercept: statesOf({ status }) },
    });
    const { exitCode, stderr } = await machine.run('passwd');
    expect(stderr).toContain(words);
    expect(exitCode).toBe(0);
  });
});

describe('a change that is refused', () => {
  it('by the rules, before anything is sent: each of them named', async () => {
    const machine = await signedIn({ terminal: false });
    const { exitCode, stdout, stderr } = await piped(machine, `${adasPassword}\nshort\n`, 'passwd', '--stdin');
    expect(exitCode).toBe(5);
    expect(stdout).toBe('');
    expect(stderr).toContain('✗ at least 8 characters');
    expect(stderr).toContain('newPassword: Not met: at least 1 capital letter (A–Z)');
    expect(stderr).toContain('Nothing was sent.');
    expect(puts(machine)).toEqual([]);
  });

  it('because it is a value of the profile', async () => {
    const machine = await signedIn({ terminal: false });
    const { stderr } = await piped(machine, `${adasPassword}\n+44.2079460000\n`, 'passwd', '--stdin');
    expect(stderr).toContain('✗ not your name, e-mail or other data of your profile');
  });

  it('by PingOne, which knows common passwords: its words beside ours', async () => {
    const machine = await signedIn({ terminal: false });
    const { exitCode, stderr } = await piped(machine, `${adasPassword}\nPassw0rd!23\n`, 'passwd', '--stdin', '--json');
    expect(exitCode).toBe(5);
    const failure = JSON.parse(stderr.split('\n').findLast((line) => line.startsWith('{')) ?? '');
    expect(failure.error).toMatchObject({
      code: 'password_policy',
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(puts(machine)).toEqual([400]);
  });

  it('because the current password is wrong: attempts left, then locked, with the time', async () => {
    const machine = await signedIn({ terminal: false });
    const tries: string[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const { exitCode, stderr } = await piped(machine, `Wrong-1!\n${newPassword}\n`, 'passwd', '--stdin');
      expect(exitCode).toBe(5);
      tries.push(stderr);
    }
    expect(tries[0]).toContain('Error: Wrong current password.');
    expect(tries[0]).toContain('4 attempts are left');
    expect(tries[3]).toContain('One attempt is left');
    const locked = await machine.run('passwd', '--stdin');
    expect(locked.stderr).toMatch(/locked after too many wrong attempts\.\n.+ Try again after .+, in 1[45] minutes/);
    // Never the same request twice (lockout).
    expect(puts(machine)).toHaveLength(5);
    machine.advance(901_000);
    const unlocked = await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin');
    expect(unlocked.exitCode).toBe(0);
  });

  it('similar to the current one: warned of before it is sent', async () => {
    const machine = await signedIn({ terminal: false });
    const { stderr } = await piped(machine, `${adasPassword}\n${adasPassword}!\n`, 'passwd', '--stdin');
    expect(stderr).toContain('! not similar to the current password: it is, PingOne may refuse it');
  });
});

describe('an answer that goes astray', () => {
  const cutting =
    (changed: boolean): Intercept =>
    async (request, proceed) => {
      if (request.method !== 'PUT') return proceed();
      if (changed) await proceed();
      return undefined;
    };

  it('after the change: the state tells, done', async () => {
    const machine = await signedIn({ terminal: false, sandboxOptions: { intercept: cutting(true) } });
    const { exitCode, stdout } = await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin');
    expect(stdout).toContain('✓ Your password is changed (the answer was lost; the time of the last change shows it).');
    expect(exitCode).toBe(0);
    expect(puts(machine)).toHaveLength(1);
  });

  it('and an old state, which proves nothing: exit code 3', async () => {
    const machine = await signedIn({ terminal: false, sandboxOptions: { intercept: cutting(false) } });
    const { exitCode, stdout, stderr } = await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin');
    expect(exitCode).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('Error: The change was sent, but no trustworthy answer came back.');
    expect(puts(machine)).toHaveLength(1);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends on %s while the user record is read: nothing is asked, and nothing sent', async (signal, code) => {
    const pressed: { interrupt?: () => void } = {};
    const intercept: Intercept = ({ url }, proceed) => {
      if (!pressed.interrupt || !/\/users\/[^/]+$/.test(url.pathname)) return proceed();
      pressed.interrupt();
      return new Promise(() => {});
    };
    const machine = await signedIn({ sandboxOptions: { intercept } });
    const { outcome, runtime } = machine.start('passwd');
    pressed.interrupt = () => runtime.interrupt(signal);
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toMatch(/^Cancelled\. Nothing was changed\.$/m);
    expect(machine.asked).toEqual([]);
    expect(puts(machine)).toEqual([]);
  });

  it('interrupted on its way: 130, and the doubt is told', async () => {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const intercept: Intercept = async (request, proceed) => {
      if (request.method !== 'PUT') return proceed();
      arrived();
      return new Promise(() => {});
    };
    const machine = await signedIn({ terminal: false, sandboxOptions: { intercept } });
    const { outcome, runtime } = machine.start('passwd', '--stdin');
    runtime.stdin.end(`${adasPassword}\n${newPassword}\n`);
    await arrival;
    runtime.interrupt('SIGINT');
    const { exitCode, stderr } = await outcome;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('may or may not have been changed');
    expect(stderr).not.toMatch(/Error:|Cancelled/);
  });

  it('a 401 is repaired by one refresh, and the PUT goes out once more', async () => {
    const machine = await signedIn({ terminal: false, sandboxOptions: { intercept: refusingTokens(1) } });
    const before = machine.tokenRequests();
    const { exitCode } = await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin');
    expect(exitCode).toBe(0);
    expect(machine.tokenRequests() - before).toBe(1);
    expect(puts(machine)).toEqual([401, 200]);
  });

  it('a second 401 means signing in again', async () => {
    const machine = await signedIn({ terminal: false, sandboxOptions: { intercept: refusingTokens(9) } });
    const { exitCode, stderr } = await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin');
    expect(exitCode).toBe(4);
    expect(stderr).toContain('ping14c login');
    expect(puts(machine)).toEqual([401, 401]);
  });
});

it('when somebody else signs in meanwhile, nothing is sent in their name', async () => {
  const person = { username: 'ada', password: adasPassword };
  let meanwhile: Promise<unknown> | undefined;
  const intercept: Intercept = async (request, proceed) => {
    if (request.url.pathname.endsWith('/password') && !meanwhile) {
      Object.assign(person, { username: 'barbara', password: 'Substitute-Me-1987' });
      meanwhile = machine.run('login');
      await meanwhile;
    }
    return proceed();
  };
  const machine = await signedIn({
    terminal: false,
    person: (agent, url) => agent.signIn(url, person),
    sandboxOptions: { intercept },
  });
  const { exitCode, stderr } = await piped(machine, `${adasPassword}\n${newPassword}\n`, 'passwd', '--stdin');
  expect(stderr).toContain('Somebody else has signed in since. Nothing was changed.');
  expect(exitCode).toBe(4);
  expect(puts(machine)).toEqual([]);
});

it('says first that the password was not changed, and how long to wait, where the server has had too many requests', async () => {
  const intercept: Intercept = async ({ url }, proceed) =>
    url.pathname.endsWith('/password') ? { status: 429, headers: { 'retry-after': '3600' } } : proceed();
  const machine = await signedIn({ sandboxOptions: { intercept } });
  const { exitCode, stderr } = await machine.run('passwd');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^Error: Your password was not changed\. .* too many requests \(status 429\)\.$/m);
  expect(stderr).toContain('Hint: Try again in 1 hour: the server asked for that.');
  expect([machine.asked, puts(machine)]).toEqual([[], []]);
});

it('does not say that nothing was changed where the session was renewed and could not be kept', async () => {
  const machine = await signedIn();
  machine.advance(2 * 3_600_000);
  machine.keychainItems.set = () => {
    throw new Error('the keychain is full');
  };
  const { exitCode, stderr } = await machine.run('passwd');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^Error: Your password was not changed\. The session was renewed but could not be stored\. /m);
});

describe('--check', () => {
  it('judges a candidate and sends nothing', async () => {
    const machine = await signedIn({ answers: [newPassword] });
    const { exitCode, stdout } = await machine.run('passwd', '--check');
    expect(stdout).toContain('✓ at least 8 characters');
    expect(stdout).toContain('· not one of the last 6 passwords (PingOne checks)');
    expect(exitCode).toBe(0);
    expect(machine.sandbox.requests().filter(({ method, path }) => method !== 'GET' && path.startsWith('/v1'))).toEqual(
      [],
    );
  });

  it.each([
    ['the candidate', `${newPassword}\n`, 0],
    ['the current password and the candidate', `${adasPassword}\n${newPassword}\n`, 0],
    ['the current password twice', `${adasPassword}\n${adasPassword}\n`, 5],
    ['a bad candidate', 'bad\n', 5],
  ])('takes %s from standard input', async (_name, lines, expected) => {
    const machine = await signedIn({ terminal: false });
    const { exitCode, stdout, stderr } = await piped(machine, lines, 'passwd', '--check', '--stdin', '--json');
    expect(exitCode).toBe(expected);
    const document = JSON.parse(expected === 0 ? stdout : stderr);
    expect(document).toMatchObject(expected === 0 ? { acceptable: true } : { error: { code: 'password_policy' } });
  });
});

function piped(machine: SandboxMachine, lines: string, ...argv: string[]) {
  const { outcome, runtime } = machine.start(...argv);
  runtime.stdin.end(lines);
  return outcome;
}

/** Statuses of the PUTs that the sandbox has seen. */
function puts({ sandbox }: SandboxMachine): readonly number[] {
  return sandbox
    .requests()
    .filter(({ method }) => method === 'PUT')
    .map(({ status }) => status);
}

/** Which of the passwords of these tests the directory accepts. */
function passwordOf({ sandbox }: SandboxMachine): string | undefined {
  return [adasPassword, newPassword, ' Zoë-家-👩‍💻-1\u00a0'].find(
    (password) => sandbox.directory.checkPassword('ada', password).kind === 'ok',
  );
}

/** The password state as read before a change, with other members. */
function statesOf(members: object): Intercept {
  return async (request, proceed) => {
    const response = await proceed();
    if (request.method !== 'GET' || !request.url.pathname.endsWith('/password')) return response;
    return { ...response, body: JSON.stringify({ ...JSON.parse(String(response.body)), ...members }) };
  };
}

/** The first PUTs are told that their token is not good. */
function refusingTokens(count: number): Intercept {
  let refused = 0;
  return async (request, proceed) => {
    if (request.method !== 'PUT' || refused >= count) return proceed();
    refused += 1;
    const body = { id: crypto.randomUUID(), code: 'ACCESS_FAILED', message: 'You do not have access.', details: [] };
    return { status: 401, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  };
}
