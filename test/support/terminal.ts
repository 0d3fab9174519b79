import { readFileSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';

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
  /** Resolves when the program has ended: its exit code, and whether the terminal is as it was. */
  readonly ended: Promise<Ending>;
}

export interface Ending {
  readonly exitCode: number;
  /** Characters are shown as typed, lines are lines, and the cursor is visible. */
  readonly restored: boolean;
  readonly text: string;
}

// Afterwards the shell, which belongs to the same terminal, tells how the program left it. Ctrl-C reaches the shell, too,
// where the program lets the terminal handle it: the shell stays. It waits at the end as well, because what is not read yet
// when a terminal's last process ends may get lost.
const script = 'trap : INT; "$@"; echo "[exit=$?]"; stty -a | tr "\\n" " "; echo "[done]"; read -r _';

/** To be called inside a test, which ends the program with itself. */
export function openTerminal(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Terminal {
  const pty = spawn('/bin/sh', ['-c', script, 'sh', process.execPath, 'bin/ping14c.js', ...argv], {
    cols: 100,
    rows: 50,
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
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const text = withoutEscapes(raw);
        const matches = pattern.test(text);
        if (!matches && !over) return;
        waiting.delete(look);
        if (matches) resolve(text);
        else reject(new Error(`The program ended without saying ${pattern}:\n${text}`));
      };
      waiting.add(look);
      look();
    });
  const ended = said(/\[exit=\d+\][\s\S]*\[done\]/).then((text) => {
    const exitCode = Number(/\[exit=(\d+)\]/.exec(text)?.[1]);
    const modes = text.slice(text.indexOf('[exit='));
    const cooked = / echo /.test(modes) && / icanon /.test(modes) && / isig /.test(modes);
    const cursorShown = raw.lastIndexOf('\u001b[?25l') <= raw.lastIndexOf('\u001b[?25h');
    return { exitCode, restored: cooked && cursorShown, text };
  });
  // A test that fails before it waits for the end has its own error to tell.
  ended.catch(() => {});
  return {
    raw: () => raw,
    said,
    type: (keys) => pty.write(keys),
    hangUp: () => pty.kill('SIGHUP'),
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
