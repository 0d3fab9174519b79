import { styleText } from 'node:util';
import { wrapAnsi } from 'fast-wrap-ansi';

/** Before a question stand a mark and a blank, and so many places are left free below it. */
const indent = 2;

interface FittedQuestion {
  readonly message: string;
  readonly theme: object;
}

/**
 * What inquirer is given in place of a question, because it breaks lines anywhere: the question is broken between words, and
 * the answer, typed or offered, goes below it where it is too long to stand beside it.
 */
export function fittedQuestion<T extends { readonly message: string }>(
  question: T,
  columns: number,
): T & FittedQuestion {
  const message = broken(question.message, columns);
  const last = message.slice(message.lastIndexOf('\n') + 1);
  const beside = (text: string) =>
    indent + last.length + 1 + text.length <= columns ? text : `\n${' '.repeat(indent)}${broken(text, columns)}`;
  const style = {
    answer: (text: string) => styleText('cyan', beside(text)),
    defaultAnswer: (text: string) => styleText('dim', beside(`(${text})`)),
  };
  return { ...question, message, theme: { style } };
}

/** The first line begins where the question does. */
function broken(text: string, columns: number): string {
  return wrapAnsi(text, columns - indent).replaceAll('\n', `\n${' '.repeat(indent)}`);
}
