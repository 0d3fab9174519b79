import type { Command } from 'commander';
import { stateFolder } from './config/folders.ts';
import { optional, required, type SettingFlags, type Settings } from './config/settings.ts';
import { type ExitCode, Failure } from './errors.ts';
import { connect, type Fetch } from './http/connection.ts';
import type { Output } from './output/output.ts';
import type { Runtime } from './runtime.ts';

/** What every command has, even where the settings are what it is there to mend. */
export interface Workplace {
  readonly runtime: Runtime;
  readonly output: Output;
  /** Whether a person is there to answer: a terminal, no `CI`, no `--no-input`. */
  readonly interactive: boolean;
  /** The profile that `-P` or `PING14C_PROFILE` names, whether it exists or not; absent where neither does. */
  readonly namedProfile: string | undefined;
  /** Settings given as flags, as typed. */
  readonly flags: SettingFlags;
  /** Runs another command line, as `main` does. */
  readonly run: Run;
}

/** Runs one command line to its end and returns the exit code; it has printed its own errors by then. */
export type Run = (argv: readonly string[], runtime: Runtime) => Promise<ExitCode>;

/** What a command that talks to PingOne starts from. */
export interface Invocation extends Workplace {
  readonly settings: Settings;
}

/** Turns parsed flags into an invocation, settings resolved. An action begins with it or with `Open`. */
export type Start = (command: Command) => Promise<Invocation>;
export type Open = (command: Command) => Workplace;

/** A command file's declaration: its options, help and action, put on the given command. */
export type Declare = (command: Command, start: Start, open: Open) => void;

/** The way to PingOne's servers as this invocation's settings say. */
export function connection({ runtime, output, settings }: Invocation): Promise<Fetch> {
  return connect(runtime, {
    caFile: optional(settings, 'caFile'),
    timeoutMs: Number(required(settings, 'httpTimeout')) * 1000,
    trace: output.debug,
  });
}

export function stateFolderOf({ runtime }: Invocation): string {
  return stateFolder(runtime);
}

/** @throws Failure `usage` where nobody can answer; `instead` names the flag or variable that makes the question unnecessary. */
export function requireInteractive({ interactive }: Invocation, question: string, instead: string): void {
  if (interactive) return;
  throw new Failure('usage', `${question} must be asked, and nobody is there to answer.`, {
    code: 'input_required',
    hint: instead,
  });
}
