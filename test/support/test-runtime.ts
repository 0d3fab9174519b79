import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import { keyReader } from '../../src/machine/typed-keys.ts';
import { run } from '../../src/main.ts';
import type {
  AttachedOutcome,
  BrowserLaunch,
  Keychain,
  ProgramOutcome,
  Prompt,
  Runtime,
  Typed,
} from '../../src/runtime.ts';
import { awaitStep } from './step.ts';

/** A person's machine as commands see it: folders, keychain and clock stay from run to run, streams are new each time. */
export interface TestMachine {
  readonly folder: string;
  readonly configFolder: string;
  readonly stateFolder: string;
  /** The keychain's items, `service/account` → text. */
  readonly keychainItems: Map<string, string>;
  /** Every URL handed to the browser, in order. */
  readonly opened: string[];
  /** What standard error had shown by then, for each of them. */
  readonly readBeforeBrowser: string[];
  /** Every question asked, in order. */
  readonly asked: string[];
  /** Whether the terminal is quiet, as `Prompt.quietly` has it. */
  quiet(): boolean;
  /** Those questions before which it was not. */
  readonly askedAloud: string[];
  /** What is answered next; a question without an answer fails the run. */
  readonly answers: Answer[];
  /** Milliseconds since the epoch, as the runs see it. */
  now(): number;
  /** Moves time: whatever sleeps until then wakes up. Time stands still otherwise. */
  advance(ms: number): void;
  /** Resolves when a run has begun to sleep for so long, and has been woken, time moved on to then; rejects when the last run ends instead. */
  sleepsThrough(ms: number): Promise<void>;
  /** Runs a command line to its end. */
  run(...argv: string[]): Promise<Outcome>;
  /** Starts a command line that is to be watched or interrupted. */
  start(...argv: string[]): Running;
  /** The outside world of one run, for tests below the command line. */
  runtime(): TestRuntime;
}

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly outcome: Promise<Outcome>;
  readonly runtime: TestRuntime;
}

interface TestRuntime extends Runtime {
  readonly stdin: PassThrough & { isTTY?: boolean };
  readonly printed: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves with all of standard error as soon as it matches; rejects when it will not any more. */
  said(pattern: RegExp): Promise<string>;
  /** Tells those that wait for `said` that nothing more will come. */
  ended(): void;
  /** What Ctrl-C (or another signal) does. */
  interrupt(signal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void;
}

export interface TestMachineOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether standard input and error are terminals. Default true. */
  readonly terminal?: boolean;
  /** Whether standard output is one too, 100 places wide. Default false, as in `$(ping14c token)`. */
  readonly outputTerminal?: boolean;
  /** What the browser does with the URL, and with what the person has read by then. By default it must not be called. */
  readonly browser?: (url: string, stderr: string) => unknown;
  readonly launch?: BrowserLaunch;
  readonly answers?: readonly Answer[];
  readonly keychain?: () => Promise<Keychain>;
  /** Whether Enter is pressed where it opens the browser. Default true. */
  readonly pressesEnter?: boolean;
  /** What answers in the network's place, where neither a proxy nor a CA file is set. */
  readonly fetch?: typeof fetch;
  /** The programs of this machine; none when absent. */
  readonly programs?: (file: string, args: readonly string[]) => Promise<ProgramOutcome>;
  /** What is run in our place, and with which variables beside the environment; no such program when absent. */
  readonly attached?: (
    command: readonly string[],
    variables: Runtime['env'],
  ) => AttachedOutcome | Promise<AttachedOutcome>;
  /**
   * Whether a pause is over as soon as it begins, and time moves on by it. A pause is a sleep that ends early by Ctrl-C
   * only; a sleep that limits something else carries a signal of its own. Default false.
   */
  readonly pausesPass?: boolean;
  /** Default `darwin`: on Linux the real D-Bus would be asked first whether there is a keychain at all. */
  readonly platform?: NodeJS.Platform;
}

