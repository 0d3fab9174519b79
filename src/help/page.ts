import { type Argument, type Command, Help, type Option } from 'commander';
import { examples } from '../cli/examples.ts';
import { Failure } from '../errors.ts';
import { didYouMean } from '../output/did-you-mean.ts';
import type { Output } from '../output/output.ts';
import { fitted } from '../output/table.ts';
import type { OutputStream, Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import { topics } from './topics.ts';

/**
 * How the help of each command is laid out: what it is for, the examples that the command has put in front, its own options,
 * its own remarks, and where the rest stands. To be called before the program has commands, which take this over.
 */
export function layOutHelp(program: Command, { stdout, stderr }: Runtime, output: Output): void {
  const topicNames = Object.keys(topics);
  program
    .usage('<command> [options]')
    .configureHelp({
      formatHelp: (command, help) => {
        // Commander looks for near words among the visible ones: they are left out only here. "help settings" has the others.
        const own = command === program ? [] : command.options.filter(({ hidden }) => !hidden);
        // The last line tells of `help`, which every command has that has others.
        const commands = command.commands.filter((child) => child.name() !== 'help');
        const shown: Help = Object.assign(Object.create(help), {
          visibleOptions: () => own,
          visibleCommands: () => commands,
        });
        return `${Help.prototype.formatHelp.call(shown, command, shown).trimEnd()}\n`;
      },
      minWidthToWrap: 20,
      // No empty lines between groups: it all has to be seen at once.
      formatItemList: (heading, items, help) => (items.length === 0 ? [] : [help.styleTitle(heading), ...items]),
      // It stands in front already.
      commandDescription: () => '',
      subcommandTerm: nameAndArguments,
      optionDescription: described,
      argumentDescription: described,
      styleTitle: (title) => output.paint.bold(title),
    })
    .configureOutput({
      writeOut: (text) => void stdout.write(fittedHelp(text, stdout)),
      writeErr: (text) => void stderr.write(fittedHelp(text, stderr)),
      getOutHelpWidth: () => columnsOf(stdout) ?? 80,
      getErrHelpWidth: () => columnsOf(stderr) ?? 80,
      getOutHasColors: () => output.paint.level > 0,
      getErrHasColors: () => output.paintNote.level > 0,
    })
    .addHelpText('beforeAll', ({ command }) => {
      // Commander explains what it understands, and passes over a command that is misspelt.
      const [word] = command.args;
      const isKnown = command.commands.length === 0 || command.commands.some((child) => child.name() === word);
      if (word && !word.startsWith('-') && !isKnown) throw noSuchCommand(word, command);
      return `${sentence(command.description())}\n`;
    })
    .addHelpText(
      'before',
      examples(
        ['ping14c demo', 'the whole tour, without an account'],
        ['ping14c init', 'set up your own environment, step by step'],
        ['ping14c login', 'sign in to it through the browser'],
      ),
    )
    .addHelpText('afterAll', ({ command }) =>
      command === program
        ? `\nMore: ping14c help ${['<command>', ...topicNames].join(', ')}.`
        : `\nWhat all commands share: ping14c help ${topicNames.join(', ')}.`,
    );
}

/** What is answered to a word that names no command here, and on the first level no topic. */
export function noSuchCommand(word: string, { commands, parent }: Command): Failure {
  const known = [...commands.map((command) => command.name()), ...(parent ? [] : Object.keys(topics))];
  return new Failure('usage', `There is no command or topic "${word}".`, {
    code: 'unknown_topic',
    hint: wording`${didYouMean(word, known)}See ${ping14c('--help')}.`,
  });
}

/**
 * commander fits the options into the terminal, but not the paragraphs around them: their lines are joined first, or each would
 * leave a rest. A line that is indented, or begins with an option, is no continuation.
 */
export function fittedHelp(help: string, stream: OutputStream): string {
  const columns = columnsOf(stream);
  return columns === undefined ? help : fitted(help.replace(/(?<=\n\S.*)\n(?=[^\s-])/g, ' '), columns);
}

function columnsOf({ isTTY, columns }: OutputStream): number | undefined {
  return isTTY ? columns || 80 : undefined;
}

/** The purpose of a command that belongs to another is a part of that one's list. */
function sentence(purpose: string): string {
  return `${purpose[0]?.toUpperCase()}${purpose.slice(1)}${purpose.endsWith('.') ? '' : '.'}`;
}

/** What may be given, and what is taken where nothing is. A list begins empty. */
function described({
  description,
  argChoices,
  defaultValue,
}: Pick<Option | Argument, 'description' | 'argChoices' | 'defaultValue'>) {
  const offered = argChoices ? `: ${argChoices.join(', ')}` : '';
  return `${description}${offered}${typeof defaultValue === 'string' ? ` (default: ${defaultValue})` : ''}`;
}

/** The command as the help lists it. `[options]` is left out: commander knows of them only for commands that are loaded. */
function nameAndArguments(command: Command): string {
  const values = command.registeredArguments.map((value) =>
    value.required ? `<${value.name()}>` : `[${value.name()}]`,
  );
  return [command.name(), ...values].join(' ');
}
