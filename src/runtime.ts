import type { Readable, Writable } from 'node:stream';

/** The whole outside world of a run, in one parameter. Tests build it from closures. */
export interface Runtime {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Absent for a user ID without an entry in the user database, where HOME names none either. */
  readonly homeFolder: string | undefined;
  readonly processId: number;
  /** The paths of Node and of our own file, with which this program is started. */
  readonly startedBy: readonly [node: string, file: string];
  /** Whose files this process makes; none on Windows. In a container it may be a user that no list of users names. */
  readonly userId: number | undefined;
  /** What is kept with `--store memory`, by account: for as long as the process lives. */
  readonly memory: Map<string, string>;
  /** Aborted when the process is asked to end; its `reason` is the signal's name, e.g. `SIGINT`. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The platform's own fetch: no proxy, no extra CA. Commands use `http/connection.ts`, which adds those. */
  readonly fetch: typeof fetch;
  /** The certificate authorities that the platform trusts, PEM: an explicit list of others replaces them. */
  authorities(): Promise<readonly string[]>;
  /** Never rejects: a browser that cannot be started is an answer, because the URL is on the screen anyway. */
  openBrowser(url: string): Promise<BrowserLaunch>;
  readonly prompt: Prompt;
  /** Rejects with the binding's own words when there is no keychain. */
  keychain(): Promise<Keychain>;
  /** Says which process has this number now: another answer means another process, `undefined` that there is none. */
  processMark(pid: number): Promise<string | undefined>;
  /** Runs a program to its end, without a shell. Rejects only with the signal's reason. */
  runProgram(file: string, args: readonly string[], limits: ProgramLimits): Promise<ProgramOutcome>;
  /**
   * Runs a program in our place, without a shell: streams and terminal are its own until it ends, and so are signals.
   * `variables` are put into its environment, from which the secrets of our settings are taken out.
   */
  runAttached(file: string, args: readonly string[], variables: Runtime['env']): Promise<AttachedOutcome>;
}

export type InputStream = Readable & { readonly isTTY?: boolean };
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

export type BrowserLaunch =
  | { readonly kind: 'started' }
  | { readonly kind: 'disabled' }
  | { readonly kind: 'failed'; readonly reason: string };

export interface ProgramLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** What it reads; its standard input is empty when absent. */
  readonly stdin?: string;
}

export type ProgramOutcome =
  | { readonly kind: 'ended'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  /** There is no such program on this machine. */
  | { readonly kind: 'absent' }
  /** It could not be started, took too long or said too much. */
  | { readonly kind: 'failed'; readonly reason: string };

export type AttachedOutcome =
  /** A program that a signal ended has the shell's exit code for it, 128 and the signal's number. */
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Questions on a terminal, asked on standard error. All reject with the signal's reason when it is aborted. */
export interface Prompt {
  /**
   * Runs a task that will ask for a secret. On a terminal, what is typed before, between and after its questions is neither
   * shown nor used; Ctrl-C and the like do what they always do.
   */
  quietly<T>(task: () => Promise<T>): Promise<T>;
  /**
   * Runs a task, and tells meanwhile what is typed, none of which is shown. Nothing typed before counts. Without a terminal
   * nothing is heard; Ctrl-C and the like do what they always do.
   */
  hearing<T>(heard: (typed: Typed) => void, task: () => Promise<T>): Promise<T>;
  input(question: TextQuestion, signal: AbortSignal): Promise<string>;
  /** Nothing of the answer is shown, whatever is pressed. */
  password(question: TextQuestion, signal: AbortSignal): Promise<string>;
  /** As `password`, with the rules below it told anew at every key; taken only when all are met. */
  newPassword(question: NewPasswordQuestion, signal: AbortSignal): Promise<string>;
  confirm(question: { readonly message: string; readonly default?: boolean }, signal: AbortSignal): Promise<boolean>;
  select<T>(question: Choice<T>, signal: AbortSignal): Promise<T>;
}

/** What came from the keyboard: a key alone, `enter` or the character; or a line that came at once, as pasted ones do. */
export type Typed = { readonly kind: 'key'; readonly key: string } | { readonly kind: 'text'; readonly text: string };

interface TextQuestion {
  readonly message: string;
  readonly default?: string | undefined;
  /** Returns `true`, or what is wrong with the answer. */
  readonly validate?: (answer: string) => true | string;
}

export interface NewPasswordQuestion {
  readonly message: string;
  /** What the answer so far meets and what not, in an order that stays. Texts are shown as they are, marks included. */
  readonly rules: (answer: string) => readonly { readonly text: string; readonly met: boolean }[];
}

export interface Choice<T> {
  readonly message: string;
  readonly choices: readonly { readonly name: string; readonly value: T; readonly description?: string }[];
  readonly default?: T | undefined;
  /** What the key `<` gives; where it is absent, one cannot go back. */
  readonly back?: T | undefined;
}

/** The operating system's keychain, in the shape of the `keytar` package. Errors are the binding's own. */
export interface Keychain {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}
