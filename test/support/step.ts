/** No program of the suite is silent for so long where it goes on at all, on a machine with other work too. */
const longestSilenceMs = 20_000;

/** One step of a program that a test waits for. */
export interface Step {
  /** To be called whenever the program has written something. */
  look(): void;
  readonly come: Promise<string>;
}

/**
 * Waits for what a program writes. A step that does not come fails by its name, with all that was written: at the program's
 * end, and where the program hangs, after a long silence.
 *
 * @param seen what was written so far, and whether the program has ended
 */
export function awaitStep(pattern: RegExp, seen: () => { readonly text: string; readonly over: boolean }): Step {
  let look = () => {};
  const come = new Promise<string>((resolve, reject) => {
    const missing = (how: string) => reject(new Error(`The program ${how} without saying ${pattern}:\n${seen().text}`));
    let patience: NodeJS.Timeout | undefined;
    let done = false;
    look = () => {
      if (done) return;
      clearTimeout(patience);
      const { text, over } = seen();
      done = over || pattern.test(text);
      if (!done) patience = setTimeout(missing, longestSilenceMs, 'hangs');
      else if (pattern.test(text)) resolve(text);
      else missing('ended');
    };
    look();
  });
  return { look, come };
}
