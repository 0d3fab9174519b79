import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Intercept } from '../../src/sandbox/intercept.ts';
import { json } from '../../src/sandbox/response.ts';
import {
  browserFor,
  client,
  denies,
  type Person,
  type SandboxMachine,
  sandboxMachine,
  signsInAs,
} from '../support/sandbox-machine.ts';
import { withMetadata } from '../support/server-metadata.ts';

const adaIn = 'Signed in as Ada King Lovelace (ada@example.com)\n';
const signsIn = signsInAs('ada', 'Analytical-Engine-1843');

/** Starts a sign-in by device, and reads what the person is shown. */
async function shown(machine: SandboxMachine, ...flags: string[]) {
  const running = machine.start('login', '--device', ...flags);
  const text = await running.runtime.said(/The code is good for/);
  const [, plain = '', code = ''] = /on any device:\n\s+(\S+)\nThen enter this code.*: (\S+)\n/.exec(text) ?? [];
  // What the picture says.
  const complete = `${plain}?user_code=${code}`;
  const goes = (person: Person, url = complete) => person(browserFor(machine.sandbox, ''), url);
  return { ...running, text, plain, code, complete, goes };
}

/** The device authorization endpoint answers as before, but for these members. */
const deviceAnswer = (changes: Readonly<Record<string, unknown>>): { readonly intercept: Intercept } => ({
  intercept: async ({ url }, proceed) => {
    const answer = await proceed();
    if (!url.pathname.endsWith('/device_authorization')) return answer;
    return json(200, { ...(JSON.parse(answer.body ?? '{}') as object), ...changes });
  },
});

