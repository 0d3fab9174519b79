import { shellQuoted } from '../output/shell-words.ts';

/** The words of a line of bash, as far as it is typed. */
export interface BashLine {
  /** Those that are complete, the command itself first, without their quotes. */
  readonly words: readonly string[];
  /** The one at the cursor: as it is typed, and without its quotes. */
  readonly current: { readonly typed: string; readonly text: string; readonly openQuote: Quote | undefined };
}

type Quote = '"' | "'";

/**
 * Divides a line into words as bash does (the bash manual, "Quoting"). Nothing is expanded: what a `$` or a
 * backquote would stand for is not asked, because to complete a line must not run any of it.
 */
export function bashLine(line: string): BashLine {
  const words: string[] = [];
  let [typed, text, quote, isWord]: [string, string, Quote | undefined, boolean] = ['', '', undefined, false];
  for (let index = 0; index < line.length; index++) {
    const letter = line[index] ?? '';
    if (!quote && /\s/.test(letter)) {
      if (isWord) words.push(text);
      [typed, text, isWord] = ['', '', false];
      continue;
    }
    isWord = true;
    typed += letter;
    if (letter === quote) quote = undefined;
    else if (!quote && (letter === '"' || letter === "'")) quote = letter;
    else if (
      letter === '\\' &&
      quote !== "'" &&
      index + 1 < line.length &&
      (!quote || /["\\$`]/.test(line[index + 1] ?? ''))
    ) {
      index += 1;
      typed += line[index] ?? '';
      text += line[index] ?? '';
    } else text += letter;
  }
  return { words, current: { typed, text, openQuote: quote } };
}

/**
 * What bash is to put in the place of `replaced`, the part of the current word that it takes for the word, so that the word is
 * then `word`; `undefined` where the word does not go on like this.
 */
export function bashReplacement(
  { typed, text, openQuote }: BashLine['current'],
  replaced: string,
  word: string,
): string | undefined {
  if (!word.startsWith(text)) return undefined;
  // Bash divides words at "=" and ":" too, and leaves what stands before: an opening quote as well.
  const kept = typed.endsWith(replaced) ? typed.slice(0, typed.length - replaced.length) : '';
  const rest = word.slice(bashLine(kept).current.text.length);
  if (openQuote && kept !== '') return quotedWithin(openQuote, rest);
  return /^[\w@%+=:,./-]*$/.test(rest) ? rest : shellQuoted(rest);
}

/**
 * Within double quotes what bash would expand leaves them: it stands in single quotes in between. There are no backslashes in
 * either: in some encodings one may be taken for the second half of the letter before. Bash closes the quotes itself, save where
 * a quote stands at the end.
 */
function quotedWithin(quote: Quote, text: string): string {
  const quoted =
    quote === "'" ? shellQuoted(text).slice(1, -1) : text.replace(/["$`\\!]+/g, (part) => `"${shellQuoted(part)}"`);
  return quoted.endsWith(quote) ? `${quoted}${quote}` : quoted;
}
