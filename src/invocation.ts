import type { Command } from 'commander';
import { stateFolder } from './config/folders.ts';
import { optional, required, type Settings } from './config/settings.ts';
import { Failure } from './errors.ts';
import { connect, type Fetch } from './http/connection.ts';
import type { Output } from './output/output.ts';
import type { Runtime } from './runtime.ts';

/** What every command starts from. */
export interface Invocation {
  readonly runtime: Runtime;
  readonly output: Output;
  readonly settings: Settings;
  /** Whether a person is there to answer: a terminal, no `CI`, no `--no-input`. */
  readonly interactive: boolean;
}

/** Turns parsed flags into an invocation. Every action begins with it. */
export type Start = (command: Command) => Promise<Invocation>;

/** A command file's declaration: its options, help and action, put on the given command. */
export type Declare = (command: Command, start: Start) => void;

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
