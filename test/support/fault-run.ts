import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Fault } from '../../src/sandbox/faults/fault.ts';
import { type FaultName, faults } from '../../src/sandbox/faults.ts';
import { type Intercept, interceptNothing, nestIntercepts } from '../../src/sandbox/intercept.ts';
import { client, type Person, type SandboxMachine, sandboxMachine, signsInAs } from './sandbox-machine.ts';
import type { Outcome } from './test-runtime.ts';

/** One line of the fault table: what fails, what is run, and what must be true. */
export interface FaultCase {
  readonly fault: FaultName;
  /** Without the program's name. `login` comes before everything else, and must work then. */
  readonly run: string;
  /** Lines of standard input. */
  readonly stdin?: readonly string[];
  /** Settings of this line alone. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the person waits for: the HTTP limit, once the request has stalled; the sign-in deadline; a device's first poll. */
  readonly waits?: keyof typeof waitMs;
  readonly exitCode: number;
  /** What standard error says. */
  readonly says: RegExp;
  /** Standard output; nothing unless given. */
  readonly prints?: RegExp;
  /** What the store holds afterwards, compared with before. */
  readonly store: 'nothing' | 'as before' | 'renewed';
  /** How many requests were sent, by method and the end of the path, e.g. `POST token`; those not named do not matter. */
  readonly sent: Readonly<Record<string, number>>;
  /** Which password is the user's afterwards; the old one unless given. */
  readonly password?: 'old' | 'new';
  /** What follows, one after the other, the fault still there. */
  readonly afterwards?: readonly FollowUp[];
}

interface FollowUp {
  readonly run: string;
  readonly exitCode: number;
  readonly sent: Readonly<Record<string, number>>;
}

export interface FaultRun {
  readonly outcome: Outcome;
  readonly store: string;
  readonly password: 'old' | 'new';
  /** Those requests that the line names. */
  readonly sent: Readonly<Record<string, number>>;
  readonly afterwards: readonly FollowUp[];
  /** Whatever of passwords, codes, verifiers, tokens and secrets is where it must not be. */
  readonly leaks: readonly string[];
}

/** The new password of every change in the table; meets all rules. */
export const newPassword = 'Difference-Engine-1822';
export const adasPassword = 'Analytical-Engine-1843';
export const webSecret = 'sandbox~web.shop+secret-as-long-as-those-that-PingOne-makes-0002';
const workerSecret = 'sandbox~worker.secret-as-long-as-those-that-PingOne-makes---0003';

const waitMs = { 'for the answer': 30_000, 'for the sign-in': 300_000, 'for the poll': 5_000 } as const;

/** To be called inside a test. Runs with `--debug`, which says the most. */
export async function runCase(line: FaultCase): Promise<FaultRun> {
  const { fault, run, stdin, env = {}, waits, sent, afterwards = [] } = line;
  const secrets = new Set([adasPassword, newPassword, workerSecret, webSecret]);
  const { arrival, noticing } = arrivalAt(fault);
  // When the browser has come to a page that does not go on.
  let arriveThere = () => {};
  const visited = new Promise<void>((resolve) => {
    arriveThere = resolve;
  });
  const machine = await watchedMachine({
    faults: [fault],
    secrets,
    env,
    terminal: stdin === undefined,
    intercept: noticing,
    person: (agent, url) => signsInAs('ada', adasPassword)(agent, url).finally(arriveThere),
    // The pauses between polls are those that the line itself lets pass.
    pausesPass: waits !== 'for the poll',
  });
  const argv = run.split(' ');
  if (argv[0] !== 'login' && !run.includes('--client-credentials')) {
    const { exitCode, stderr } = await machine.run('login');
    expect(exitCode, stderr).toBe(0);
  }
  const before = JSON.stringify([...machine.keychainItems]);
  const sentBefore = machine.sandbox.requests().length;
  const { outcome: running, runtime } = machine.start(...argv, '--debug');
  if (stdin) runtime.stdin.end(stdin.map((line) => `${line}\n`).join(''));
  if (waits === 'for the answer') await arrival;
  if (waits === 'for the sign-in') await visited;
  if (waits) await machine.sleepsThrough(waitMs[waits]);
  const outcome = await running;
  await Promise.allSettled(machine.visits);
  return {
    outcome,
    store: storeOf(machine, before),
    password: machine.sandbox.directory.checkPassword('ada', newPassword).kind === 'ok' ? 'new' : 'old',
    sent: countsOf(machine, sentBefore, sent),
    leaks: leaksIn(machine, run.startsWith('token') ? '' : outcome.stdout, outcome.stderr, secrets),
    afterwards: await followedBy(machine, afterwards),
  };
}

