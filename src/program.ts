import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import type { CommandContext, ConfiguredContext, Declare, Run } from './cli/context.ts';
import { blamedSettings } from './config/blamed-settings.ts';
import { chosenProfile, readProfiles } from './config/profiles.ts';
import { definitionOf, isSettingKey, settingKeys } from './config/setting-definitions.ts';
import { resolveSettings } from './config/settings.ts';
import { ExitCode, RunEnded } from './errors.ts';
import { configFolder } from './files/folders.ts';
import type { Output } from './output/output.ts';
import { shellWord } from './output/shell-words.ts';
import { wrap } from './output/table.ts';
import type { OutputStream, Runtime } from './runtime.ts';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<{ readonly declare: Declare }>;
}

/** Every command, in the order of the help. A command's file is loaded only when its name is among the arguments. */
const commandEntries: readonly CommandEntry[] = [
  { name: 'login', summary: 'sign in through the browser', load: () => import('./commands/login.ts') },
  { name: 'logout', summary: 'end the session, here and at PingOne', load: () => import('./commands/logout.ts') },
  { name: 'whoami', summary: 'show who is signed in', load: () => import('./commands/whoami.ts') },
  { name: 'passwd', summary: 'change your own password', load: () => import('./commands/passwd.ts') },
  { name: 'token', summary: 'print a valid access token', load: () => import('./commands/token.ts') },
  { name: 'exec', summary: 'run a program with an access token', load: () => import('./commands/exec.ts') },
  { name: 'status', summary: 'tell whose session this is, until when', load: () => import('./commands/status.ts') },
  { name: 'init', summary: 'set up a profile, step by step', load: () => import('./commands/init.ts') },
  { name: 'trust', summary: 'make browsers accept the listener', load: () => import('./commands/trust.ts') },
  { name: 'config', summary: 'show and change settings', load: () => import('./commands/config.ts') },
  { name: 'profile', summary: 'choose among saved sets of settings', load: () => import('./commands/profile.ts') },
  { name: 'doctor', summary: 'check all that a sign-in needs', load: () => import('./commands/doctor.ts') },
  { name: 'sandbox', summary: 'run a local PingOne to try things on', load: () => import('./commands/sandbox.ts') },
  { name: 'demo', summary: 'take the whole tour against a sandbox', load: () => import('./commands/demo.ts') },
  { name: 'completion', summary: 'print a completion script', load: () => import('./commands/completion.ts') },
];

/** With one of these words all commands, or all options, are described. */
const describing: ReadonlySet<string> = new Set(['completion', 'help', '--help', '-h']);

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
  await (await createProgram(ours, 'whole', runtime, output, run)).parseAsync([...argv], { from: 'user' });
}

/** The command tree for these arguments: the named commands with their options, and with `whole` the others by name and summary. */
async function createProgram(
  ours: readonly string[],
  extent: 'named' | 'whole',
  runtime: Runtime,
  output: Output,
  run: Run,
): Promise<Command> {
  const isNamed = (word: string) => extent === 'whole' || ours.some((given) => given.split('=', 1)[0] === word);
  const write = (stream: OutputStream, text: string) => void (extent === 'whole' && stream.write(fitted(text, stream)));
  const program = new Command('ping14c')
    .description('Sign in to PingOne for Customers, and use its APIs, from a terminal.')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('-P, --profile <name>', 'use the settings of this profile')
    .option('--json', 'print one JSON document on standard output')
    .option('--no-input', 'never ask; fail naming the flag instead')
    .option('--no-color', 'no colour')
    .option('--debug', 'tell every request, with secrets redacted')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false, subcommandTerm: nameAndArguments })
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => write(runtime.stdout, text),
      writeErr: (text) => write(runtime.stderr, text),
      // Nothing is printed here, because `main` prints all errors, ours and commander's.
      outputError: () => {},
    })
    .exitOverride();
  program.optionsGroup('Settings, each of which may be saved in a profile:');
  addSettingFlags(program, undefined, isNamed);
  const unconfigured = (command: Command) => contextOf(command, { runtime, output, run });
  const configured = (command: Command) => withSettings(unconfigured(command));
  for (const { name, summary, load } of commandEntries.filter(({ name }) => isNamed(name))) {
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
    // All commands are loaded for `completion`, which describes them.
    if (ours.includes(name) || ours.includes('completion'))
      (await load()).declare(command, { configured, unconfigured });
    addSettingFlags(command, name, isNamed);
  }
  return program;
}

/** Adds the flags of settings that only the named command has; with `undefined`, of those that all commands have. */
function addSettingFlags(command: Command, only: string | undefined, isNamed: (word: string) => boolean): void {
  for (const key of settingKeys) {
    const { flag, label, variables, choices, only: owner } = definitionOf(key);
    if (!flag || owner !== only || !isNamed(flag.split(' ', 1)[0] ?? '')) continue;
    const declared = command.options.some((option) => option.attributeName() === key);
    const offered = choices ? `: ${choices.join(', ')}` : '';
    if (!declared) command.option(flag, `${label}${offered} (${variables[0]})`);
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

/**
 * commander fits the options into the terminal, but not the paragraphs below them: their lines are joined first, or each would
 * leave a rest. A line that is indented, or begins with an option, is no continuation.
 */
function fitted(help: string, { isTTY, columns }: OutputStream): string {
  if (!isTTY || !columns) return help;
  return help
    .replace(/(?<=\n\S.*)\n(?=[^\s-])/g, ' ')
    .split('\n')
    .flatMap((line) => wrap(line, columns))
    .join('\n');
}

/** The command as the help lists it. `[options]` is left out: commander knows of them only for commands that are loaded. */
function nameAndArguments(command: Command): string {
  const values = command.registeredArguments.map((value) =>
    value.required ? `<${value.name()}>` : `[${value.name()}]`,
  );
  return [command.name(), ...values].join(' ');
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
  output.addDetails((failure) => blamedSettings(settings, failure));
  return { ...context, settings };
}
