import { didYouMean } from '../output/did-you-mean.ts';

/**
 * Refuses an option that there is not: tests in JavaScript have no compiler that would tell them of a slip.
 *
 * @param call whose options they are, as messages name it
 * @throws TypeError naming the one that was meant, or all
 */
export function refuseUnknownOptions(call: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = didYouMean(unknown, known).trim();
  throw new TypeError(`${call} has no option "${unknown}". ${near || `There are: ${known.join(', ')}.`}`);
}
