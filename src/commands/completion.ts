import { Argument, type Command } from 'commander';
import type { Declare } from '../invocation/invocation.ts';
import { type CompletionTree, completionScripts, type Shell } from '../output/completion-script.ts';

const shells = Object.keys(completionScripts) as Shell[];

export const declare: Declare = (command, _start, open) => {
  command
    .description('Print a completion script for your shell.')
    .addArgument(new Argument('<shell>', 'the shell to complete in').choices(shells))
    .addHelpText(
      'after',
      [
        '',
        'To install it:',
        '  bash        ping14c completion bash > ~/.local/share/bash-completion/completions/ping14c',
        '  zsh         ping14c completion zsh > ~/.zfunc/_ping14c  (a folder in $fpath)',
        '  fish        ping14c completion fish > ~/.config/fish/completions/ping14c.fish',
        '  powershell  ping14c completion powershell >> $PROFILE',
      ].join('\n'),
    )
    .action(async (shell: Shell, _options, completion: Command) => {
      const { output } = open(completion);
      const script = completionScripts[shell](treeOf(completion.parent ?? completion));
      await output.result({ text: script, document: { schemaVersion: 1, shell, script } });
    });
};

function treeOf(command: Command): CompletionTree {
  const help = command.createHelp();
  return {
    name: command.name(),
    summary: command.summary() || command.description(),
    options: help.visibleOptions(command).map(({ long, short, description }) => ({
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
