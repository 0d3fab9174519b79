import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandContext, Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { OfferingOption, type OfferValues } from '../cli/offers.ts';
import { changeProfiles, type Profile, type Profiles, profileNamed, readProfiles } from '../config/profiles.ts';
import { definitionOf } from '../config/setting-definitions.ts';
import { codeOf, Failure, messageOf } from '../errors.ts';
import { configFolder, stateFolder } from '../files/folders.ts';
import { type OwnFolder, subfolder } from '../files/own-folder.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { isText } from '../json.ts';
import { isLoopbackHost } from '../loopback-host.ts';
import { safeText } from '../output/safe-text.ts';
import { shellWord } from '../output/shell-words.ts';
import type { RequestEntry } from '../sandbox/sandbox.ts';
import { ping14c, wording } from '../wording.ts';

/** The port is always the same, so that the saved profile is good for the next start as well. */
const defaultPort = 9443;

interface SandboxOptions {
  readonly port: string;
  readonly users?: string;
  readonly fault: readonly string[];
  readonly listFaults?: true;
}

export const declare: Declare = (command, contexts) => {
  command
    .description('Run a local PingOne, with users and applications to try everything on, until Ctrl-C.')
    .option('--port <number>', 'port of 127.0.0.1; 0 for any free one', String(defaultPort))
    .option('--users <file>', 'add users, or replace them, from a JSON file')
    .addOption(
      new OfferingOption('--fault <names>', 'let this fail on purpose: token-5xx,clock-ahead', offerFaults)
        .argParser(collected)
        .default([]),
    )
    .option('--list-faults', 'say what can fail on purpose')
    .addHelpText(
      'before',
      examples(
        ['ping14c sandbox', 'use it with -P sandbox, in another terminal'],
        ['ping14c sandbox -P ci --port 0', 'a second one, with a profile of its own'],
        ['ping14c sandbox --fault token-5xx', 'a PingOne that has trouble'],
      ),
    )
    .addHelpText(
      'after',
      '\nThe file of users is a list:\n  [{"username": "mary", "password": "Steam-Engine-1842"},\n' +
        '   {"username": "ada", "password": {"value": "Old-Pass-1843", "changedDaysAgo": 200}}]\n' +
        'Each may also have: id, note, enabled, attributes, groups, identityProvider;\na password: forceChange, lockedOut, policy.',
    )
    .action(async (options: SandboxOptions, started) => {
      const context = contexts.unconfigured(started);
      if (options.listFaults) await listFaults(context);
      else await runSandbox(context, options);
    });
};

function collected(names: string, before: readonly string[]): readonly string[] {
  return [...before, names];
}

/** One more behind those that are typed. */
const offerFaults: OfferValues = async (_site, _before, typed) => {
  const { faultListDocument } = await import('../sandbox/faults.ts');
  const others = typed.slice(0, typed.lastIndexOf(',') + 1);
  return faultListDocument().faults.map(({ name, happens }) => ({ word: `${others}${name}`, summary: happens }));
};

async function listFaults({ output }: CommandContext): Promise<void> {
  const { faultListDocument, faultListText } = await import('../sandbox/faults.ts');
  await output.result({ text: faultListText(output), document: faultListDocument() });
}

/** 1. Read what is given. 2. Start. 3. Save what the client needs. 4. Say how to use the sandbox. 5. Serve until a signal. */
async function runSandbox(context: CommandContext, options: SandboxOptions): Promise<void> {
  const { runtime, output, namedProfile: profile = 'sandbox' } = context;
  const port = portOf(options.port);
  refuseForeignProfile(await readProfiles(configFolder(context)), profile, runtime.platform);
  const [{ startSandbox }, { faultsNamed }, { guideApplications, guideDocument, guideText }] = await Promise.all([
    import('../sandbox/sandbox.ts'),
    import('../sandbox/faults.ts'),
    import('../sandbox/guide.ts'),
  ]);
  const faults = faultsNamed(options.fault);
  const { seed, privateKey } = await seedWith(options.users);
  const onRequest = (entry: RequestEntry) => output.note(output.paintNote.dim(requestLine(entry)));
  const given = { seed, port, faults, now: runtime.now, onRequest };
  const sandbox = await startSandbox(given).catch((error: unknown) => {
    if (codeOf(error) === 'EADDRINUSE') throw portBusy(port, error);
    throw codeOf(error) === 'EACCES' ? portForbidden(port, error) : error;
  });
  try {
    const folder = subfolder(subfolder(stateFolder(context), 'sandboxes'), folderName(profile));
    const files = await saveFiles(folder, sandbox.certificate.cert, privateKey);
    await saveSandboxProfile(context, profile, {
      environmentId: sandbox.environmentId,
      authUrl: sandbox.origin,
      apiUrl: sandbox.apiUrl,
      clientId: guideApplications(sandbox).native.clientId,
      caFile: files.caFile,
    });
    const guide = { sandbox, profile, platform: runtime.platform, ...files };
    await output.result({ text: guideText(guide, output), document: guideDocument(guide) });
    warnOfOverrides(context, profile);
    output.note('Each request is told here. Ctrl-C ends the sandbox, and all that was changed in it is forgotten.');
    await ended(runtime.signal);
  } finally {
    await sandbox.close();
  }
}

