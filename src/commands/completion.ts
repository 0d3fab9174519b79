import { Argument, type Command } from 'commander';
import type { Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { powershellQuoted, shellQuoted } from '../output/shell-words.ts';

/** What can be typed: a command with its options and the commands below it. */
export interface CompletionTree {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly { readonly names: readonly string[]; readonly summary: string }[];
  readonly commands: readonly CompletionTree[];
}

/** One place on the command line, e.g. `config set`, and what may follow there. */
interface Place {
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly summary: string }[];
}

type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/**
 * The completion script of each shell, for the program with its global options. All four walk the words before the cursor
 * to the deepest known command, and offer what may follow it; everything else is left to the shell's file names.
 */
export const completionScripts: Readonly<Record<Shell, (program: CompletionTree) => string>> = {
  bash: (program) => {
    const places = placesOf(program);
    return `# bash completion for ping14c
_ping14c() {
  local at='' next i words=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${at:+$at }\${COMP_WORDS[i]}"
    case "$next" in
      ${commandPaths(places).map(shellQuoted).join(' | ')}) at=$next ;;
    esac
  done
  case "$at" in
${places.map(({ path, words }) => `    ${shellQuoted(path)}) words=${shellQuoted(words.map(({ word }) => word).join(' '))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _ping14c ping14c
`;
  },
  zsh: (program) => {
    const places = placesOf(program);
    const described = ({ word, summary }: Place['words'][number]) =>
      shellQuoted(`${word.replaceAll(':', '\\:')}:${summary}`);
    return `#compdef ping14c
_ping14c() {
  local at='' next i
  local -a offered
  for ((i = 2; i < CURRENT; i++)); do
    next="\${at:+$at }\${words[i]}"
    case "$next" in
      (${commandPaths(places).map(shellQuoted).join(' | ')}) at=$next ;;
    esac
  done
  case "$at" in
${places.map(({ path, words }) => `    (${shellQuoted(path)}) offered=(${words.map(described).join(' ')}) ;;`).join('\n')}
  esac
  _describe ping14c offered || _files
}
if [ "$funcstack[1]" = _ping14c ]; then _ping14c "$@"; else compdef _ping14c ping14c; fi
`;
  },
  fish: (program) => {
    const places = placesOf(program);
    const offer = ({ path, words }: Place) =>
      words.map(
        ({ word, summary }) =>
          `complete -c ping14c -n ${fishQuoted(`__ping14c_at ${fishQuoted(path)}`)} -a ${fishQuoted(word)} -d ${fishQuoted(summary)}`,
      );
    return `# fish completion for ping14c
function __ping14c_at
    set -l at ''
    for word in (commandline -opc)[2..]
        set -l next (string trim -- "$at $word")
        contains -- $next ${commandPaths(places).map(fishQuoted).join(' ')}
        and set at $next
    end
    test "$at" = "$argv[1]"
end
${places.flatMap(offer).join('\n')}
`;
  },
  powershell: (program) => {
    const places = placesOf(program);
    const entry = ({ path, words }: Place) =>
      `  ${powershellQuoted(path)} = @(${words.map(({ word, summary }) => `@(${powershellQuoted(word)}, ${powershellQuoted(summary)})`).join(', ')})`;
    return `# PowerShell completion for ping14c
$Ping14cPlaces = @{
${places.map(entry).join('\n')}
}
Register-ArgumentCompleter -Native -CommandName ping14c -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $at = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $next = "$at $($element.Extent.Text)".Trim()
    if ($Ping14cPlaces.ContainsKey($next)) { $at = $next }
  }
  $Ping14cPlaces[$at] | Where-Object { $_[0] -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
  },
};

/** Every place, the program's own first; global options may be typed anywhere, so each place offers them. */
function placesOf(program: CompletionTree): Place[] {
  const optionWords = (tree: CompletionTree) =>
    tree.options.flatMap(({ names, summary }) => names.map((word) => ({ word, summary })));
  const everywhere = optionWords(program);
  const placesBelow = (tree: CompletionTree, path: string): Place[] => {
    const commands = tree.commands.map(({ name, summary }) => ({ word: name, summary }));
    const own =
      tree === program ? [] : optionWords(tree).filter(({ word }) => !everywhere.some((known) => known.word === word));
    const below = tree.commands.flatMap((child) => placesBelow(child, path ? `${path} ${child.name}` : child.name));
    return [{ path, words: [...commands, ...own, ...everywhere] }, ...below];
  };
  return placesBelow(program, '');
}

function commandPaths(places: readonly Place[]): string[] {
  return places.map(({ path }) => path).filter((path) => path !== '');
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const shells = Object.keys(completionScripts) as Shell[];

export const declare: Declare = (command, contexts) => {
  command
    .description('Print a completion script for your shell.')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(shells))
    .addHelpText(
      'before',
      examples(
        ['ping14c completion bash > ~/.local/share/bash-completion/completions/ping14c', ''],
        ['ping14c completion zsh > ~/.zfunc/_ping14c', ''],
        ['ping14c completion fish > ~/.config/fish/completions/ping14c.fish', ''],
      ),
    )
    .addHelpText(
      'after',
      [
        '',
        'For zsh, a folder in $fpath. In PowerShell:',
        '  if (!(Test-Path $PROFILE)) { New-Item -Force $PROFILE }',
        "  Add-Content $PROFILE 'ping14c completion powershell | Out-String | Invoke-Expression'",
      ].join('\n'),
    )
    .action(async (shell: Shell, _options, completion: Command) => {
      const { output } = contexts.unconfigured(completion);
      const script = completionScripts[shell](treeOf(completion.parent ?? completion));
      await output.result({ text: script, document: { schemaVersion: 1, shell, script } });
    });
};

/** Which commander has for every command. */
const helpOption = { long: '--help', short: '-h', description: 'print this help' };

function treeOf(command: Command): CompletionTree {
  const help = command.createHelp();
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    options: [...command.options, helpOption].map(({ long, short, description }) => ({
      names: [long, short].filter((name) => typeof name === 'string'),
      summary: description,
    })),
    // Commander adds a `help` command of its own to every command that has others.
    commands: help
      .visibleCommands(command)
      .filter((child) => child.name() !== 'help')
      .map(treeOf),
  };
}
