import { Argument, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../output/did-you-mean.ts';

/** An option whose value is one of a few words. */
export function choiceOption(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words).argParser(oneOf(words));
}

/** An argument that is one of a few words. */
export function choiceArgument(name: string, description: string, words: readonly string[]): Argument {
  return new Argument(name, description).choices(words).argParser(oneOf(words));
}

function oneOf(words: readonly string[]): (text: string) => string {
  return (text) => {
    if (words.includes(text)) return text;
    // A second line is what was perhaps meant, as with commander's own.
    throw new InvalidArgumentError(`It is not one of ${words.join(', ')}.\n${didYouMean(text, words)}`.trimEnd());
  };
}