/** To be called inside a test: everything is removed when the test ends. */
export function testMachine(options: TestMachineOptions = {}): TestMachine {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [configFolder, stateFolder] = [join(folder, 'config'), join(folder, 'state')];
  const env = { NO_COLOR: '1', PING14C_CONFIG_DIR: configFolder, PING14C_STATE_DIR: stateFolder, ...options.env };
  const clock = movableClock();
  const keychainItems = new Map<string, string>();
  const memory = new Map<string, string>();
  const [opened, readBeforeBrowser, asked]: [string[], string[], string[]] = [[], [], []];
  const answers = [...(options.answers ?? [])];
  const silence = { tasks: 0 };
  const askedAloud: string[] = [];
  let running = 0;
  const machine: TestMachine = {
    folder,
    configFolder,
    stateFolder,
    keychainItems,
    opened,
    readBeforeBrowser,
    asked,
    quiet: () => silence.tasks > 0,
    askedAloud,
    answers,
    now: clock.now,
    advance: clock.advance,
    sleepsThrough: clock.sleepsThrough,
    runtime,
    start: (...argv) => {
      const world = runtime();
      running += 1;
      const ended = () => {
        world.ended();
        running -= 1;
        if (running === 0) clock.nobodySleeps(`"${argv.join(' ')}" has ended:\n${world.printed().stderr}`);
      };
      const outcome = run(argv, world)
        .finally(ended)
        .then((exitCode) => ({ exitCode, ...world.printed() }));
      return { outcome, runtime: world };
    },
    run: (...argv) => machine.start(...argv).outcome,
  };
  return machine;

  function runtime(): TestRuntime {
    const terminal = options.terminal ?? true;
    const stdout = collector(options.outputTerminal ?? false, 100);
    // As wide as no terminal is: tests look for sentences, not for lines.
    const stderr = collector(terminal, 10_000);
    const stdin = Object.assign(new PassThrough(), { isTTY: terminal });
    const prompt = promptFrom(answers, { asked, askedAloud, silence });
    const ending = new AbortController();
    return {
      stdin,
      stdout: stdout.stream,
      stderr: stderr.stream,
      env,
      platform: options.platform ?? 'darwin',
      homeFolder: folder,
      processId: process.pid,
      startedBy: [process.execPath, resolve('bin/ping14c.js')],
      userId: process.geteuid?.(),
      memory,
      signal: ending.signal,
      now: clock.now,
      sleep: async (ms, signal) => {
        if (!options.pausesPass || signal !== ending.signal) return clock.sleep(ms, signal);
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        clock.advance(ms);
      },
      fetch: options.fetch ?? fetch,
      // Only what --ca-file names: to read Node's own list takes longer than the rest of most runs.
      authorities: async () => [],
      openBrowser: async (url) => {
        opened.push(url);
        readBeforeBrowser.push(stderr.text());
        if (!options.browser) throw new Error(`the browser must not be called, and was: ${url}`);
        void options.browser(url, stderr.text());
        return options.launch ?? { kind: 'started' };
      },
      prompt: { ...prompt, hearing },
      keychain: options.keychain ?? (async () => keychainOver(keychainItems)),
      processMark: async (pid) => (pid === process.pid ? 'this test' : undefined),
      runProgram: async (file, args) => options.programs?.(file, args) ?? { kind: 'absent' },
      runAttached: async (file, args, variables) =>
        options.attached?.([file, ...args], variables) ?? { kind: 'absent' },
      printed: () => ({ stdout: stdout.text(), stderr: stderr.text() }),
      said: stderr.matches,
      ended: stderr.end,
      interrupt: (signal = 'SIGINT') => ending.abort(signal),
    };

    async function hearing<T>(heard: (typed: Typed) => void, task: () => Promise<T>): Promise<T> {
      if (!terminal) return task();
      const read = keyReader(heard);
      stdin.on('data', read).resume();
      const asked = stderr.matches(/Press Enter/);
      if (options.pressesEnter ?? true) asked.then(() => read(Buffer.from('\r'))).catch(() => {});
      else asked.catch(() => {});
      return task().finally(() => stdin.off('data', read).pause());
    }
  }
}

