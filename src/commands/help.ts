import type { Command } from 'commander';
import type { Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { Failure } from '../errors.ts';
import { fittedHelp } from '../help/page.ts';
import { isTopic, topics } from '../help/topics.ts';
import { ping14c, wording } from '../wording.ts';

export const declare: Declare = (command, contexts) => {
  command
    .description('Explain a command, or what all commands share.')
    .usage('[command or topic]')
    .argument('[words...]')
    .addHelpText(
      'before',
      examples(...Object.entries(topics).map(([name, { summary }]) => [`ping14c help ${name}`, summary] as const)),
    )
    .action(async (words: readonly string[], _options, self: Command) => {
      const { runtime, output } = contexts.unconfigured(self);
      const program = self.parent ?? self;
      const [topic = ''] = words;
      const { stdout } = runtime;
      if (isTopic(topic)) stdout.write(`${fittedHelp(topics[topic].text(program, output), stdout)}\n`);
      else commandAt(program, words).help();
    });
};

/** The command that the words lead to: `config set`. @throws Failure `usage` where they lead to none */
function commandAt(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => {
    const child = command.commands.find((known) => known.name() === word);
    if (child) return child;
    throw new Failure('usage', `There is no command or topic "${words.join(' ')}".`, {
      code: 'unknown_topic',
      hint: wording`See ${ping14c('--help')}.`,
    });
  }, program);
}
