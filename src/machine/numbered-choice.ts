import type { Choice, OutputStream } from '../runtime.ts';

/**
 * One of a few choices by its number: for screen readers, and terminals that cannot redraw a list. A wrong answer is asked for
 * anew, because Node lets nobody mend a line where `TERM` is `dumb`.
 */
export async function numberedChoice<T>(
  { message, choices, default: offered, back }: Choice<T>,
  ask: (question: { readonly message: string; readonly default: string }) => Promise<string>,
  stderr: OutputStream,
): Promise<T> {
  const lines = [message, ...choices.map(({ name }, index) => `  ${index + 1}. ${name}`)];
  const usual = String(
    Math.max(
      0,
      choices.findIndex(({ value }) => value === offered),
    ) + 1,
  );
  for (;;) {
    stderr.write(`${lines.join('\n')}\n`);
    const typed = (await ask({ message: 'Number:', default: usual })).trim();
    if (typed === '<' && back !== undefined) return back;
    const chosen = /^\d{1,3}$/.test(typed) ? choices[Number(typed) - 1] : undefined;
    if (chosen) return chosen.value;
    stderr.write(`Type a number from 1 to ${choices.length}.\n`);
  }
}
