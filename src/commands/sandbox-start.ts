import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { CommandContext } from '../cli/context.ts';
import type { Profile } from '../config/profiles.ts';
import { codeOf, Failure, messageOf } from '../errors.ts';
import { trustStateFolder } from '../files/folders.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import { writePrivateFile } from '../files/private-file.ts';
import type { Runtime } from '../runtime.ts';
import type { RequestEntry, Sandbox } from '../sandbox/sandbox.ts';
import { ping14c, wording } from '../wording.ts';

/** What a person may say about the sandbox that is to be started, as it was typed. */
export interface SandboxWishes {
  readonly port: string;
  readonly seed?: string | undefined;
  readonly users?: string | undefined;
  readonly fault: readonly string[];
}

interface StartedSandbox {
  readonly sandbox: Sandbox;
  /** Of its application that signs with a private key; PEM. */
  readonly privateKey: string;
}

/** @throws Failure `usage` before anything is started when a wish cannot be met; `failed` when the port cannot be had */
export async function startWished(
  context: CommandContext,
  wishes: SandboxWishes,
  onRequest: (entry: RequestEntry, environmentId: string) => void,
): Promise<StartedSandbox> {
  const port = portOf(wishes.port);
  const [{ startSandbox }, { faultsNamed }] = await Promise.all([
    import('../sandbox/sandbox.ts'),
    import('../sandbox/faults.ts'),
  ]);
  const faults = faultsNamed(wishes.fault);
  const { seed, privateKey } = await seedWith(wishes, context.runtime);
  const tell = (entry: RequestEntry) => onRequest(entry, seed.environment.id);
  const { now } = context.runtime;
  const signed = await signedCertificate(context);
  const sandbox = await startSandbox({ ...signed, seed, port, faults, now, onRequest: tell }).catch(
    (error: unknown) => {
      if (codeOf(error) === 'EADDRINUSE') throw portBusy(port, error);
      throw codeOf(error) === 'EACCES' ? portForbidden(port, error) : error;
    },
  );
  return { sandbox, privateKey };
}

/** The certificate that browsers on this machine have been made to accept, with who has signed it; none where there is none. */
export async function signedCertificate(context: CommandContext) {
  const { runtime, output } = context;
  const folder = personsTrustFolder(context);
  if (!folder) return undefined;
  const { sandboxCertificate } = await import('../trust/sandbox-certificate.ts');
  return sandboxCertificate(folder, runtime.now(), output);
}

/** Where the person's certificates are; nowhere for a user without a home folder, for whom a sandbox can do without. */
export function personsTrustFolder(context: CommandContext): OwnFolder | undefined {
  try {
    return trustStateFolder(context);
  } catch (error) {
    if (error instanceof Failure && error.code === 'no_home_folder') return undefined;
    throw error;
  }
}

/** The settings with which a client finds the sandbox; no client ID where no application of it is public. */
export async function sandboxSettings(sandbox: Sandbox, caFile: string): Promise<Profile> {
  const { guideApplications } = await import('../sandbox/guide.ts');
  const { native } = guideApplications(sandbox);
  return {
    environmentId: sandbox.environmentId,
    authUrl: sandbox.origin,
    apiUrl: sandbox.apiUrl,
    caFile,
    ...(native && { clientId: native.clientId }),
  };
}

/** What the client needs to trust the sandbox, and to be its application that signs with a private key. */
export async function saveSandboxFiles(folder: OwnFolder, certificate: string, privateKey: string) {
  const [ca, key] = ['ca.pem', 'private-key.pem'];
  await writePrivateFile(folder, ca, certificate);
  await writePrivateFile(folder, key, privateKey);
  return { caFile: join(folder.path, ca), privateKeyFile: join(folder.path, key) };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure('usage', `"${text}" is no port.`, {
    code: 'invalid_port',
    hint: 'Give --port a number from 1 to 65535, or 0 for any free one.',
  });
}

/** The seed of the sandbox: that of the file, if any, with the users of the other file put into it. */
async function seedWith({ seed: seedFile, users: usersFile }: SandboxWishes, runtime: Pick<Runtime, 'signal'>) {
  const [{ defaultSeed }, { withServiceKey }] = await Promise.all([
    import('../sandbox/seed.ts'),
    import('../sandbox/seed/service-key.ts'),
  ]);
  if (seedFile === undefined && usersFile === undefined) return withServiceKey(defaultSeed);
  const { seedInText, withUsersInText } = await import('../sandbox/seed/read-seed.ts');
  const textOf = (file: string, read: ReadFor) => seedText(file, read, runtime);
  const seed = seedFile === undefined ? defaultSeed : seedInText(await textOf(seedFile, readFor.seed), seedFile);
  const all = usersFile === undefined ? seed : withUsersInText(seed, await textOf(usersFile, readFor.users), usersFile);
  return withServiceKey(all);
}

type ReadFor = (typeof readFor)[keyof typeof readFor];

/** What a file is read for, in the words of its errors. */
const readFor = {
  seed: { what: 'The seed', code: 'seed_unreadable', hint: 'Name a readable JSON file with --seed.' },
  users: { what: 'The file of users', code: 'users_unreadable', hint: 'Name a readable JSON file with --users.' },
} as const;

/** Bytes. Whoever names another file by mistake need not wait until all of it is in memory. */
const longestSeed = 5_000_000;

async function seedText(file: string, read: ReadFor, { signal }: Pick<Runtime, 'signal'>): Promise<string> {
  const unreadable = (why: string, cause?: unknown) =>
    new Failure('usage', `${read.what} cannot be read: ${why}`, { code: read.code, hint: read.hint, cause });
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of createReadStream(file, { end: longestSeed, signal })) chunks.push(chunk);
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(messageOf(error), error);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > longestSeed) throw unreadable(`${file} has more than ${longestSeed / 1_000_000} MB.`);
  try {
    // It passes over the byte-order mark that editors on Windows put in front (RFC 8259, section 8.1).
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(`${file} is not in UTF-8.`, error);
  }
}

function portForbidden(port: number, cause: unknown): Failure {
  return new Failure('failed', `This system does not let you listen on port ${port} of 127.0.0.1.`, {
    code: 'port_forbidden',
    hint: wording`Take any free one with ${ping14c('sandbox --port 0')}.`,
    cause,
  });
}

function portBusy(port: number, cause: unknown): Failure {
  return new Failure('failed', `Port ${port} of 127.0.0.1 is in use; perhaps a sandbox is running already.`, {
    code: 'port_in_use',
    hint: wording`Use that one, stop it, or start another with ${ping14c('-P sandbox2 sandbox --port 0')}.`,
    cause,
  });
}
