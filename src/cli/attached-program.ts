import { isBatchFile } from '../batch-file.ts';
import { Failure, RunEnded } from '../errors.ts';
import { shellWord } from '../output/shell-words.ts';
import type { AttachedOutcome, Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';

/** A program that somebody has us run in our place. */
export interface AttachedProgram {
  readonly file: string;
  readonly args: readonly string[];
  /** What was typed after `ping14c` in front of it, e.g. `exec --`. */
  readonly typedBefore: string;
}

/** Looks at the name, before anything is done for the program. @throws Failure `usage` for a script of cmd */
export function refuseBatchFile({ file, typedBefore }: AttachedProgram, platform: NodeJS.Platform): void {
  if (!isBatchFile(file, platform)) return;
  throw new Failure('usage', `"${file}" is a script of cmd, and is not started without it.`, {
    code: 'program_not_started',
    hint: wording`Run it with ${ping14c(`${typedBefore} cmd /c ${shellWord(file, 'win32')}`)}; cmd then reads its arguments, and takes & | < > ^ % in them as its own.`,
  });
}

/**
 * Runs the program to its end.
 *
 * @throws RunEnded with its exit code; Failure `usage` when it could not be started; the signal's reason when one has come by now
 */
export async function runProgramAttached(
  { file, args, typedBefore }: AttachedProgram,
  variables: Runtime['env'],
  runtime: Pick<Runtime, 'runAttached' | 'signal' | 'platform'>,
): Promise<never> {
  // Whoever has pressed Ctrl-C by now does not want the program to start.
  runtime.signal.throwIfAborted();
  const outcome = await runtime.runAttached(file, args, variables);
  if (outcome.kind === 'ended') throw new RunEnded(outcome.exitCode);
  throw notStarted(file, typedBefore, outcome, runtime.platform);
}

function notStarted(
  file: string,
  typedBefore: string,
  outcome: Exclude<AttachedOutcome, { readonly kind: 'ended' }>,
  platform: NodeJS.Platform,
): Failure {
  const windows = wording`Commands that are scripts (npm, for one) are run with ${ping14c(`${typedBefore} cmd /c NAME`)}.`;
  if (outcome.kind === 'absent') {
    return new Failure('usage', `There is no program "${file}".`, {
      code: 'program_missing',
      hint: platform === 'win32' ? windows : 'Check its name and PATH; what a shell knows is run with "sh -c".',
    });
  }
  return new Failure('usage', `The program "${file}" could not be started: ${outcome.reason}`, {
    code: 'program_not_started',
    hint: 'Check that you may execute it.',
  });
}
