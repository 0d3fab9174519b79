import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type CompletionTree, completionScripts } from '../../src/commands/completion.ts';
import { testMachine } from '../support/test-runtime.ts';

const options = [{ names: ['--json'], summary: "print one document; don't colour" }];
const program: CompletionTree = {
  name: 'ping14c',
  summary: '',
  options: [...options, { names: ['--profile', '-P'], summary: 'a profile' }],
  commands: [
    { name: 'login', summary: 'sign in', options: [{ names: ['--no-browser'], summary: 'no browser' }], commands: [] },
    {
      name: 'config',
      summary: 'settings',
      options: [],
      commands: [{ name: 'list', summary: 'all', options, commands: [] }],
    },
  ],
};

/** Alpine has none. CI must have it. */
const bashIsAbsent = spawnSync('bash', ['--version']).error !== undefined && !process.env['CI'];

/** What bash offers at the end of these words. */
function offeredByBash(...words: string[]): string[] {
  const script = `${completionScripts.bash(program)}
COMP_WORDS=(ping14c "$@"); COMP_CWORD=$#; _ping14c; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean);
}

describe.skipIf(bashIsAbsent)('in bash (skipped where it is absent and CI is not set)', () => {
  it.each([
    [['l'], ['login']],
    [[''], ['login', 'config', '--json', '--profile', '-P']],
    [['login', '--n'], ['--no-browser']],
    [
      ['config', ''],
      ['list', '--json', '--profile', '-P'],
    ],
    [['-P', 'work', 'config', 'l'], ['list']],
    [
      ['config', 'list', '--'],
      ['--json', '--profile'],
    ],
    [['login', 'x'], []],
  ])('after %j it offers %j', (words, offered) => {
    expect(offeredByBash(...words)).toEqual(offered);
  });
});

// `>>` of Windows PowerShell 5.1 appends UTF-16, whatever the rest of the file is.
it('says how to install it in PowerShell 5.1 and 7 alike', async () => {
  const { stdout } = await testMachine().run('completion', '--help');
  expect(stdout).toContain('if (!(Test-Path $PROFILE)) { New-Item -Force $PROFILE }');
  expect(stdout).toContain("Add-Content $PROFILE 'ping14c completion powershell | Out-String | Invoke-Expression'");
  expect(stdout).not.toContain('>> $PROFILE');
});

it.each(['zsh', 'fish', 'powershell'] as const)(
  'in %s every command and option is offered with its summary',
  (shell) => {
    const script = completionScripts[shell](program);
    for (const text of ['login', 'sign in', '--no-browser', 'config list', '-P']) expect(script).toContain(text);
  },
);