describe('login --device', () => {
  it('signs in on another device, with a refresh token, and opens nothing here', async () => {
    const machine = await sandboxMachine();
    const { outcome, goes, text } = await shown(machine);
    expect(text).toMatch(
      /Only sign in with a code that you have asked for yourself, .* whoever sends you one would be signed in as you\.\n/,
    );
    await goes(signsIn);
    await machine.sleepsThrough(5000);
    const { stdout, stderr } = await outcome;
    expect(stdout, stderr).toBe(adaIn);
    expect(machine.opened).toEqual([]);
    expect((await machine.run('status')).stdout).toContain('then renewed by itself');
    expect((await machine.run('token', '--refresh')).exitCode).toBe(0);
  });

  it('takes the code typed at the short address', async () => {
    const machine = await sandboxMachine();
    const { outcome, goes, plain, code } = await shown(machine);
    await goes(
      (agent, url) =>
        agent.signIn(url, { username: 'ada', password: 'Analytical-Engine-1843', userCode: code.toLowerCase() }),
      plain,
    );
    await machine.sleepsThrough(5000);
    expect((await outcome).stdout).toBe(adaIn);
  });

  it('ends with 5 when the person says no', async () => {
    const machine = await sandboxMachine();
    const { outcome, goes } = await shown(machine);
    await goes(denies);
    await machine.sleepsThrough(5000);
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 5, stdout: '' });
    expect(stderr).toMatch(
      /Error: You cancelled the sign-in, or PingOne refused it\.\n[\s\S]*The authorization request has been denied\./,
    );
    expect(stderr).toMatch(/Correlation ID: [\da-f-]{36}/);
    expect(machine.keychainItems.size).toBe(0);
  });

  it.each([
    [[], '5 minutes', 'sign_in_timeout', 'Run "ping14c login --device" again; --timeout allows more time.'],
    [['--timeout', '3600'], '10 minutes', 'expired_token', 'Run "ping14c login --device" again for a new code.'],
  ])('with %j gives up after %s', async (flags, words, code, hint) => {
    const machine = await sandboxMachine();
    const { outcome, text } = await shown(machine, '--json', ...flags);
    expect(text).toContain(`The code is good for ${words}.`);
    await machine.sleepsThrough(5000);
    machine.advance(3_600_000);
    const { exitCode, stderr } = await outcome;
    expect(exitCode).toBe(6);
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code, message: expect.stringContaining(`Nobody signed in within ${words}`), hint },
    });
  });

  it('ends on Ctrl-C and keeps nothing', async () => {
    const machine = await sandboxMachine();
    const { outcome, runtime } = await shown(machine);
    runtime.interrupt();
    expect((await outcome).exitCode).toBe(130);
    expect(machine.keychainItems.size).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'keeps nothing when %s comes while the code is redeemed, and revokes what comes of it',
    async (signal, exit) => {
      const pressed: { interrupt?: () => void } = {};
      const intercept: Intercept = async ({ url }, proceed) => {
        const answer = await proceed();
        if (url.pathname.endsWith('/as/token')) pressed.interrupt?.();
        return answer;
      };
      const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' }, sandboxOptions: { intercept } });
      const { outcome, runtime, goes } = await shown(machine);
      await goes(signsIn);
      pressed.interrupt = () => runtime.interrupt(signal);
      await machine.sleepsThrough(5000);
      const { exitCode, stdout, stderr } = await outcome;
      expect({ exitCode, stdout }, stderr).toEqual({ exitCode: exit, stdout: '' });
      expect(stderr).toMatch(
        /^Cancelled\. .*nothing was kept\. Refresh token: revoked\. Access token: still valid until /m,
      );
      expect(machine.sandbox.requests().filter(({ path }) => path.endsWith('/as/revoke'))).toHaveLength(1);
      expect(['accounts', 'sessions'].map((name) => readdirSync(join(machine.stateFolder, name)))).toEqual([[], []]);
    },
  );

  it('keeps nothing when Ctrl-C comes with all that the server has to say', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    const { outcome, runtime, goes } = await shown(machine, '--explain');
    await goes(signsIn);
    void runtime.said(/The ID token, verified/).then(() => runtime.interrupt());
    await machine.sleepsThrough(5000);
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 130, stdout: '' });
    expect(stderr).toMatch(/^Cancelled\. .*nothing was kept\. Refresh token: revoked\./m);
    expect(['accounts', 'sessions'].map((name) => readdirSync(join(machine.stateFolder, name)))).toEqual([[], []]);
  });

  it.each([
    ['the person has not signed in yet', false, /^Cancelled\. Nothing was changed\.$/m],
    ['the person has signed in', true, /^Cancelled\. Nothing was kept\. .*stay valid for an unknown time\.$/m],
  ])('says after Ctrl-C what may live on when it is asked for tokens and %s', async (_, hasSignedIn, words) => {
    const pressed: { interrupt?: () => void } = {};
    const intercept: Intercept = async ({ url }, proceed) => {
      const answer = await proceed();
      if (!url.pathname.endsWith('/as/token')) return answer;
      if (hasSignedIn) void machine.sleepsThrough(3_000);
      pressed.interrupt?.();
      return hasSignedIn ? new Promise(() => {}) : answer;
    };
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' }, sandboxOptions: { intercept } });
    const { outcome, runtime, goes } = await shown(machine);
    if (hasSignedIn) await goes(signsIn);
    pressed.interrupt = () => runtime.interrupt();
    await machine.sleepsThrough(5000);
    const { exitCode, stderr } = await outcome;
    expect(exitCode, stderr).toBe(130);
    expect(stderr).toMatch(words);
    expect(['accounts', 'sessions'].map((name) => readdirSync(join(machine.stateFolder, name)))).toEqual([[], []]);
  });

  it.each([
    ['http://evil.example/device'],
    ['https://evil.example/device'],
    ['https://127.0.0.1.evil.example/device'],
    ['javascript:alert(1)'],
  ])('shows nobody an address such as %s', async (verification_uri) => {
    const machine = await sandboxMachine({ sandboxOptions: deviceAnswer({ verification_uri }) });
    const { exitCode, stderr } = await machine.run('login', '--device', '--json');
    expect(exitCode, stderr).toBe(1);
    expect(stderr).not.toContain('enter this code');
    const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { error: Record<string, string> };
    expect(error).toMatchObject({
      code: 'verification_uri_refused',
      message: `The server sends you to ${verification_uri}, which is not an https address of its own host.`,
      hint: expect.stringContaining(`Only addresses at ${new URL(machine.sandbox.origin).host} are shown.`),
    });
  });

  it.each([
    ['is of another host', 'https://evil.example/?user_code=1'],
    ['is none', undefined],
  ])('leaves the address with the code in it out where that %s', async (_, verification_uri_complete) => {
    const machine = await sandboxMachine({ sandboxOptions: deviceAnswer({ verification_uri_complete }) });
    const { outcome, runtime, text } = await shown(machine);
    expect(text).not.toMatch(/evil\.example|Or open this one/);
    runtime.interrupt();
    await outcome;
  });

  it('refuses an answer without an ID token, since nobody knows then who signed in', async () => {
    const intercept: Intercept = async ({ url }, proceed) => {
      const answer = await proceed();
      if (!url.pathname.endsWith('/as/token') || answer.status !== 200) return answer;
      return json(200, { ...(JSON.parse(answer.body ?? '{}') as object), id_token: undefined });
    };
    const machine = await sandboxMachine({ sandboxOptions: { intercept } });
    const { outcome, goes } = await shown(machine, '--json');
    await goes(signsIn);
    await machine.sleepsThrough(5000);
    const { exitCode, stdout, stderr } = await outcome;
    expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({
      error: { code: 'id_token_missing', hint: 'The scope "openid" must be granted to the application.' },
    });
    expect(machine.keychainItems.size).toBe(0);
  });

  it('shows a code that would move the cursor with its control characters escaped', async () => {
    const machine = await sandboxMachine({ sandboxOptions: deviceAnswer({ user_code: 'AB\u001b[2JCD' }) });
    const { outcome, runtime, text } = await shown(machine);
    expect(text).not.toContain('\u001b');
    runtime.interrupt();
    await outcome;
  });

  it('is refused in words by an application or a server without it', async () => {
    const application = await sandboxMachine({
      env: { PING14C_CLIENT_ID: 'c0000000-0000-4000-8000-000000000009', PING14C_AUTH_METHOD: 'client_secret_post' },
      answers: ['sandbox~body.secret-as-long-as-those-that-PingOne-makes-----0009'],
    });
    const refused = await application.run('login', '--device');
    expect(refused.exitCode, refused.stderr).toBe(5);
    expect(refused.stderr).toContain('device authorization request (unauthorized_client)');
    const server = await sandboxMachine({ sandboxOptions: withMetadata({ device_authorization_endpoint: undefined }) });
    const { exitCode, stderr } = await server.run('login', '--device');
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/does not offer sign-in by device\.\nHint: Run "ping14c login" without --device;/);
    expect((await server.run('login', '--device', '--json')).stderr).toContain('"code":"device_not_supported"');
  });

  it('is what a profile or the environment may ask for, and says what it leaves out', async () => {
    const machine = await sandboxMachine({
      env: { PING14C_CLIENT_ID: client.native, PING14C_GRANT: 'device_code', PING14C_MAX_AGE: '60' },
    });
    const { outcome, runtime } = machine.start('login');
    const text = await runtime.said(/The code is good for/);
    expect(text).toContain(
      'Warning: The device grant has no place for max-age (from PING14C_MAX_AGE); it is left out.',
    );
    runtime.interrupt();
    await outcome;
  });

  it('names what it leaves out of a profile, and that profile', async () => {
    const machine = await sandboxMachine();
    await machine.run('config', 'set', 'prompt', 'login', '-P', 'work');
    await machine.run('config', 'set', 'max-age', '60', '-P', 'work');
    const { outcome, runtime } = machine.start('login', '--device', '-P', 'work');
    const text = await runtime.said(/The code is good for/);
    expect(text).toContain(
      'no place for prompt (from profile "work"), max-age (from profile "work"); they are left out.',
    );
    runtime.interrupt();
    await outcome;
  });
});

