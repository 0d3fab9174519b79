import type { Command } from 'commander';
import type { Declare } from '../cli/context.ts';
import { examples } from '../cli/examples.ts';
import { type Offer, OfferingArgument } from '../cli/offers.ts';
import { fittedHelp, noSuchCommand } from '../help/page.ts';
import { isTopic, topics } from '../help/topics.ts';

export const declare: Declare = (command, contexts) => {
  command
    .description('Explain a command, or what all commands share.')
    .usage('[command or topic]')
    .addArgument(new OfferingArgument('[words...]', '', async (_site, before) => offersBelow(command.parent, before)))
    .addHelpText(
      'before',
      examples(...Object.entries(topics).map(([name, { summary }]) => [`ping14c help ${name}`, summary] as const)),
    )
    .action(async (words: readonly string[], _options, self: Command) => {
      const { runtime, output } = contexts.unconfigured(self);
      const program = self.parent ?? self;
      const [topic = ''] = words;
      const { stdout } = runtime;
      if (!isTopic(topic)) return commandAt(program, words).help();
      const text = await topics[topic].load();
      stdout.write(`${fittedHelp(text(program, output), stdout)}\n`);
    });
};

/** The topics, and the commands below those that are named. */
function offersBelow(program: Command | null, words: readonly string[]): readonly Offer[] {
  const offer = (known: Command) => ({ word: known.name(), summary: known.summary() || known.description() });
  const named = words.reduce<Command | null | undefined>(
    (command, word) => command?.commands.find((known) => known.name() === word),
    program,
  );
  const shared = Object.entries(topics).map(([word, { summary }]) => ({ word, summary }));
  return [...(words.length === 0 ? shared : []), ...(named?.commands.map(offer) ?? [])];
}

/** The command that the words lead to: `config set`. @throws Failure `usage` where they lead to none */
function commandAt(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => {
    const child = command.commands.find((known) => known.name() === word);
    if (child) return child;
    throw noSuchCommand(word, command);
  }, program);
}
