import type { Runtime } from '../runtime.ts';
import { wrap } from './table.ts';

/** To the line's beginning, and clears it. */
const rewind = '\r\u001b[K';

/** The last line of a terminal, for what is true at this moment: it is written over, and goes without a trace. */
export interface LiveLine {
  /** As much of the text as fits on one line. */
  show(text: string): void;
  clear(): void;
  /** Whether something is shown: whoever comes second waits for its turn. */
  readonly taken: boolean;
}

export interface WritableLine extends LiveLine {
  /** Writes lines that stay, above what is shown. */
  above(lines: string): void;
}

export function createLiveLine({ stderr }: Pick<Runtime, 'stderr'>): WritableLine {
  let shown = '';
  const show = (text: string) => {
    // A line that wraps could not be written over.
    shown = wrap(text, (stderr.columns || 80) - 1)[0] ?? '';
    stderr.write(rewind + shown);
  };
  return {
    show,
    clear: () => {
      if (shown) stderr.write(rewind);
      shown = '';
    },
    get taken() {
      return shown !== '';
    },
    above: (lines) => void stderr.write(shown ? `${rewind}${lines}${shown}` : lines),
  };
}
