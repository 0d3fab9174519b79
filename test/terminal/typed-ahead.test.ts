import { describe, expect, it, onTestFinished } from 'vitest';
import { type Intercept, nestIntercepts } from '../../src/sandbox/intercept.ts';
import type { SandboxRequest } from '../../src/sandbox/request.ts';
import { json } from '../../src/sandbox/response.ts';
import { arrivalAt } from '../support/fault-run.ts';
import { browserFor, client, type SandboxMachine, sandboxMachine, signedIn } from '../support/sandbox-machine.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';

// The built program in a real pseudo-terminal. What is typed is in the terminal's hands until the program takes it over.

const adasPassword = 'Analytical-Engine-1843';
const newPassword = 'Difference-Engine-1822';
const webSecret = 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002';
const workerSecret = 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003';
const enter = '\r';
const ctrlC = '\u0003';
const ctrlZ = '\u001a';
const ctrlBackslash = '\u001c';

const readsState = ({ method, url }: SandboxRequest) => method === 'GET' && url.pathname.endsWith('/password');
const changes = ({ method }: SandboxRequest) => method === 'PUT';

describe('passwd', () => {
  it.each([
    ['a whole password', `Typed-Ahead-1${enter}`],
    ['the beginning of one', 'Typed-Ahead-1'],
    ['several lines', `Typed-Ahead-1${enter}Typed-Ahead-2${enter}Typed-Ahead-2${enter}`],
  ])('neither shows nor uses %s that is typed while the policy is read', async (_name, keys) => {
    const { machine, terminal, arrived, release } = await waiting(readsState);
    await arrived;
    terminal.type(keys);
    release();
    await changePassword(terminal);
    expect(await terminal.ended).toMatchObject({ exitCode: 0, restored: true });
    expect(terminal.raw()).not.toContain('Typed-Ahead');
    expect(machine.sandbox.directory.checkPassword('ada', newPassword).kind).toBe('ok');
  });

  it('says what it waits for', async () => {
    const { terminal, arrived, release } = await waiting(readsState);
    await arrived;
    await terminal.said(/Waiting for 127\.0\.0\.1:\d+…/);
    release();
    await terminal.said(/Waiting for[\s\S]*Current password:/);
  });

  it('neither shows what is typed while the new password is on its way, nor leaves it to the shell', async () => {
    const { terminal, arrived, release } = await waiting(changes);
    await changePassword(terminal);
    await arrived;
    terminal.type(`Typed-Behind-1${enter}`);
    release();
    const { exitCode, restored, leftOver } = await terminal.ended;
    expect({ exitCode, restored, leftOver }).toEqual({ exitCode: 0, restored: true, leftOver: '' });
    expect(terminal.raw()).not.toContain('Typed-Behind');
  });

  it.each([
    ['Ctrl-C', (terminal: Terminal) => terminal.type(`half a pass${ctrlC}`), 130],
    ['Ctrl-\\', (terminal: Terminal) => terminal.type(ctrlBackslash), 131],
    ['SIGTERM', (terminal: Terminal) => terminal.signal('SIGTERM'), 143],
    ['SIGHUP', (terminal: Terminal) => terminal.signal('SIGHUP'), 129],
    ['SIGINT', (terminal: Terminal) => terminal.signal('SIGINT'), 130],
  ])('%s ends it while the policy is read, and the terminal is as it was', async (_name, end, exitCode) => {
    const { terminal, arrived } = await waiting(readsState);
    await arrived;
    end(terminal);
    expect(await terminal.ended).toMatchObject({ exitCode, restored: true });
    expect(terminal.raw()).not.toContain('half a pass');
  });

  it('hands Ctrl-C on to the script that has started it, as the terminal does', async () => {
    const { terminal, arrived } = await waiting(readsState);
    await arrived;
    terminal.type(ctrlC);
    expect(await terminal.ended).toMatchObject({ exitCode: 130, shellInterrupted: true });
  });

  it('leaves the terminal as it was when a second Ctrl-C ends it at once, while the session is renewed', async () => {
    const { arrival, noticing } = arrivalAt('refresh-stalls');
    const refused = json(401, { id: '0', code: 'ACCESS_FAILED', message: 'You do not have access.' });
    const refusing: Intercept = async (request, proceed) => (readsState(request) ? refused : proceed());
    const machine = await signedIn({
      env: { PING14C_STORE: 'file' },
      sandboxOptions: { faults: ['refresh-stalls'], intercept: nestIntercepts(noticing, refusing) },
    });
    const terminal = openTerminal(['passwd'], machine.runtime().env);
    await arrival;
    expect(terminal.echoes()).toBe(false);
    // Two ways in, so that the second is not lost in the first.
    terminal.signal('SIGINT');
    terminal.type(ctrlC);
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
  });

  it('Ctrl-Z gives the terminal back to the shell, and what is typed after fg is not shown', async () => {
    const { terminal, arrived, release } = await waiting(readsState, { jobControl: true });
    await arrived;
    terminal.type(ctrlZ);
    expect(await terminal.stopped()).toEqual({ restored: true });
    terminal.type(enter);
    await expect.poll(terminal.echoes, { timeout: 20_000 }).toBe(false);
    terminal.type(`Typed-Ahead-1${enter}`);
    release();
    await changePassword(terminal);
    expect(await terminal.ended).toMatchObject({ exitCode: 0, restored: true });
    for (const secret of [adasPassword, newPassword, 'Typed-Ahead']) expect(terminal.raw()).not.toContain(secret);
  });

  it('Ctrl-Z at a question keeps what was typed of the answer', async () => {
    const { terminal, arrived, release } = await waiting(readsState, { jobControl: true });
    await arrived;
    release();
    await terminal.said(/Current password:/);
    const before = terminal.raw().length;
    terminal.type(adasPassword.slice(0, 10));
    await expect.poll(() => terminal.raw().length, { timeout: 20_000 }).toBeGreaterThan(before);
    terminal.type(ctrlZ);
    expect(await terminal.stopped()).toEqual({ restored: true });
    terminal.type(enter);
    await expect.poll(terminal.echoes, { timeout: 20_000 }).toBe(false);
    terminal.type(adasPassword.slice(10) + enter);
    await terminal.said(/New password:/);
    terminal.type(ctrlC);
    expect(await terminal.ended).toMatchObject({ exitCode: 130, restored: true });
  });

  it('Ctrl-D at a question ends it', async () => {
    const { terminal, release } = await waiting(readsState);
    release();
    await terminal.said(/Current password:/);
    terminal.type('\u0004');
    const { exitCode, restored, text } = await terminal.ended;
    expect({ exitCode, restored }).toEqual({ exitCode: 130, restored: true });
    expect(text).toContain('Cancelled. Nothing was changed.');
    expect(text).not.toContain('Error:');
  });

  it('leaves the terminal as it was when it fails', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    const terminal = openTerminal(['passwd'], machine.runtime().env);
    expect(await terminal.ended).toMatchObject({ exitCode: 4, restored: true });
  });

  it('leaves the terminal as it was when it ends by an error that nobody catches', async () => {
    const terminal = openTerminal([], {}, { program: 'test/support/crash-in-quiet.cjs' });
    await terminal.said(/The terminal is quiet/);
    expect(terminal.echoes()).toBe(false);
    terminal.type('half a pass');
    const { exitCode, restored, text } = await terminal.ended;
    expect({ exitCode, restored }).toEqual({ exitCode: 1, restored: true });
    expect(text).toContain('nobody catches this');
    expect(text).not.toContain('half a pass');
  });
});

