import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { awaitStep } from './step.ts';

/** A person's terminal, in which one command line of the built program runs. */
export interface Terminal {
  /** All that was written, escape sequences included. */
  raw(): string;
  /** Resolves with what was written so far as soon as it matches, escape sequences left out; rejects at the end. */
  said(pattern: RegExp): Promise<string>;
  type(keys: string): void;
  /** Sends a signal to the program (not to the terminal's other processes). */
  signal(name: 'SIGTERM' | 'SIGHUP' | 'SIGINT'): void;
  /** As when the window is closed: the terminal hangs up on all that runs in it, and takes no more output. */
  hangUp(): void;
  /** Whether the terminal shows what is typed at this moment. */
  echoes(): boolean;
  /** Resolves when Ctrl-Z has given the terminal to the shell (with `jobControl`), and tells how; Enter is its `fg`. */
  stopped(): Promise<Pick<Ending, 'restored'>>;
  /** Resolves when the program has ended: its exit code, and whether the terminal is as it was. */
  readonly ended: Promise<Ending>;
}

interface Ending {
  readonly exitCode: number;
  /** Characters are shown as typed, lines are lines, and the cursor is visible. */
  readonly restored: boolean;
  /** What was typed and the program has not read: the shell would take it for a command. */
  readonly leftOver: string;
  /** Whether the shell, too, has got Ctrl-C, as a script that is to stop with the program must. */
  readonly shellInterrupted: boolean;
  readonly text: string;
}

export interface TerminalOptions {
  /** Whether the shell can stop the program and bring it back, as one that a person types at can. */
  readonly jobControl?: boolean;
  /** Places in a line; 100 unless given. */
  readonly columns?: number;
  /** Lines that it shows; 50 unless given. */
  readonly rows?: number;
  /** What Node runs; the built program unless given. */
  readonly program?: string;
}

// Afterwards the shell, which belongs to the same terminal, tells how the program left it. Ctrl-C reaches the shell, too,
// where the program lets the terminal handle it: the shell stays. It waits at the end as well, because what is not read yet
// when a terminal's last process ends may get lost.
const modes = 'stty -a | tr "\\n" " "';
const stopAndGoOn = `set -m; "$@"; echo "[stopped=$?]"; ${modes}; echo "[shell]"; read -r _; fg`;
const ending = `echo "[exit=$?]"; ${modes}; stty -icanon min 0 time 0; left=$(dd bs=4096 count=1 2>&-); stty icanon
echo "[interrupted=$interrupted][left=$left]"; echo "[done]"; read -r _`;
const script = (jobControl: boolean) =>
  `ulimit -c 0; interrupted=no; trap interrupted=yes INT; trap : QUIT; ${jobControl ? stopAndGoOn : '"$@"'}; ${ending}`;

/** To be called inside a test, which ends the program with itself. */
export function openTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { jobControl = false, columns = 100, rows = 50, program = 'bin/ping14c.js' }: TerminalOptions = {},
): Terminal {
  const pty = spawn('/bin/sh', ['-c', script(jobControl), 'sh', process.execPath, program, ...argv], {
    cols: columns,
    rows,
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color', TZ: 'UTC', ...env },
  });
  let raw = '';
  let over = false;
  const waiting = new Set<() => void>();
  pty.onData((chunk) => {
    raw += chunk;
    for (const look of [...waiting]) look();
  });
  pty.onExit(() => {
    over = true;
    for (const look of [...waiting]) look();
  });
  onTestFinished(() => {
    if (!over) pty.kill('SIGKILL');
  });
  const said = (pattern: RegExp) => {
    const { look, come } = awaitStep(pattern, () => ({ text: withoutEscapes(raw), over }));
    waiting.add(look);
    const forget = () => void waiting.delete(look);
    come.then(forget, forget);
    // As it is: whoever waits acts at once, before the program goes on.
    return come;
  };
  const isRestored = (told: string) =>
    [/ echo /, / icanon /, / isig /].every((mode) => mode.test(told)) &&
    raw.lastIndexOf('\u001b[?25l') <= raw.lastIndexOf('\u001b[?25h');
  const ended = said(/\[exit=\d+\][\s\S]*\[done\]/).then((text) => ({
    exitCode: Number(/\[exit=(\d+)\]/.exec(text)?.[1]),
    restored: isRestored(text.slice(text.indexOf('[exit='))),
    leftOver: /\[left=([\s\S]*)\]\s*\[done\]/.exec(text)?.[1] ?? '',
    shellInterrupted: text.includes('[interrupted=yes]'),
    text,
  }));
  // A test that fails before it waits for the end has its own error to tell.
  ended.catch(() => {});
  return {
    raw: () => raw,
    said,
    type: (keys) => pty.write(keys),
    hangUp: () => pty.kill('SIGHUP'),
    echoes: () => {
      const device = readlinkSync(`/proc/${pty.pid}/fd/0`);
      return / echo /.test(execFileSync('stty', ['-F', device, '-a'], { encoding: 'utf8' }));
    },
    stopped: async () => {
      const text = await said(/\[stopped=\d+\][\s\S]*\[shell\]/);
      return { restored: isRestored(text.slice(text.indexOf('[stopped='))) };
    },
    signal: (name) => void process.kill(childOf(pty.pid), name),
    ended,
  };
}

function withoutEscapes(text: string): string {
  return text.replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_]|\][^\u0007]*\u0007)/g, '');
}

/** The shell's one child is the program. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}