describe('what login --device shows', () => {
  const colourful = { NO_COLOR: undefined, TERM: 'xterm-256color' };

  it('counts down on one line of a terminal that can, and draws a QR code', async () => {
    const machine = await sandboxMachine({ env: colourful });
    const { outcome, runtime, text } = await shown(machine);
    expect(text).toMatch(
      /\n[^\n]*[█▀▄]{10}[\s\S]*\nScan the picture, or open [^\n]+:\n {2}\S+\nThen enter this code, or compare it: \u001b\[1m\S+\u001b\[22m\n/,
    );
    await machine.sleepsThrough(1000);
    const later = await runtime.said(/4 minutes 59 seconds/);
    expect(later).toContain('\r\u001b[KThe code is good for 4 minutes 59 seconds');
    runtime.interrupt();
    const { stderr } = await outcome;
    expect(stderr).toMatch(/\r\u001b\[K(?!The code)/);
  });

  it.each([
    ['a screen reader', { ...colourful, ACCESSIBLE: '1' }, false],
    ['a dumb terminal', { ...colourful, TERM: 'dumb' }, false],
    ['no colour', { NO_COLOR: '1', TERM: 'xterm' }, true],
  ])('stands still with %s', async (_what, env, picture) => {
    const machine = await sandboxMachine({ env });
    const { outcome, runtime, text } = await shown(machine);
    expect(text).not.toMatch(/\r|\u001b\[K/);
    expect(/[█▀▄]{10}/.test(text)).toBe(picture);
    machine.advance(2000);
    runtime.interrupt();
    expect((await outcome).stderr.match(/The code is good for/g)).toHaveLength(1);
  });

  it('draws nothing where there is no terminal', async () => {
    const machine = await sandboxMachine({ terminal: false, env: colourful });
    const { outcome, runtime, text } = await shown(machine);
    expect(text).not.toMatch(/[█▀▄\u001b]/);
    expect(text).toMatch(
      /^Only sign in [^\n]+\nOpen this address on any device:\n {2}\S+\nThen enter this code: \S+\nThe code is good for /m,
    );
    runtime.interrupt();
    await outcome;
  });
});
