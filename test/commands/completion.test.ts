import { expect, it } from 'vitest';
import { completionScripts, type Shell } from '../../src/completion/scripts.ts';
import { testMachine } from '../support/test-runtime.ts';

it.each(Object.keys(completionScripts) as Shell[])('prints the script of %s', async (shell) => {
  const { exitCode, stdout, stderr } = await testMachine().run('completion', shell);
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: completionScripts[shell], stderr: '' });
});

// PowerShell is not there to be asked: see test/completion/shells.test.ts for the others.
it.each(Object.keys(completionScripts) as Shell[])('has nothing in the script of %s that runs a text', (shell) => {
  expect(completionScripts[shell]).not.toMatch(/\beval\b|Invoke-Expression|compgen -W|\biex\b|-Q\b/);
});

it('hands nothing from PowerShell to what may be a script of cmd that cmd would take for its own', () => {
  const [before = ''] = completionScripts.powershell.split('& ping14c __complete');
  const [, refused = ''] = /if \("\$begun \$words" -match '(\[.*\])'\) \{ return \}\n/.exec(before) ?? [];
  for (const typed of ['a&calc', 'a|calc', '%PATH%', 'a^b', 'a<b>c', 'a"b', '!x!'])
    expect(typed).toMatch(new RegExp(refused));
  for (const typed of ['my profile', "it's", '--region=eu', 'token-5xx,clock'])
    expect(typed).not.toMatch(new RegExp(refused));
});

// `>>` of Windows PowerShell 5.1 appends UTF-16, whatever the rest of the file is.
it('says how to install it in PowerShell 5.1 and 7 alike', async () => {
  const { stdout } = await testMachine().run('completion', '--help');
  expect(stdout).toContain('if (!(Test-Path $PROFILE)) { New-Item -Force $PROFILE }');
  expect(stdout).toContain("Add-Content $PROFILE 'ping14c completion powershell | Out-String | iex'");
  expect(stdout).not.toContain('>> $PROFILE');
});