/** The tour without any fault, at its most talkative: what was secret in it, and where that came out. */
export async function runTour() {
  const secrets = new Set([adasPassword, newPassword, workerSecret]);
  const machine = await watchedMachine({ faults: [], secrets, terminal: false });
  const said: string[] = [];
  for (const run of [
    'login',
    'whoami',
    'status',
    'token --refresh',
    'token --client-credentials',
    'passwd --stdin',
    'logout',
  ]) {
    const { outcome, runtime } = machine.start(...run.split(' '), '--debug');
    runtime.stdin.end(`${adasPassword}\n${newPassword}\n`);
    const { exitCode, stdout, stderr } = await outcome;
    expect(exitCode, `${run}: ${stderr}`).toBe(0);
    said.push(stderr, run.startsWith('token') ? '' : stdout);
  }
  return { secrets, leaks: leaksIn(machine, '', said.join('\n'), secrets), said: said.join('\n') };
}

async function followedBy(machine: SandboxMachine, followUps: readonly FollowUp[]): Promise<readonly FollowUp[]> {
  const done: FollowUp[] = [];
  for (const { run, sent } of followUps) {
    const from = machine.sandbox.requests().length;
    // Who is signed in still, as far as this machine knows, is asked whether to sign in again.
    if (run === 'login') machine.answers.splice(0, 1, true);
    const { exitCode } = await machine.run(...run.split(' '));
    done.push({ run, exitCode, sent: countsOf(machine, from, sent) });
  }
  return done;
}

function watchedMachine(options: {
  readonly faults: readonly FaultName[];
  readonly secrets: Set<string>;
  readonly terminal: boolean;
  readonly env?: FaultCase['env'];
  readonly intercept?: Intercept;
  readonly person?: Person;
  readonly pausesPass?: boolean;
}): Promise<SandboxMachine> {
  const { faults: names, secrets, env, intercept = interceptNothing, ...given } = options;
  return sandboxMachine({
    ...given,
    sandboxOptions: { faults: names, intercept: nestIntercepts(intercept, collecting(secrets)) },
    env: {
      BROWSER: 'a browser',
      PING14C_WORKER_CLIENT_ID: client.worker,
      PING14C_WORKER_CLIENT_SECRET: workerSecret,
      ...env,
    },
  });
}

function storeOf({ keychainItems }: SandboxMachine, before: string): string {
  if (keychainItems.size === 0) return 'nothing';
  return JSON.stringify([...keychainItems]) === before ? 'as before' : 'renewed';
}

function countsOf({ sandbox }: SandboxMachine, from: number, named: FaultCase['sent']): FaultCase['sent'] {
  const sent = sandbox
    .requests()
    .slice(from)
    .map(({ method, path }) => `${method} ${path.split('/').at(-1)}`);
  const count = (wanted: string) => sent.filter((request) => request === wanted).length;
  return Object.fromEntries(Object.keys(named).map((request) => [request, count(request)]));
}

/** In what was said, and in files: the store of these runs is no file. */
function leaksIn({ folder }: SandboxMachine, stdout: string, stderr: string, secrets: ReadonlySet<string>) {
  const places = [stdout, stderr, ...filesIn(folder)];
  return [...secrets].filter((secret) => places.some((text) => text.includes(secret)));
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [readFileSync(path, 'utf8')];
  });
}

export interface Arrival {
  readonly arrival: Promise<void>;
  /** How many came so far, as they come; the sandbox's own list has a request once it has ended. */
  readonly arrivals: () => number;
  readonly noticing: Intercept;
}

/** When the fault first meets a request. */
export function arrivalAt(name: FaultName): Arrival {
  const fault: Fault = faults[name];
  let count = 0;
  let arrive = () => {};
  const arrival = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const noticing: Intercept = (request, proceed) => {
    const answer = proceed();
    if (fault.traffic?.at(request)) {
      count += 1;
      arrive();
    }
    return answer;
  };
  return { arrival, arrivals: () => count, noticing };
}

const secretFields = new Set([
  'code',
  'code_verifier',
  'refresh_token',
  'client_secret',
  'token',
  'id_token',
  'access_token',
  'device_code',
  'password',
]);

/** Takes note of every secret that travels. */
function collecting(secrets: Set<string>): Intercept {
  return async (request, proceed) => {
    for (const [name, value] of request.form()) if (secretFields.has(name)) secrets.add(value);
    const answer = await proceed();
    const members = (answer.body ?? '').matchAll(/"(?:access_token|refresh_token|id_token|device_code)":"([^"]+)"/g);
    const fields = (answer.body ?? '').matchAll(/name="(?:code|access_token|id_token)" value="([^"]+)"/g);
    const codes = String(answer.headers?.['location'] ?? '').matchAll(/[?&#](?:code|access_token|id_token)=([^&]+)/g);
    for (const [, secret = ''] of [...members, ...fields, ...codes]) secrets.add(secret);
    return answer;
  };
}