/**
 * Each profile has a folder of its own, so that a second sandbox does not take the first one's certificate away; also where
 * "Dev" and "dev" are one folder (Windows, macOS). Encoded, so that no name leads out of the folder, or is none or a device's
 * on Windows.
 */
function folderName(profile: string): string {
  const encoded = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`;
  return encodeURIComponent(profile)
    .replace(/%../g, (code) => code.toLowerCase())
    .replace(/[A-Z*]|^\.+|\.$|^(?=(?:con|nul|prn|aux|com\d|lpt\d)(?:\.|$))[a-z]/g, (part) =>
      [...part].map(encoded).join(''),
    );
}

/**
 * Refuses a name under which a real environment's profile is saved: no sandbox's profile may overwrite that.
 *
 * @throws Failure `usage`
 */
function refuseForeignProfile(profiles: Profiles, name: string, platform: NodeJS.Platform): void {
  const saved = profileNamed(profiles, name);
  const { authUrl } = saved ?? {};
  if (!saved || (isText(authUrl) && URL.canParse(authUrl) && isLoopbackHost(new URL(authUrl).hostname))) return;
  throw new Failure('usage', `The profile "${name}" is there already, and not a sandbox's.`, {
    code: 'profile_exists',
    hint: wording`Save the sandbox under another name with ${ping14c('-P NAME sandbox')}, or remove it with ${ping14c(`profile remove ${shellWord(name, platform)}`)}.`,
  });
}

/** Saves these values in the sandbox's profile. Its other values, the other profiles and which one is active stay. */
async function saveSandboxProfile(context: CommandContext, name: string, values: Profile): Promise<void> {
  const { runtime } = context;
  await changeProfiles(configFolder(context), runtime, (saved) => {
    // Somebody may have saved one since the sandbox began to start.
    refuseForeignProfile(saved, name, runtime.platform);
    return { ...saved, profiles: { ...saved.profiles, [name]: { ...profileNamed(saved, name), ...values } } };
  });
}

function requestLine({ method, path, status, faults }: RequestEntry): string {
  const failing = faults ? ` (${faults.join(', ')})` : '';
  return `${method} ${safeText(path)} ${status === 0 ? 'no answer' : status}${failing}`;
}

/** Rejects at the signal, which `main` turns into the exit code. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new Failure('interrupted', 'The sandbox has ended.', { code: 'interrupted' }));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Failure('usage', `"${text}" is no port.`, {
    code: 'invalid_port',
    hint: 'Give --port a number from 1 to 65535, or 0 for any free one.',
  });
}

async function seedWith(usersFile: string | undefined) {
  const [{ defaultSeed }, { withServiceKey }, { withUsers }] = await Promise.all([
    import('../sandbox/seed.ts'),
    import('../sandbox/seed/service-key.ts'),
    import('../sandbox/seed/user-file.ts'),
  ]);
  if (usersFile === undefined) return withServiceKey(defaultSeed);
  const text = await readFile(usersFile, 'utf8').catch((error: unknown) => {
    throw new Failure('usage', `The file of users cannot be read: ${messageOf(error)}`, {
      code: 'users_unreadable',
      hint: 'Name a readable JSON file with --users.',
      cause: error,
    });
  });
  return withServiceKey(withUsers(defaultSeed, text));
}

/** What the client needs to trust the sandbox, and to be its application that signs with a private key. */
async function saveFiles(folder: OwnFolder, certificate: string, privateKey: string) {
  const [ca, key] = ['ca.pem', 'private-key.pem'];
  await writePrivateFile(folder, ca, certificate);
  await writePrivateFile(folder, key, privateKey);
  return { caFile: join(folder.path, ca), privateKeyFile: join(folder.path, key) };
}

/**
 * Warns of variables that go before a profile that is named, which are ours alone: with one of them set, the other terminal
 * would not reach the sandbox.
 */
function warnOfOverrides({ runtime, output }: CommandContext, profile: string): void {
  const keys = ['environmentId', 'authUrl', 'apiUrl', 'clientId', 'clientSecret', 'authMethod', 'caFile'] as const;
  const set = keys
    .flatMap((key) => definitionOf(key).variables)
    .filter((name) => runtime.env[name] && name.startsWith('PING14C_'));
  if (set.length > 0)
    output.warn(`${set.join(', ')} would go before the profile "${profile}": unset it to use the sandbox.`);
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
    hint: wording`Use that one, end it, or start another beside it with ${ping14c('-P sandbox2 sandbox --port 0')}.`,
    cause,
  });
}
