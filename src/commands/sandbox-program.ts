import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { type AttachedProgram, refuseBatchFile, runProgramAttached } from '../cli/attached-program.ts';
import type { CommandContext } from '../cli/context.ts';
import { changeProfiles } from '../config/profiles.ts';
import { configFolder, stateFolder } from '../files/folders.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { withTemporaryFolder } from '../files/temporary-folder.ts';
import { safeText } from '../output/safe-text.ts';
import { shellQuoted } from '../output/shell-words.ts';
import type { Runtime } from '../runtime.ts';
import type { HostedSandbox } from '../sandbox/sandbox.ts';
import { ping14c, wording } from '../wording.ts';
import {
  personsTrustFolder,
  type SandboxWishes,
  sandboxSettings,
  saveSandboxFiles,
  startWished,
} from './sandbox-start.ts';

/** The folders that the program's own commands use, by the variables that name them. */
interface OwnFolders {
  readonly PING14C_CONFIG_DIR: string;
  readonly PING14C_STATE_DIR: string;
}

/**
 * Runs a program in a sandbox made for it. 1. Start. 2. Save what the client needs, in folders that are the program's own.
 * 3. Say what is there. 4. Run it to its end. 5. Remove everything, however it ended.
 *
 * @throws RunEnded with the program's exit code
 */
export async function runInSandbox(
  context: CommandContext,
  wishes: SandboxWishes,
  file: string,
  args: readonly string[],
): Promise<never> {
  const { runtime } = context;
  const program: AttachedProgram = { file, args, typedBefore: 'sandbox --' };
  refuseBatchFile(program, runtime.platform);
  return withTemporaryFolder('ping14c-sandbox-', runtime, async (folder) => {
    const log = await openLog(join(folder, 'requests.log'), runtime);
    try {
      const { sandbox, privateKey } = await startWished(context, wishes, log.tell);
      try {
        const variables = await furnish(context, folder, sandbox, privateKey);
        await greet(context, program, sandbox, log.path);
        return await runProgramAttached(program, variables, runtime);
      } finally {
        await sandbox.close();
      }
    } finally {
      await log.close();
    }
  });
}

/** Puts a profile, and what it needs, into the folder. Returns the variables by which it is found, and nothing else of ours is. */
async function furnish(context: CommandContext, folder: string, sandbox: HostedSandbox, privateKey: string) {
  const { runtime, output, namedProfile: profile = 'sandbox' } = context;
  const folders = { PING14C_CONFIG_DIR: join(folder, 'config'), PING14C_STATE_DIR: join(folder, 'state') };
  const site = { output, runtime: { ...runtime, env: folders } };
  const { guideApplications, guideDocument } = await import('../sandbox/guide.ts');
  const own = stateFolder(site);
  const files = await saveSandboxFiles(own, sandbox.ca, privateKey);
  // Nothing of the sandbox goes into the person's keychain.
  const values = { ...(await sandboxSettings(sandbox, files.caFile)), store: 'file' };
  await changeProfiles(configFolder(site), runtime, () => ({ active: profile, profiles: { [profile]: values } }));
  const guide = guideDocument({ sandbox, profile, platform: runtime.platform, ...files });
  await writePrivateFile(own, guideName, `${JSON.stringify(guide, undefined, 2)}\n`);
  const { worker } = guideApplications(sandbox);
  const trust = personsTrustFolder(context);
  return {
    ...withoutSettings(runtime.env),
    ...(await withOurselvesFirst(join(folder, 'bin'), runtime)),
    ...(folders satisfies OwnFolders),
    // Browsers know the person's own certificates, which stay where they are.
    PING14C_TRUST_DIR: trust && resolve(trust.path),
    NODE_EXTRA_CA_CERTS: await trustedByNode(own, files.caFile, runtime.env),
    PING14C_SANDBOX: join(own.path, guideName),
    PING14C_WORKER_CLIENT_ID: worker?.clientId,
    PING14C_WORKER_CLIENT_SECRET: worker?.clientSecret,
  };
}

