import { Chalk, type ChalkInstance } from 'chalk';
import { Failure, type FailureDetail } from '../errors.ts';
import type { OutputStream, Runtime } from '../runtime.ts';
import { type NamedCommand, spelled, typedLine, type Wording } from '../wording.ts';
import { createLiveLine, type LiveLine, type WritableLine } from './live-line.ts';
import { redact } from './redactor.ts';
import { safeJson, safeLines, safeText } from './safe-text.ts';
import { fitted } from './table.ts';

/** What an interruption leaves, until something was changed. */
export const nothingChanged = 'Nothing was changed.';

/** A text that is printed as it is, or sentences, a line each, which are broken where a terminal is too narrow for them. */
type Answer = ({ readonly text: string } | { readonly sentences: readonly string[] }) & { readonly document: unknown };

/** Standard output carries the answer and nothing else; all that is said to a person goes to standard error. */
export interface Output {
  readonly json: boolean;
  readonly debugging: boolean;
  /** Colours for standard output, and for standard error; plain where there is no terminal. */
  readonly paint: ChalkInstance;
  readonly paintNote: ChalkInstance;
  /** Places a line of standard output has; without end where it is no terminal, so that a pipe gets whole lines. */
  readonly columns: number;
  /** Absent where lines must stand still: no terminal, no colour, a screen reader (`ACCESSIBLE`), `--json`. */
  readonly live: LiveLine | undefined;
  /** Prints the answer: its text for a person or a pipe, `document` with `--json`. Ends in one newline. */
  result(answer: Answer): Promise<void>;
  /**
   * Says something to the person. Text from outside must have gone through `safeText`; what has not can still do no more
   * than begin a line or colour it.
   */
  note(text: Wording): void;
  /** Warns, in one line, of something that may be told in words from outside. */
  warn(text: Wording): void;
  debug(text: string): void;
  fail(failure: Failure): void;
  /** From here on this value is redacted from warnings, errors and traces. */
  hide(secret: string): void;
  /** From here on a failure that is printed has these details besides its own. */
  addDetails(of: (failure: Failure) => readonly FailureDetail[]): void;
  /** From here on this is what an interruption leaves: sentences on what was changed, or `nothingChanged`. */
  ifInterrupted(leaves: Wording): void;
  /** What `ifInterrupted` was told last, as it is printed; empty in a command that changes nothing. */
  readonly interruptionLeaves: string;
  /** From here on the commands that texts name have these options, so that they work as they stand. */
  nameCommandsWith(options: readonly string[]): void;
  /** A text with the commands that it names as they must be typed. */
  spelled(text: Wording): string;
  /** A command as it must be typed, to stand by itself. */
  typedLine(command: NamedCommand): string;
}

