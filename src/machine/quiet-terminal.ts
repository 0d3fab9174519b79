import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { ReadStream } from 'node:tty';
import type { InputStream, OutputStream, Prompt } from '../runtime.ts';
import { keyReader, leavePastes, markPastes } from './typed-keys.ts';

interface Machine {
  /** Asked for when a terminal is needed, and no earlier. */
  readonly streams: {
    readonly stdin: InputStream & Pick<ReadStream, 'setRawMode'>;
    readonly stderr: OutputStream;
  };
  readonly platform: NodeJS.Platform;
  /** Does what the terminal does at Ctrl-C and the like, which it leaves to us while it is quiet. */
  readonly raise: (name: NodeJS.Signals) => void;
}

export interface QuietTerminal {
  readonly quietly: Prompt['quietly'];
  readonly hearing: Prompt['hearing'];
  /** What is typed in answer to one question, for its prompt to read inside `quietly`; the rest is thrown away. */
  answerKeys(): Promise<Readable>;
  /** Puts the terminal back as it was, whoever still wants it quiet. */
  restore(): void;
}

const ctrlC = 0x03;
/** Ctrl-Z and Ctrl-\\. Windows has no such signals. */
const stopKeys = [
  [0x1a, 'SIGTSTP'],
  [0x1c, 'SIGQUIT'],
] as const;
const showCursor = '\u001b[?25h';

/**
 * A terminal that shows nothing of what is typed, with one reader from the first question to the last. Prompts get a stream
 * of their own: each would turn the echo on again at its end, and take what was typed before its beginning.
 */
export function quietTerminal({ streams, platform, raise }: Machine): QuietTerminal {
  const questions = new Set<Readable>();
  const readers = new Set<(typed: Buffer) => void>();
  let tasks = 0;
  return { quietly, hearing, answerKeys, restore };

  async function quietly<T>(task: () => Promise<T>): Promise<T> {
    if (!streams.stdin.isTTY) return task();
    tasks += 1;
    if (tasks === 1) begin();
    try {
      return await task();
    } finally {
      // What is left unread goes to the shell, which shows and runs it.
      await readAll();
      tasks -= 1;
      if (tasks === 0) restore();
    }
  }

  async function hearing<T>(heard: Parameters<Prompt['hearing']>[0], task: () => Promise<T>): Promise<T> {
    if (!streams.stdin.isTTY) return task();
    return quietly(async () => {
      await readAll();
      const reader = keyReader(heard);
      readers.add(reader);
      streams.stderr.write(markPastes);
      try {
        return await task();
      } finally {
        readers.delete(reader);
        if (readers.size === 0) streams.stderr.write(leavePastes);
      }
    });
  }

  async function answerKeys(): Promise<Readable> {
    await readAll();
    const keys = Object.assign(new Readable({ read: () => {} }), { isTTY: true });
    // The prompt draws its question in the turn that it asked for before it resumed the stream, hence right before this.
    keys.once('resume', () => setImmediate(() => keys.isPaused() || questions.add(keys)));
    keys.once('pause', () => questions.delete(keys));
    if (streams.stdin.destroyed) keys.push(null);
    return keys;
  }

  function begin(): void {
    const input = streams.stdin;
    input.setRawMode(true);
    input.on('data', hear).on('close', endQuestions).resume();
    process.on('SIGCONT', hush);
  }

  function restore(): void {
    const input = streams.stdin;
    process.off('SIGCONT', hush);
    input.off('data', hear).off('close', endQuestions).pause();
    if (readers.size > 0) streams.stderr.write(leavePastes);
    if (input.isTTY) input.setRawMode(false);
  }

  function hear(typed: Buffer): void {
    const [, stop] = (platform !== 'win32' && stopKeys.find(([key]) => typed.includes(key))) || [];
    // At a question Ctrl-C is the prompt's to answer.
    if (stop) stopFor(stop);
    else if (questions.size === 0 && typed.includes(ctrlC)) raise('SIGINT');
    else if (questions.size === 0) for (const read of readers) read(typed);
    else for (const keys of questions) keys.push(typed);
  }

  function stopFor(signal: NodeJS.Signals): void {
    streams.stdin.setRawMode(false);
    streams.stderr.write(readers.size > 0 ? leavePastes + showCursor : showCursor);
    raise(signal);
    // Here it goes on when the person has brought it back, or when nothing stopped it.
    hush();
  }

  /** Again, because a shell sets the terminal up for itself while we are stopped. Node would not set what it has set. */
  function hush(): void {
    streams.stdin.setRawMode(false);
    streams.stdin.setRawMode(true);
    if (readers.size > 0) streams.stderr.write(markPastes);
  }

  function endQuestions(): void {
    for (const keys of questions) keys.push(null);
  }
}

/** Resolves when all that had been typed has been read: the loop looks at its input between one turn and the next. */
async function readAll(): Promise<void> {
  await turn();
  await turn();
}
