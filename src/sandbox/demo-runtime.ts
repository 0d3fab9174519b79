import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Runtime } from '../runtime.ts';
import { guideApplications } from './guide.ts';
import type { HostedSandbox } from './sandbox.ts';
import type { Answers } from './user-agent/form.ts';
import { createUserAgent } from './user-agent.ts';

/**
 * The outside world of the demo's commands: the person's terminal, but settings, folders, sessions and perhaps a browser
 * of its own.
 */
export async function demoRuntime(
  runtime: Runtime,
  sandbox: HostedSandbox,
  { folder, trustFolder, signsIn, stdout }: DemoOptions,
): Promise<Runtime> {
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, sandbox.ca);
  // Nothing of the person's own settings may reach the sandbox, and nothing of the sandbox their keychain.
  const others = Object.entries(runtime.env).filter(([name]) => !/^(?:PING14C|PINGONE)_|_PROXY$/i.test(name));
  const { native, worker } = guideApplications(sandbox);
  return {
    ...runtime,
    env: {
      ...Object.fromEntries(others),
      ...(signsIn && { BROWSER: 'the demo itself' }),
      PING14C_CONFIG_DIR: folder,
      PING14C_STATE_DIR: folder,
      PING14C_TRUST_DIR: trustFolder,
      PING14C_STORE: 'memory',
      PING14C_ENVIRONMENT_ID: sandbox.environmentId,
      PING14C_AUTH_URL: sandbox.origin,
      PING14C_API_URL: sandbox.apiUrl,
      PING14C_CA_FILE: caFile,
      PING14C_CLIENT_ID: native?.clientId,
      PING14C_WORKER_CLIENT_ID: worker?.clientId,
      PING14C_WORKER_CLIENT_SECRET: worker?.clientSecret,
    },
    memory: new Map(),
    stdout: changing(stdout, shortened),
    // Whoever signs in themselves may need the whole address.
    stderr: signsIn ? changing(runtime.stderr, withShortAddresses) : runtime.stderr,
    ...(signsIn && { openBrowser: browserOf(runtime, sandbox, signsIn) }),
  };
}

interface DemoOptions {
  /** An empty folder that holds all that the tour writes; whoever made it removes it. */
  readonly folder: string;
  /** The state folder with the certificates that the person's browsers accept, where there may be any. */
  readonly trustFolder: string | undefined;
  /** Who signs in when there is no browser of the person's own. */
  readonly signsIn: Answers | undefined;
  /** Where the commands' answers go. */
  readonly stdout: Runtime['stdout'];
}

/** A browser that signs in through the real pages; it trusts whoever has signed the sandbox's certificate. */
function browserOf(runtime: Runtime, sandbox: HostedSandbox, signsIn: Answers): Runtime['openBrowser'] {
  return async (url) => {
    const agent = createUserAgent({ trust: sandbox.ca, signal: runtime.signal });
    // Not awaited: a browser is open for as long as the sign-in lasts. What goes wrong in it ends at login's deadline.
    agent.signIn(url, signsIn).catch((error: unknown) => {
      runtime.stderr.write(`The demo's own browser: ${String(error)}\n`);
    });
    return { kind: 'started' };
  };
}

/** Tokens are cut short: one fills half a screen, and the tour is read by people. */
function shortened(text: string): string {
  return text.replace(/eyJ[\w-]{20,}\.[\w.-]+/g, (token) => `${token.slice(0, 24)}… (${token.length} characters)`);
}

/** An address that nobody is to open themselves is cut short after its host. */
function withShortAddresses(text: string): string {
  return text.replace(
    /(https:\/\/[^\s/]+\/)\S{100,}/g,
    (address, start: string) => `${start}… (${address.length} characters)`,
  );
}

/** Passes on what is written, changed. */
function changing(target: Runtime['stdout'], change: (text: string) => string): Runtime['stdout'] {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => void target.write(change(String(chunk)), done),
  });
  return Object.assign(stream, { isTTY: target.isTTY ?? false, columns: target.columns || 80 });
}
