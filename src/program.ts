import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import type { CommandContext, ConfiguredContext, Declare, Run } from './cli/context.ts';
import { OfferingOption, offerProfiles } from './cli/offers.ts';
import { blamedSettings } from './config/blamed-settings.ts';
import { chosenProfile, readProfiles, unchosenProfiles } from './config/profiles.ts';
import { definitionOf, isSettingKey, settingKeys } from './config/setting-definitions.ts';
import { resolveSettings } from './config/settings.ts';
import { ExitCode, RunEnded } from './errors.ts';
import { configFolder } from './files/folders.ts';
import type { Output } from './output/output.ts';
import { shellWord } from './output/shell-words.ts';
import type { Runtime } from './runtime.ts';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly declare: Declare }>;
}

/** Every command, in the groups and the order of the help. A command's file is loaded only when its name is among the arguments. */
const commandGroups: Readonly<Record<string, readonly CommandEntry[]>> = {
  'Start here:': [
    { name: 'init', summary: 'set up a profile, step by step', load: () => import('./commands/init.ts') },
    { name: 'login', summary: 'sign in through the browser', load: () => import('./commands/login.ts') },
    { name: 'logout', summary: 'end the session, here and at PingOne', load: () => import('./commands/logout.ts') },
  ],
  'Your account:': [
    { name: 'whoami', summary: 'show who is signed in', load: () => import('./commands/whoami.ts') },
    { name: 'status', summary: 'tell whose session this is, until when', load: () => import('./commands/status.ts') },
    { name: 'passwd', summary: 'change your own password', load: () => import('./commands/passwd.ts') },
  ],
  'For scripts:': [
    { name: 'token', summary: 'print a valid access token', load: () => import('./commands/token.ts') },
    { name: 'exec', summary: 'run a program with an access token', load: () => import('./commands/exec.ts') },
  ],
  'Set up:': [
    { name: 'config', summary: 'show and change settings', load: () => import('./commands/config.ts') },
    { name: 'profile', summary: 'choose among saved sets of settings', load: () => import('./commands/profile.ts') },
    { name: 'trust', summary: 'end the browser’s warning at login', load: () => import('./commands/trust.ts') },
    { name: 'doctor', summary: 'check all that a sign-in needs', load: () => import('./commands/doctor.ts') },
    { name: 'completion', summary: 'print a completion script', load: () => import('./commands/completion.ts') },
  ],
  'Try it:': [
    { name: 'sandbox', summary: 'run a local PingOne to try things on', load: () => import('./commands/sandbox.ts') },
    { name: 'demo', summary: 'take the whole tour against a sandbox', load: () => import('./commands/demo.ts') },
  ],
};

const helpEntry: CommandEntry = {
  name: 'help',
  summary: 'explain a command, or what all share',
  load: () => import('./commands/help.ts'),
};

const commandEntries = [...Object.values(commandGroups).flat(), helpEntry];

/** With one of these words all commands, or all options, are described. */
const describing: ReadonlySet<string> = new Set(['help', '--help', '-h']);

/**
 * Runs the command line. Declared is at first no more than it names, since each command and option costs time; where commander
 * makes nothing of that, the whole tree says why, with its suggestions, or prints its help.
 *
 * @param ours the arguments that are ours: those before `--`
 */
export async function runCommandLine(
  argv: readonly string[],
  ours: readonly string[],
  runtime: Runtime,
  output: Output,
  run: Run,
): Promise<void> {
  if (argv[0] === '__complete') {
    const { complete } = await import('./completion/complete.ts');
    const programFor = (words: readonly string[]) => createProgram(words, 'whole', runtime, output, run);
    return complete(argv.slice(1), { runtime, output, programFor });
  }
  if (argv.length === 0) {
    const { isBeginner, sayHowToBegin } = await import('./cli/beginning.ts');
    if (await isBeginner(runtime, output)) {
      sayHowToBegin(runtime, output);
      throw new RunEnded(ExitCode.usage);
    }
  }
  if (commandEntries.some(({ name }) => ours.includes(name)) && !ours.some((word) => describing.has(word))) {
    const acted = { yet: false };
    const named = await createProgram(ours, 'named', runtime, output, run);
    named.hook('preAction', () => {
      acted.yet = true;
    });
    try {
      await named.parseAsync([...argv], { from: 'user' });
      return;
    } catch (error) {
      if (acted.yet || !(error instanceof CommanderError)) throw error;
    }
  }
  await (await createProgram(ours, 'described', runtime, output, run)).parseAsync([...argv], { from: 'user' });
}

