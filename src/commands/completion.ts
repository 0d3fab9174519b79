import type { Command } from 'commander';
import { choiceArgument } from '../cli/choices.ts';
import type { Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { completionScripts, type Shell } from '../completion/scripts.ts';

const shells = Object.keys(completionScripts) as Shell[];

export const declare: Declare = (command, contexts) => {
  command
    .description('Print a completion script for your shell.')
    .addArgument(choiceArgument('<shell>', 'the shell to complete in', shells))
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
        "  Add-Content $PROFILE 'ping14c completion powershell | Out-String | iex'",
      ].join('\n'),
    )
    .action(async (shell: Shell, _options, completion: Command) => {
      const { output } = contexts.unconfigured(completion);
      const script = completionScripts[shell];
      await output.result({ text: script, document: { schemaVersion: 1, shell, script } });
    });
};