/** Puts `ping14c` into the folder, and that in front of PATH: it need not be installed to be tried, and is no other version. */
async function withOurselvesFirst(folder: string, { env, platform, startedBy }: Runtime): Promise<Runtime['env']> {
  const windows = platform === 'win32';
  const program = windows
    ? `@${startedBy.map((path) => `"${path.replaceAll('%', '%%')}"`).join(' ')} %*\r\n`
    : `#!/bin/sh\nexec ${startedBy.map(shellQuoted).join(' ')} "$@"\n`;
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, windows ? 'ping14c.cmd' : 'ping14c'), program, { mode: 0o700 });
  // Windows calls it Path, and knows no difference.
  const name = Object.keys(env).find((key) => key === 'PATH' || (windows && key.toUpperCase() === 'PATH')) ?? 'PATH';
  return { [name]: [folder, env[name]].filter(Boolean).join(windows ? ';' : ':') };
}

/**
 * A file from which the program, where it runs by Node, trusts the sandbox and whom it trusts anyway. Node reads one file
 * only, of PEM; one that cannot be joined stays as it is named.
 */
async function trustedByNode(own: OwnFolder, caFile: string, env: Runtime['env']): Promise<string> {
  const named = env['NODE_EXTRA_CA_CERTS'];
  if (!named) return caFile;
  const others = await readFile(named, 'utf8').catch(() => '');
  if (!others.includes('-----BEGIN CERTIFICATE-----')) return named;
  await writePrivateFile(own, nodeCaName, `${await readFile(caFile, 'utf8')}\n${others}`);
  return join(own.path, nodeCaName);
}

const nodeCaName = 'node-ca.pem';
const guideName = 'sandbox.json';

/** Nothing of the person's own settings may lead out of the sandbox: neither ours nor those of Ping's other tools. */
function withoutSettings(env: Runtime['env']): Runtime['env'] {
  const names = Object.keys(env).filter((name) => /^(?:PING14C|PINGONE|PINGCLI)_/i.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

/** Says in four lines what is there to a person at a shell; a test suite's own lines are what counts there, so they get one. */
async function greet(
  { output, interactive }: CommandContext,
  { file, args }: AttachedProgram,
  sandbox: HostedSandbox,
  log: string,
) {
  const { green, cyan } = output.paintNote;
  const there = `${green('✓')} Sandbox at ${sandbox.origin}`;
  if (!interactive || !isShell(file) || !args.every((arg) => arg.startsWith('-'))) {
    output.note(`${there} while this runs; its requests are logged in ${safeText(log)}`);
    return;
  }
  const { usersToTry } = await import('../sandbox/guide.ts');
  const [first, ...others] = usersToTry(sandbox).map(({ username, password }) => ({
    name: safeText(username),
    password: safeText(password?.value ?? ''),
  }));
  const or = others.map(({ name, password }) => `${name} (${password})`).join(', ');
  output.note(`${there}, until you type ${cyan('exit')}; then it is all gone.`);
  if (first) output.note(wording`Sign in with ${ping14c('login')} as ${first.name}, password ${first.password},`);
  if (or) output.note(`or as ${or}.`);
  output.note(`Requests are logged in ${safeText(log)}`);
}

function isShell(file: string): boolean {
  return /^(?:(?:ba|z|da|k|c|tc|fi|a)?sh|nu|pwsh|powershell|cmd)(?:\.exe)?$/i.test(
    basename(file.replaceAll('\\', '/')),
  );
}

interface RequestLog {
  readonly path: string;
  readonly tell: Parameters<typeof startWished>[2];
  readonly close: () => Promise<void>;
}

/** A file with a line for each request. What cannot be written to it is no reason to fail. */
async function openLog(path: string, { now }: Pick<Runtime, 'now'>): Promise<RequestLog> {
  const [{ requestLine }, { Chalk }] = await Promise.all([import('../sandbox/request-line.ts'), import('chalk')]);
  const paint = new Chalk({ level: 0 });
  const stream = createWriteStream(path, { mode: 0o600 }).on('error', () => {});
  return {
    path,
    tell: (entry, environmentId) => {
      stream.write(`${requestLine(entry, { at: now(), environmentId, paint })}\n`);
    },
    close: () => finished(stream.end()).catch(() => {}),
  };
}
