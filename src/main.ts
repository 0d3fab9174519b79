import { CommanderError } from 'commander';
import { codeOf, ExitCode, Failure, machineRemedy, messageOf, RunEnded } from './errors.ts';
import { createOutput, nothingChanged, type Output } from './output/output.ts';
import { namedCommand, runCommandLine } from './program.ts';
import type { Runtime } from './runtime.ts';
import { ping14c, wording } from './wording.ts';

const signalExits: Readonly<Record<string, ExitCode>> = {
  SIGHUP: ExitCode.hungUp,
  SIGINT: ExitCode.interrupted,
  SIGTERM: ExitCode.terminated,
};

/**
 * Runs one command line.
 *
 * @param argv the arguments after the program's name
 * @returns the exit code, an `ExitCode` unless it is that of a program that was run; every error has been printed by then
 *   (this is the only catch-all)
 */
export async function run(argv: readonly string[], runtime: Runtime): Promise<number> {
  // Read here and not by commander, so that its own errors come out in the mode asked for.
  const ours = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const output = createOutput(runtime, {
    json: ours.includes('--json'),
    color: !ours.includes('--no-color'),
    debug: ours.includes('--debug'),
  });
  try {
    refuseUnverifiedTls(runtime.env);
    await runCommandLine(argv, ours, runtime, output, run);
    return ExitCode.done;
  } catch (thrown) {
    return report(thrown, ours, runtime, output);
  }
}

function report(thrown: unknown, ours: readonly string[], runtime: Runtime, output: Output): number {
  if (thrown instanceof RunEnded) return thrown.exitCode;
  const signal = runtime.signal.aborted ? String(runtime.signal.reason) : undefined;
  const interruption = interruptionIn(thrown, signal, output.interruptionLeaves);
  // A bare interruption is no error: the person has asked for it.
  if (interruption?.kind === 'interrupted' && !output.json) output.note(interruption.message);
  else if (interruption) output.fail(interruption);
  if (signal) return signalExits[signal] ?? ExitCode.failed;
  if (interruption) return interruption.exitCode;
  // Whoever read our answer has what it wanted, as with `head`.
  if (codeOf(thrown) === 'EPIPE') return ExitCode.done;
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return ExitCode.done;
  // No command was named, and commander has printed the help on standard error.
  if (thrown instanceof CommanderError && thrown.code === 'commander.help') return ExitCode.usage;
  const failure = failureOf(thrown, ours);
  output.fail(failure);
  // Line by line: within one, a line break would be shown as the control character that it is.
  if (output.debugging) for (const line of stackOf(thrown).split('\n')) output.debug(line);
  return failure.exitCode;
}

/**
 * What is said of an interruption, the same in every command, with what it leaves where the command changes something. Who sends
 * another signal than Ctrl-C's does not read more than that. A session that was renewed in the last moment and could not be kept
 * is said in its place; other failures mostly come of the signal.
 */
function interruptionIn(thrown: unknown, signal: string | undefined, leaves: string): Failure | undefined {
  const own = thrown instanceof Failure && thrown.kind === 'interrupted' ? thrown : undefined;
  if (own && own.code !== 'interrupted') return own;
  if (thrown instanceof Failure && signal && thrown.code === 'session_not_stored') return thrown;
  if (!own && signal !== 'SIGINT' && !(signal && leaves)) return undefined;
  // Who fails after the signal, by a keychain that is slow for instance, does not know what became of it.
  const known = own || thrown === signal || leaves !== nothingChanged ? leaves : '';
  const message = [own?.message ?? 'Cancelled.', known].filter(Boolean).join(' ');
  return new Failure('interrupted', message, { code: 'interrupted', cause: thrown });
}

function failureOf(thrown: unknown, ours: readonly string[]): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof CommanderError) {
    const [message = '', suggestion] = thrown.message.replace(/^error: /, '').split('\n');
    return new Failure('usage', message, {
      code: 'usage',
      hint: suggestion?.replace(/[()]/g, '') || wording`See ${ping14c([...namedCommand(ours), '--help'].join(' '))}.`,
      cause: thrown,
    });
  }
  // What the machine itself refuses is no defect of ours, wherever it comes up.
  const remedy = machineRemedy(thrown);
  if (remedy) return new Failure('failed', messageOf(thrown), { code: 'machine_refuses', hint: remedy, cause: thrown });
  return new Failure('failed', messageOf(thrown) || 'Something went wrong.', {
    code: 'unexpected',
    hint: 'This is a bug in ping14c. Run it again with --debug, and report what it prints.',
    cause: thrown,
  });
}

/** Nothing that this tool does is safe without checking certificates (docs/security.md, rule 33). */
function refuseUnverifiedTls(env: Runtime['env']): void {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new Failure(
    'usage',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns certificate checks off. ping14c does not run that way.',
    {
      code: 'tls_checks_off',
      hint: 'Unset it, and pass the CA of your proxy or sandbox with --ca-file.',
    },
  );
}

function stackOf(thrown: unknown): string {
  const lines: string[] = [];
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth++) {
    lines.push(`${depth > 0 ? 'caused by ' : ''}${error.stack ?? error.message}`);
  }
  return lines.join('\n');
}