export function createOutput(
  runtime: Runtime,
  mode: { readonly json: boolean; readonly color: boolean; readonly debug: boolean },
): Output {
  const { env } = runtime;
  const secrets = new Set<string>();
  let options: readonly string[] = [];
  const detailsOf: ((failure: Failure) => readonly FailureDetail[])[] = [];
  const typed = (text: Wording) => spelled(text, options);
  let left: Wording = '';
  const paintFor = (stream: OutputStream) =>
    new Chalk({ level: mode.color && stream.isTTY && !standsStill(env) ? 1 : 0 });
  // Each stream is touched when something is written to it, and not by a command that does not: see `nodeRuntime`.
  const noteColors = () => paintFor(runtime.stderr);
  let live: WritableLine | undefined;
  const write = (text: string) => (live ? live.above(`${text}\n`) : void runtime.stderr.write(`${text}\n`));
  const say = (text: string) => write(fitted(text, columnsOf(runtime.stderr)));
  return {
    json: mode.json,
    debugging: mode.debug,
    get paint() {
      return paintFor(runtime.stdout);
    },
    get paintNote() {
      return noteColors();
    },
    get columns() {
      return columnsOf(runtime.stdout);
    },
    get live() {
      if (mode.json || noteColors().level === 0) return undefined;
      live ??= createLiveLine(runtime);
      return live;
    },
    result: (answer) => {
      if (mode.json) return written(runtime.stdout, safeJson(answer.document));
      live?.clear();
      const { stdout } = runtime;
      const text = 'text' in answer ? answer.text : fitted(answer.sentences.join('\n'), columnsOf(stdout));
      // A pipe gets what it asked for, to the byte.
      return written(stdout, stdout.isTTY ? safeLines(text) : text);
    },
    note: (text) => say(safeLines(typed(text))),
    warn: (text) => say(`${noteColors().yellow('Warning:')} ${safeText(redact(typed(text), secrets))}`),
    debug: (text) => {
      if (mode.debug) write(noteColors().dim(`debug: ${safeText(redact(text, secrets))}`));
    },
    fail: (failure) => {
      const safe = (text: string) => redact(text, secrets);
      const hint = failure.hint && typed(failure.hint);
      const details = [...failure.details, ...detailsOf.flatMap((of) => of(failure))];
      if (mode.json) return write(failureJson(failure, details, hint, safe));
      for (const line of failureLines(failure, details, hint, noteColors(), (text) => safeText(safe(text)))) say(line);
    },
    addDetails: (of) => void detailsOf.push(of),
    hide: (secret) => void secrets.add(secret),
    ifInterrupted: (leaves) => {
      left = leaves;
    },
    get interruptionLeaves() {
      return typed(left);
    },
    nameCommandsWith: (given) => {
      options = given;
    },
    spelled: typed,
    typedLine: (command) => typedLine(command, options),
  };
}

/** Whether somebody wants plain lines, one below the other. */
function standsStill(env: Runtime['env']): boolean {
  return Boolean(env['NO_COLOR'] || env['ACCESSIBLE'] || env['TERM'] === 'dumb');
}

/** It is 0 where a pseudo-terminal was opened without a size; a pipe gets whole lines. */
function columnsOf({ isTTY, columns }: OutputStream): number {
  return isTTY ? columns || 80 : Number.POSITIVE_INFINITY;
}

/** Resolves when the stream has taken the line, so that an exit right after it cuts nothing off. */
function written(stream: OutputStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text.endsWith('\n') ? text : `${text}\n`, (error) => (error ? reject(unwritten(error)) : resolve()));
  });
}

/** Whoever has gone is not told; `main` knows EPIPE. */
function unwritten(error: NodeJS.ErrnoException): Error {
  if (error.code === 'EPIPE') return error;
  return new Failure('failed', `The answer could not be written to standard output: ${error.message}`, {
    code: 'answer_not_written',
    hint: 'What was done is done, and only its answer is lost. Make room where standard output goes.',
    cause: error,
  });
}

/**
 * A failure as a person reads it: `Error:`, the details, then `Hint:`.
 *
 * @param safe redacts before it escapes: a secret that has been escaped is found less easily
 */
function failureLines(
  { message, correlationId }: Failure,
  details: readonly FailureDetail[],
  hint: string | undefined,
  paint: ChalkInstance,
  safe: (text: string) => string,
): string[] {
  return [
    `${paint.red('Error:')} ${safe(message)}`,
    ...details.map((detail) => `  ${safe(`${detail.target ? `${detail.target}: ` : ''}${detail.message}`)}`),
    ...(correlationId ? [`  Correlation ID: ${safe(correlationId)}`] : []),
    ...(hint ? [`${paint.cyan('Hint:')} ${safe(hint)}`] : []),
  ];
}

/** Redacts value by value: in the finished document the member `code` would look like an authorization code. */
function failureJson(
  failure: Failure,
  details: readonly FailureDetail[],
  hint: string | undefined,
  safe: (text: string) => string,
): string {
  const { code, message, correlationId } = failure;
  const safeOrAbsent = (text: string | undefined) => (text ? safe(text) : undefined);
  return safeJson({
    error: {
      code: safe(code),
      message: safe(message),
      hint: safeOrAbsent(hint),
      details:
        details.length === 0
          ? undefined
          : details.map((detail) => ({
              message: safe(detail.message),
              target: safeOrAbsent(detail.target),
              code: safeOrAbsent(detail.code),
            })),
      correlationId: safeOrAbsent(correlationId),
    },
  });
}