/** The command that these arguments name; none where they name none. */
export function namedCommand(ours: readonly string[]): readonly string[] {
  return ours.filter((word) => commandEntries.some(({ name }) => name === word)).slice(0, 1);
}

/**
 * The command tree for these arguments: the named commands with their options; with `whole` the others by name and summary,
 * and with `described` the help too.
 */
async function createProgram(
  ours: readonly string[],
  extent: 'named' | 'whole' | 'described',
  runtime: Runtime,
  output: Output,
  run: Run,
): Promise<Command> {
  const isNamed = (word: string) => extent !== 'named' || ours.some((given) => given.split('=', 1)[0] === word);
  const program = new Command('ping14c')
    .description('Sign in to PingOne for Customers, and use its APIs, from a terminal.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addOption(new OfferingOption('-P, --profile <name>', 'use the settings of this profile', offerProfiles))
    .option('--json', 'print one JSON document on standard output')
    .option('--no-input', 'never ask; fail naming the flag instead')
    .option('--no-color', 'no colour')
    .option('--debug', 'tell every request, with secrets redacted')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    // Nothing is printed here, because `main` prints all errors, ours and commander's.
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} })
    .exitOverride();
  if (extent === 'described') (await import('./help/page.ts')).layOutHelp(program, runtime, output);
  addSettingFlags(program, undefined, isNamed);
  const unconfigured = (command: Command) => contextOf(command, { runtime, output, run });
  const configured = (command: Command) => withSettings(unconfigured(command));
  const add = async ({ name, summary, load }: CommandEntry) => {
    if (!isNamed(name)) return;
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
    if (ours.includes(name)) (await load()).declare(command, { configured, unconfigured });
    addSettingFlags(command, name, isNamed);
  };
  for (const [group, entries] of Object.entries(commandGroups)) {
    program.commandsGroup(group);
    for (const entry of entries) await add(entry);
  }
  await add(helpEntry);
  return program;
}

/** Adds the flags of settings that only the named command has; with `undefined`, of those that all commands have. */
function addSettingFlags(command: Command, only: string | undefined, isNamed: (word: string) => boolean): void {
  for (const key of settingKeys) {
    const { flag, label, choices, only: owner } = definitionOf(key);
    if (!flag || owner !== only || !isNamed(flag.split(' ', 1)[0] ?? '')) continue;
    const declared = command.options.some((option) => option.attributeName() === key);
    const offered = choices && flag.includes('<') ? `: ${choices.join(', ')}` : '';
    if (!declared) command.option(flag, `${label}${offered}`);
  }
}

function contextOf(command: Command, given: Pick<CommandContext, 'runtime' | 'output' | 'run'>): CommandContext {
  const { runtime } = given;
  const { env } = runtime;
  const flags = command.optsWithGlobals<Record<string, unknown>>();
  const named = typeof flags['profile'] === 'string' ? flags['profile'] : env['PING14C_PROFILE']?.trim();
  given.output.nameCommandsWith(carriedOptions(flags, given.runtime.platform));
  return {
    ...given,
    interactive: Boolean(!env['CI'] && flags['input'] !== false && runtime.stderr.isTTY && runtime.stdin.isTTY),
    namedProfile: named || undefined,
    flags: Object.fromEntries(
      Object.entries(flags)
        // Commander gives `true` for a flag without a value.
        .map(([key, value]) => [key, value === true ? 'true' : value] as const)
        .filter(([key, value]) => isSettingKey(key) && typeof value === 'string'),
    ),
  };
}

/** The options that a command in a hint must repeat, because they decide whose session it is and where that is kept. */
function carriedOptions(flags: Readonly<Record<string, unknown>>, platform: Runtime['platform']): readonly string[] {
  const options = { '-P': flags['profile'], '--store': flags['store'] };
  return Object.entries(options).flatMap(([name, value]) =>
    typeof value === 'string' ? [`${name} ${shellWord(value, platform)}`] : [],
  );
}

async function withSettings(context: CommandContext): Promise<ConfiguredContext> {
  const { runtime, output, namedProfile, flags } = context;
  const folder = configFolder(context);
  const saved = await readProfiles(folder);
  const settings = resolveSettings(flags, runtime.env, chosenProfile(saved, namedProfile, folder));
  output.addDetails((failure) => [...blamedSettings(settings, failure), ...unchosenProfiles(saved, settings, failure)]);
  return { ...context, settings };
}
