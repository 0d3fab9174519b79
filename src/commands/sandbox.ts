import type { Command } from 'commander';
import { type CommandContext, type Declare, type VerboseOption, verbose } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { OfferingOption, type OfferValues } from '../cli/offers.ts';
import { changeProfiles, type Profile, type Profiles, profileNamed, readProfiles } from '../config/profiles.ts';
import { definitionOf } from '../config/setting-definitions.ts';
import { Failure } from '../errors.ts';
import { configFolder, stateFolder } from '../files/folders.ts';
import { subfolder } from '../files/own-folder.ts';
import { isText } from '../json.ts';
import { isLoopbackHost } from '../loopback-host.ts';
import { shellWord } from '../output/shell-words.ts';
import { ping14c, wording } from '../wording.ts';
import { keepSandboxKeys } from './sandbox-keys.ts';
import { type SandboxWishes, sandboxSettings, saveSandboxFiles, startWished } from './sandbox-start.ts';

/** The port is always the same, so that the saved profile is good for the next start as well. */
const defaultPort = 9443;

const help = `
COMMAND has a profile and folders of its own, all gone with it; its exit code is ours.
PING14C_SANDBOX names a file with what "sandbox --json" prints.

A seed (docs/sandbox.md; JSON Schema: ping14c/schemas/sandbox-seed.json):
  {"users": [{"username": "mary", "password": "Steam-Engine-1842"}],
   "applications": [{"name": "Shop", "redirectUris": ["http://localhost/cb"]}]}`;

interface SandboxFlags extends VerboseOption {
  readonly port?: string;
  readonly seed?: string;
  readonly users?: string;
  readonly fault: readonly string[];
  readonly listFaults?: true;
}

export const declare: Declare = (command, contexts) => {
  // The program has a setting of that name, takes the flag wherever it stands, and keeps the last one: here each counts.
  const redirectUris: string[] = [];
  command.parent?.on('option:redirect-uri', (uri: string) => redirectUris.push(uri));
  command
    .description('Run a local PingOne, with users and applications to try everything on, until Ctrl-C.')
    .usage('[options] [-- COMMAND [ARGUMENTS]]')
    .argument('[command...]', 'a shell, a test suite …: run it in the sandbox')
    .option('--port <number>', `port of 127.0.0.1 and ::1; 0 for any free one (default: ${defaultPort})`)
    .option('--seed <file>', 'users, applications and policies of a JSON file')
    .option('--users <file>', 'users of a JSON list')
    .option('--redirect-uri <uri>', 'register this one too; may be repeated')
    .addOption(
      new OfferingOption('--fault <names>', 'let this fail on purpose: token-5xx,clock-ahead', offerFaults)
        .argParser(collected)
        .default([]),
    )
    .option('--list-faults', 'say what can fail on purpose')
    .option(...verbose('every user and application, addresses, files'))
    .addHelpText(
      'before',
      examples(
        ['ping14c sandbox', 'use it with -P sandbox, in another terminal'],
        ['ping14c sandbox -- bash', 'a shell in which "ping14c login" works'],
        ['ping14c sandbox --fault token-5xx', 'a PingOne that has trouble'],
      ),
    )
    .addHelpText('after', help)
    .action(async ([file, ...args]: readonly string[], options: SandboxFlags, started: Command) => {
      const context = contexts.unconfigured(started);
      if (file !== undefined && (options.listFaults || options.verbose)) {
        throw new Failure(
          'usage',
          `--${options.listFaults ? 'list-faults' : 'verbose'} is not for running a command.`,
          {
            code: 'conflicting_options',
            hint: 'Leave one of the two out.',
          },
        );
      }
      if (options.listFaults) return listFaults(context);
      const wishes = { ...options, redirectUris };
      if (file === undefined) return runSandbox(context, wishes);
      const { runInSandbox } = await import('./sandbox-program.ts');
      return runInSandbox(context, { ...wishes, port: options.port ?? '0' }, file, args);
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
async function runSandbox(
  context: CommandContext,
  options: SandboxFlags & Pick<SandboxWishes, 'redirectUris'>,
): Promise<void> {
  const { runtime, output, namedProfile: profile = 'sandbox' } = context;
  refuseForeignProfile(await readProfiles(configFolder(context)), profile, runtime.platform);
  const [{ guideDetails, guideDocument, guideText }, { plainRequestLine, requestLine }] = await Promise.all([
    import('../sandbox/guide.ts'),
    import('../sandbox/request-line.ts'),
  ]);
  const paint = output.paintNote;
  const wishes = { ...options, port: options.port ?? String(defaultPort) };
  const tell: Parameters<typeof startWished>[2] = (entry, environmentId) => {
    const line = () => requestLine(entry, { at: runtime.now(), environmentId, paint });
    output.note(output.json ? paint.dim(plainRequestLine(entry)) : line());
  };
  const folder = subfolder(subfolder(stateFolder(context), 'sandboxes'), folderName(profile));
  const { sandbox, privateKey, keys } = await startWished(context, wishes, tell, folder);
  try {
    if (keys) await keepSandboxKeys(folder, keys);
    const files = await saveSandboxFiles(folder, sandbox.ca, privateKey);
    await saveSandboxProfile(context, profile, await sandboxSettings(sandbox, files.caFile));
    const guide = { sandbox, profile, platform: runtime.platform, ...files };
    const text = options.verbose ? guideDetails(guide, output) : guideText(guide, output);
    await output.result({ text, document: guideDocument(guide) });
    warnOfOverrides(context, profile);
    output.note('Each request is told here. Ctrl-C ends the sandbox, and its changes are gone.');
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
  throw new Failure('usage', `The profile "${name}" already exists, and is not for a sandbox.`, {
    code: 'profile_exists',
    hint: wording`Save the sandbox under another name with ${ping14c('-P NAME sandbox')}, or remove it with ${ping14c(`profile remove ${shellWord(name, platform)}`)}.`,
  });
}

/**
 * Saves these values in the sandbox's profile. Its other values, the other profiles and which one is active stay. A new one keeps
 * its sessions in a file: a keychain is not everywhere, and what the sandbox's users have is nobody's secret.
 */
async function saveSandboxProfile(context: CommandContext, name: string, values: Profile): Promise<void> {
  const { runtime } = context;
  await changeProfiles(configFolder(context), runtime, (saved) => {
    // Somebody may have saved one since the sandbox began to start.
    refuseForeignProfile(saved, name, runtime.platform);
    // An earlier sandbox may have had an application for this command, and the seed of this one none.
    const { clientId: _, ...before } = profileNamed(saved, name) ?? { store: 'file' };
    return { ...saved, profiles: { ...saved.profiles, [name]: { ...before, ...values } } };
  });
}

/** Rejects at the signal, which `main` turns into the exit code. */
function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => reject(new Failure('interrupted', 'The sandbox has ended.', { code: 'interrupted' }));
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  });
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
    output.warn(`${set.join(', ')} would override the profile "${profile}": unset it to use the sandbox.`);
}
