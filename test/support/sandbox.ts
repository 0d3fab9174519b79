import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createSandbox, type HostedSandbox, type HostingOptions } from '../../src/sandbox/sandbox.ts';
import { createSigningKeys } from '../../src/sandbox/signing-keys.ts';
import { createUserAgent, type UserAgent } from '../../src/sandbox/user-agent.ts';

/** The seed's users and applications that tests speak of by name. */
export const ada = { id: 'd0000000-0000-4000-8000-000000000001', username: 'ada', password: 'Analytical-Engine-1843' };
export const nativeClientId = 'c0000000-0000-4000-8000-000000000001';

/** A sandbox for one test: closed after it, with its certificate in a file. */
export interface TestSandbox extends HostedSandbox {
  /** PEM file for `--ca-file`. */
  readonly caFile: string;
  /** A browser that trusts the sandbox; with a list of fingerprints, also servers that show one of them. */
  browser(acceptCertificate?: (host: string, fingerprint256: string) => boolean): UserAgent;
}

/** One key for all sandboxes of a test file. */
const keys = createSigningKeys();
const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(undo.splice(0).map((step) => step()));
});

export async function startTestSandbox(options: HostingOptions = {}): Promise<TestSandbox> {
  const sandbox = await createSandbox({ keys, ...options });
  undo.push(() => sandbox.close());
  const folder = await mkdtemp(join(tmpdir(), 'ping14c-sandbox-'));
  undo.push(() => rm(folder, { recursive: true }));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, sandbox.ca);
  const browser: TestSandbox['browser'] = (acceptCertificate) =>
    createUserAgent({ trust: sandbox.ca, ...(acceptCertificate ? { acceptCertificate } : {}) });
  return Object.assign(sandbox, { caFile, browser });
}