describe('what is typed before the program has started is not used', () => {
  it('by passwd', async () => {
    const { machine, terminal, release } = await waiting(readsState, {}, `Typed-Ahead-1${enter}Typed`);
    release();
    await changePassword(terminal);
    expect(await terminal.ended).toMatchObject({ exitCode: 0, restored: true });
    expect(machine.sandbox.directory.checkPassword('ada', newPassword).kind).toBe('ok');
  });

  it('by login, neither as the client secret nor as an address pasted afterwards', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file', PING14C_CLIENT_ID: client.web } });
    const argv = ['login', '--no-browser', '--auth-method', 'client_secret_basic'];
    const terminal = openTerminal(argv, machine.runtime().env);
    terminal.type(`https://typed.ahead/${enter}not the sec`);
    await terminal.said(/Client secret of/);
    expect(terminal.echoes()).toBe(false);
    terminal.type(webSecret + enter);
    await terminal.said(/\/as\/authorize\?\S+\s/);
    terminal.type(`https://pasted.example/${enter}`);
    const told = await terminal.said(/That is not the address/);
    expect(told.match(/That is not the address/g)).toHaveLength(1);
    const url = /https:\S+\/as\/authorize\?\S+/.exec(told)?.[0] ?? '';
    await browserFor(machine.sandbox, told).signIn(url, { username: 'ada', password: adasPassword });
    const { exitCode, restored, text } = await terminal.ended;
    expect({ exitCode, restored }, text).toEqual({ exitCode: 0, restored: true });
    expect(text).not.toContain(webSecret);
  });

  it('by config set client-secret', async () => {
    const machine = await sandboxMachine({
      env: { PING14C_STORE: 'file', PING14C_WORKER_CLIENT_ID: client.worker },
    });
    const terminal = openTerminal(['config', 'set', 'worker-client-secret'], machine.runtime().env);
    terminal.type(`not the secret${enter}not`);
    await terminal.said(/client secret:/);
    terminal.type(workerSecret + enter);
    expect(await terminal.ended).toMatchObject({ exitCode: 0, restored: true });
    expect(terminal.raw()).not.toContain(workerSecret);
    const token = await machine.run('token', '--client-credentials', '--auth-method', 'client_secret_basic');
    expect(token, token.stderr).toMatchObject({ exitCode: 0 });
  });

  it('by init, between whose questions nothing is shown either', async () => {
    const machine = await sandboxMachine({ env: { PING14C_STORE: 'file' } });
    const { PING14C_CONFIG_DIR, PING14C_STATE_DIR } = machine.runtime().env;
    const argv = ['init', '--no-check', '--region', 'eu', '--auth-method', 'client_secret_basic', '--scope', 'openid'];
    const terminal = openTerminal([...argv, '--redirect-uri', 'https://127.0.0.1/callback'], {
      ...{ PING14C_CONFIG_DIR, PING14C_STATE_DIR, PING14C_STORE: 'file' },
    });
    terminal.type(`0${enter}0`);
    for (const [question, answer] of [
      [/Environment ID .*:/, machine.sandbox.environmentId],
      [/Client ID .*:/, client.web],
      [/Custom domain.*:/, ''],
      [/Client secret .*:/, webSecret],
      [/Sign in now\?/, 'n'],
    ] as const) {
      await terminal.said(question);
      expect(terminal.echoes()).toBe(false);
      terminal.type(answer + enter);
    }
    const { exitCode, restored, text } = await terminal.ended;
    expect({ exitCode, restored }, text).toEqual({ exitCode: 0, restored: true });
    expect(text).not.toContain(webSecret);
  });
});

