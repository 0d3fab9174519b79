import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createSandbox, type HostedSandbox, type HostingOptions } from '../../src/sandbox/sandbox.ts';
import { createSigningKeys } from '../../src/sandbox/signing-keys.ts';
import { createUserAgent, type UserAgent, type Visit } from '../../src/sandbox/user-agent.ts';
import { type TestMachine, type TestMachineOptions, testMachine } from './test-runtime.ts';

/** The seeded applications, by what they are (src/sandbox/seed/applications.ts). */
export const client = {
  native: 'c0000000-0000-4000-8000-000000000001',
  web: 'c0000000-0000-4000-8000-000000000002',
  worker: 'c0000000-0000-4000-8000-000000000003',
  workerWithoutRoles: 'c0000000-0000-4000-8000-000000000004',
} as const;

export interface SandboxMachine extends TestMachine {
  readonly sandbox: HostedSandbox;
  /** Where the person's visits ended, in order. */
  readonly visits: readonly Promise<Visit>[];
  /** How often the token endpoint has answered. */
  tokenRequests(): number;
  /** Sets the server's clock so far ahead of the machine's, in milliseconds; a negative figure sets it back. */
  setServerClock(aheadMs: number): void;
}

export interface SandboxMachineOptions extends TestMachineOptions {
  readonly sandboxOptions?: Omit<HostingOptions, 'now'>;
  /** By default the person signs in as `ada`. */
  readonly person?: Person;
}

/** What a person in front of the browser does, and where that ends. */
export type Person = (agent: UserAgent, url: string) => Promise<Visit>;

/** One key for all sandboxes of a test file: making it takes longer than most tests. */
const keys = createSigningKeys();

/** A machine set up for a sandbox of its own, whose clock it shares until told otherwise, and a person at the browser. */
export async function sandboxMachine(options: SandboxMachineOptions = {}): Promise<SandboxMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-ca-'));
  const caFile = join(folder, 'sandbox.pem');
  const visits: Promise<Visit>[] = [];
  // The machine comes second, and the clock of both is the machine's.
  const started: { machine?: TestMachine } = {};
  let serverAheadMs = 0;
  const now = () => (started.machine?.now() ?? Date.now()) + serverAheadMs;
  const sandbox = await createSandbox({ keys, ...options.sandboxOptions, now });
  writeFileSync(caFile, sandbox.ca);
  onTestFinished(async () => {
    await Promise.allSettled(visits);
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const person = options.person ?? signsInAs('ada', 'Analytical-Engine-1843');
  const machine = testMachine({
    browser: (url, stderr) => {
      const visit = person(browserFor(sandbox, stderr), url);
      // A listener that is closed under the browser is what some tests are about; those that look at a visit await it.
      visit.catch(() => {});
      visits.push(visit);
    },
    ...options,
    env: {
      PING14C_ENVIRONMENT_ID: sandbox.environmentId,
      PING14C_AUTH_URL: sandbox.origin,
      PING14C_API_URL: sandbox.apiUrl,
      PING14C_CLIENT_ID: client.native,
      PING14C_CA_FILE: caFile,
      ...options.env,
    },
  });
  started.machine = machine;
  const tokenRequests = () => sandbox.requests().filter(({ path }) => path.endsWith('/as/token')).length;
  const setServerClock = (aheadMs: number) => {
    serverAheadMs = aheadMs;
  };
  return { ...machine, sandbox, visits, tokenRequests, setServerClock };
}

/** The same machine once its person has signed in, on a terminal or not. */
export async function signedIn(options: SandboxMachineOptions = {}): Promise<SandboxMachine> {
  // Without a terminal only a browser that BROWSER names is opened.
  const machine = await sandboxMachine({ ...options, env: { BROWSER: 'a browser', ...options.env } });
  const { exitCode, stderr } = await machine.run('login');
  expect(exitCode, stderr).toBe(0);
  return machine;
}

/** A browser whose person compares the listener's certificate with the eight bytes of the fingerprint that the terminal has shown. */
export function browserFor(sandbox: { readonly certificate: { readonly cert: string } }, stderr: string): UserAgent {
  return createUserAgent({
    trust: sandbox.certificate.cert,
    acceptCertificate: (_host, fingerprint256) => stderr.includes(fingerprint256.slice(0, 23)),
  });
}

export function signsInAs(username: string, password: string): Person {
  return (agent, url) => agent.signIn(url, { username, password });
}

export const denies: Person = (agent, url) => agent.deny(url);
