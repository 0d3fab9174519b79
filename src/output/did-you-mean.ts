/**
 * Asks after the known words that are near to this one, which is none of them: a slip of the fingers, or a part of it.
 *
 * @returns a sentence and a blank, to stand before another; nothing where no word is near
 */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearWords(word, known).slice(0, mostWords);
  return near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `;
}

const mostWords = 3;

/** Shorter than this, a part is in too many words. */
const minPartLength = 3;

function nearWords(word: string, known: readonly string[]): readonly string[] {
  const text = word.toLowerCase();
  const measured = [...new Set(known)].map((candidate) => ({
    candidate,
    slips: slipsBetween(text, candidate.toLowerCase()),
  }));
  // Of a short word little is left after two slips.
  const likely = measured.filter(
    ({ candidate, slips }) => slips <= Math.max(1, Math.floor(candidate.length / 3)) && slips < candidate.length,
  );
  const fewest = Math.min(...likely.map(({ slips }) => slips));
  if (likely.length > 0) return likely.filter(({ slips }) => slips === fewest).map(({ candidate }) => candidate);
  return text.length < minPartLength ? [] : known.filter((candidate) => candidate.toLowerCase().includes(text));
}

/**
 * How many slips make one word out of the other: a letter left out, put in or mistaken, or two neighbours swapped (Damerau's
 * distance, in which no letter slips twice).
 */
function slipsBetween(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const mistaken = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, mistaken, swapped));
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