/** The terminal of somebody who has signed in, runs `passwd`, and has to wait for the answer to some request. */
async function waiting(
  waitsFor: (request: SandboxRequest) => boolean,
  options: TerminalOptions = {},
  typedAhead = '',
): Promise<{ machine: SandboxMachine; terminal: Terminal; arrived: Promise<unknown>; release: () => void }> {
  const [arrived, arrive] = signal();
  const [released, release] = signal();
  const intercept: Intercept = async (request, proceed) => {
    if (!waitsFor(request)) return proceed();
    arrive();
    await released;
    return proceed();
  };
  const machine = await signedIn({ env: { PING14C_STORE: 'file' }, sandboxOptions: { intercept } });
  // Whoever never releases the request must not be waited for when the sandbox closes.
  onTestFinished(release);
  const terminal = openTerminal(['passwd'], machine.runtime().env, options);
  terminal.type(typedAhead);
  return { machine, terminal, arrived, release };
}

async function changePassword(terminal: Terminal): Promise<void> {
  for (const [question, answer] of [
    [/Current password:/, adasPassword],
    [/New password:/, newPassword],
    [/New password again:/, newPassword],
  ] as const) {
    await terminal.said(question);
    terminal.type(answer + enter);
  }
}

function signal(): readonly [promise: Promise<void>, resolve: () => void] {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return [promise, resolve];
}
