import type { Command } from 'commander';
import type { Offer, Offers } from '../cli/offers.ts';
import type { Output } from '../output/output.ts';
import { safeText } from '../output/safe-text.ts';
import type { Runtime } from '../runtime.ts';
import { bashLine, bashReplacement } from './bash-word.ts';
import { offersAt } from './offers-at.ts';

interface Site {
  readonly runtime: Runtime;
  readonly output: Output;
  /** The command tree, with what the words name declared in it. */
  readonly programFor: (words: readonly string[]) => Promise<Command>;
}

/**
 * Answers a completion script: `files`, or `words` and below it one a line. Whatever goes wrong, a person who presses Tab gets
 * no message in the middle of their line.
 *
 * @param args of bash: its line up to the cursor, and what of it will be replaced; of the others: `=` and the current word (an
 *   empty one would get lost in PowerShell), and the words before it
 */
export async function complete([shell, ...args]: readonly string[], site: Site): Promise<void> {
  const given = args[0] === '--' ? args.slice(1) : args;
  const lines = await (shell === 'bash' ? bashAnswer(given, site) : answer(given, site)).catch(() => []);
  if (lines.length > 0) site.runtime.stdout.write(`${lines.join('\n')}\n`);
}

async function answer([current = '', ...words]: readonly string[], site: Site): Promise<readonly string[]> {
  return linesOf(await offersOf(words.filter(Boolean), current.slice(1), site), ({ word, summary = '' }) => [
    `${word}\t${safeText(summary)}`,
  ]);
}

async function bashAnswer([line = '', replaced = '']: readonly string[], site: Site): Promise<readonly string[]> {
  const { words, current } = bashLine(line);
  const offers = await offersOf(words.slice(1), current.text, site);
  return linesOf(offers, ({ word }) => bashReplacement(current, replaced, word) ?? []);
}

async function offersOf(words: readonly string[], current: string, site: Site): Promise<Offers> {
  return offersAt(await site.programFor(words), words, current, site);
}

/** What is no word of one line, or would do something to the terminal that lists it, is not offered. */
function linesOf(offers: Offers, line: (offer: Offer) => string | readonly string[]): readonly string[] {
  if (offers === 'files') return [offers];
  return ['words', ...offers.filter(({ word }) => word !== '' && safeText(word) === word).flatMap(line)];
}