/** Time stands still until it is moved: nothing depends on how fast the machine is that runs the tests. */
function movableClock() {
  let time = Date.now();
  const sleepers = new Set<Sleeper>();
  const lookers = new Set<(sleeper: Sleeper) => void>();
  const missed = new Set<(why: string) => void>();
  const advance = (ms: number) => {
    time += ms;
    for (const sleeper of [...sleepers]) if (sleeper.until <= time) sleeper.wake();
  };
  return {
    now: () => time,
    advance,
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const abort = () => end(() => reject(signal?.reason));
        const end = (settle: () => void) => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', abort);
          settle();
        };
        const sleeper = { ms, until: time + ms, wake: () => end(resolve) };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', abort, { once: true });
        for (const look of [...lookers]) look(sleeper);
      }),
    nobodySleeps: (why: string) => {
      for (const missing of [...missed]) missing(why);
    },
    sleepsThrough: (ms: number) =>
      new Promise<void>((resolve, reject) => {
        const missing = (why: string) => reject(new Error(`Nothing sleeps for ${ms} ms: ${why}`));
        const look = (sleeper: Sleeper) => {
          if (sleeper.ms !== ms || !lookers.has(look)) return;
          lookers.delete(look);
          missed.delete(missing);
          advance(sleeper.until - time);
          resolve();
        };
        lookers.add(look);
        missed.add(missing);
        for (const sleeper of [...sleepers]) look(sleeper);
      }),
  };
}

interface Sleeper {
  readonly ms: number;
  readonly until: number;
  readonly wake: () => void;
}

/** @param columns places in a line of the terminal */
function collector(isTTY: boolean, columns: number) {
  let [text, over] = ['', false];
  const waiting = new Set<() => void>();
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      text += chunk.toString();
      for (const look of [...waiting]) look();
      done();
    },
  });
  const matches = (pattern: RegExp) => {
    const { look, come } = awaitStep(pattern, () => ({ text, over }));
    waiting.add(look);
    const forget = () => void waiting.delete(look);
    come.then(forget, forget);
    // As it is: whoever waits acts at once, before the program goes on.
    return come;
  };
  const end = () => {
    over = true;
    for (const look of [...waiting]) look();
  };
  return { stream: Object.assign(stream, { isTTY, columns }), text: () => text, matches, end };
}

/** The answer of a person who presses Enter and nothing else. */
export const asOffered = Symbol('as offered');

type Answer = string | boolean | typeof asOffered;

function promptFrom(
  answers: Answer[],
  {
    asked,
    askedAloud,
    silence,
  }: { readonly asked: string[]; readonly askedAloud: string[]; readonly silence: { tasks: number } },
): Omit<Prompt, 'hearing'> {
  const next = async <T>(question: { readonly message: string; readonly default?: unknown }): Promise<T> => {
    const { message } = question;
    asked.push(message);
    if (silence.tasks === 0) askedAloud.push(message);
    const answer = answers.shift();
    if (answer === undefined) throw new Error(`nobody answers: ${message}`);
    return (answer === asOffered ? question.default : answer) as T;
  };
  const quietly = async <T>(task: () => Promise<T>): Promise<T> => {
    silence.tasks += 1;
    return task().finally(() => {
      silence.tasks -= 1;
    });
  };
  return { quietly, input: next, password: next, newPassword: next, confirm: next, select: next };
}

function keychainOver(items: Map<string, string>): Keychain {
  return {
    getPassword: async (service, account) => items.get(`${service}/${account}`) ?? null,
    setPassword: async (service, account, password) => void items.set(`${service}/${account}`, password),
    deletePassword: async (service, account) => items.delete(`${service}/${account}`),
  };
}
