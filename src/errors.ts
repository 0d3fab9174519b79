import type { Wording } from './wording.ts';

/** Exit codes, which scripts rely on. */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  outcomeUnknown: 3,
  signInNeeded: 4,
  refused: 5,
  unreachable: 6,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What sort of failure this is; each sort has the exit code of the same name. */
export type FailureKind = Exclude<keyof typeof ExitCode, 'done'>;

/** One line of `target: message` below the error, as PingOne's `details[]` has them. */
export interface FailureDetail {
  readonly message: string;
  readonly target?: string | undefined;
  readonly code?: string | undefined;
}

export interface FailureOptions {
  /** Stable and machine-readable: a server's own code where there is one (`access_denied`), else ours in snake_case. */
  readonly code: string;
  /** What the person can type or click next. One sentence. */
  readonly hint?: Wording | undefined;
  readonly details?: readonly FailureDetail[] | undefined;
  /** PingOne's correlation ID, which its support asks for. */
  readonly correlationId?: string | undefined;
  readonly cause?: unknown;
}

/** The one error that commands end in on purpose. Only `main` prints it. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  readonly code: string;
  readonly hint: Wording | undefined;
  readonly details: readonly FailureDetail[];
  readonly correlationId: string | undefined;

  constructor(kind: FailureKind, message: string, options: FailureOptions) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.code = options.code;
    this.hint = options.hint;
    this.details = options.details ?? [];
    this.correlationId = options.correlationId;
  }

  get exitCode(): ExitCode {
    return ExitCode[this.kind];
  }
}

/** The end of a run that has said all there is to say: the exit code of the program it ran, or of what it found. */
export class RunEnded extends Error {
  override readonly name = 'RunEnded';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`The run ended with exit code ${exitCode}.`);
    this.exitCode = exitCode;
  }
}

/** The code of a system error, such as `ENOENT`; empty where it has none. */
export function codeOf(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : '';
  return typeof code === 'string' ? code : '';
}

/** The text of anything thrown, for a message that quotes a cause. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What helps where the machine itself refuses, by the system's code. */
const machineRemedies: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space on that disk and try again.',
  EDQUOT: 'Free some of your disk quota and try again.',
  EROFS:
    'That file system is read-only: use a folder elsewhere, for ping14c itself with PING14C_CONFIG_DIR or PING14C_STATE_DIR.',
  EACCES: 'Check who owns it and who can use it.',
  EPERM: 'Check who owns it and who can use it.',
  EIO: 'The disk may be failing: check the system log.',
  EMFILE: 'Too many files are open: close other programs, or raise the limit (ulimit -n).',
  ENFILE: 'Too many files are open: close other programs and try again.',
  ENOMEM: 'Out of memory: close other programs and try again.',
};

/** What helps against a system error; `undefined` where it is not the machine that refuses. */
export function machineRemedy(thrown: unknown): string | undefined {
  const code = codeOf(thrown);
  return Object.hasOwn(machineRemedies, code) ? machineRemedies[code] : undefined;
}
