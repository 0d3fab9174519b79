import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { onTestFinished } from 'vitest';
import { awaitStep } from './step.ts';

/** Shells that a person types at. `.ci/run` installs them. */
export type RealShell = 'bash' | 'zsh' | 'fish';

/** For `skipIf`: where there is no such shell its tests are skipped, but never in CI, which must have it. */
export function shellIsAbsent(shell: RealShell): boolean {
  return spawnSync(shell, ['--version']).error !== undefined && !process.env['CI'];
}

/** A terminal in which such a shell runs, with a completion script for `ping14c`. */
export interface ShellTerminal {
  /** Types a line and Enter, and tells with which words `ping14c` was called. */
  words(line: string): Promise<readonly string[]>;
  /** The files in the folder where the shell stands. */
  files(): readonly string[];
}

interface ShellOptions {
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Empty files in the folder where the shell stands. */
  readonly files?: readonly string[];
}

/** What the shell reads at its start, by the name of the file, and how it is started so that it reads nothing else. */
const starts: Readonly<
  Record<RealShell, { readonly file: string; readonly args: readonly string[]; readonly before: string }>
> = {
  bash: { file: '.bashrc', args: ['--noprofile', '--rcfile', '.bashrc', '-i'], before: `PS1='[at] '` },
  zsh: {
    // By itself zsh expands on Tab what is typed, before any completion.
    file: '.zshrc',
    args: ['-d', '-i'],
    before: `bindkey '^I' complete-word\nPROMPT='[at] '\nunsetopt PROMPT_SP\nautoload -Uz compinit\ncompinit -D -u`,
  },
  fish: {
    file: 'start.fish',
    args: ['--no-config', '-i', '-C', 'source start.fish'],
    before: `function fish_prompt\n  echo '[at] '\nend\nset -g fish_autosuggestion_enabled 0\nset -g fish_greeting`,
  },
};

/**
 * To be called inside a test, which ends the shell with itself. `ping14c` answers the script there as the built program does;
 * called otherwise, it says with which words.
 */
export async function openShell(shell: RealShell, { script, env, files = [] }: ShellOptions): Promise<ShellTerminal> {
  const folder = mkdtempSync(join(tmpdir(), 'ping14c-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [bin, home, here] = ['bin', 'home', 'here'].map((name) => mkdtempSync(join(folder, name))) as [
    string,
    string,
    string,
  ];
  const program = join(bin, 'ping14c');
  const answers = `if [ "$1" = __complete ]; then exec '${process.execPath}' '${join(process.cwd(), 'bin/ping14c.js')}' "$@"; fi`;
  writeFileSync(program, `#!/bin/sh\n${answers}\nprintf '[words'; printf '\\t%s' "$@"; printf '\\t]\\n'\n`);
  chmodSync(program, 0o700);
  const { file, args, before } = starts[shell];
  writeFileSync(join(home, file), `${before}\n${script}\ncd '${here}'\n`);
  for (const name of files) writeFileSync(join(here, name), '');
  const pty = spawn(shell, [...args], {
    cols: 200,
    rows: 50,
    cwd: home,
    env: {
      ...env,
      PATH: `${bin}:${process.env['PATH']}`,
      HOME: home,
      ZDOTDIR: home,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
    },
  });
  let [text, over] = ['', false];
  const waiting = new Set<() => void>();
  const look = () => {
    for (const waits of [...waiting]) waits();
  };
  pty.onData((chunk) => {
    text += chunk;
    look();
  });
  pty.onExit(() => {
    over = true;
    look();
  });
  onTestFinished(() => {
    if (!over) pty.kill('SIGKILL');
  });
  const said = (pattern: RegExp) => {
    const { look: waits, come } = awaitStep(pattern, () => ({ text, over }));
    waiting.add(waits);
    const forget = () => void waiting.delete(waits);
    come.then(forget, forget);
    return come;
  };
  await said(/\[at\] /);
  const words = async (line: string) => {
    text = '';
    pty.write(`${line}\r`);
    // Only at its next prompt does a shell read on for certain.
    const told = await said(/\[words\t.*\][\s\S]*\[at\] /);
    return /\[words\t(.*)\t\]/.exec(told)?.[1]?.split('\t') ?? [];
  };
  return { words, files: () => readdirSync(here) };
}
