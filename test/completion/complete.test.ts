import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testMachine } from '../support/test-runtime.ts';

/** What is offered at the end of these words: `files`, or the words without their summaries. */
async function offered(
  words: readonly string[],
  profiles: readonly string[] = [],
): Promise<string | readonly string[]> {
  const machine = testMachine();
  mkdirSync(machine.configFolder, { mode: 0o700 });
  const config = { profiles: Object.fromEntries(profiles.map((name) => [name, {}])) };
  writeFileSync(join(machine.configFolder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const current = words.at(-1) ?? '';
  const { exitCode, stdout, stderr } = await machine.run(
    '__complete',
    'zsh',
    '--',
    `=${current}`,
    ...words.slice(0, -1),
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const [kind = '', ...lines] = stdout.trimEnd().split('\n');
  return kind === 'words' ? lines.map((line) => line.split('\t', 1)[0] ?? '') : kind;
}

describe('offered are', () => {
  it.each([
    [
      ['config', ''],
      ['list', 'get', 'set', 'unset', 'path'],
    ],
    [
      ['-P', 'work', 'config', ''],
      ['list', 'get', 'set', 'unset', 'path'],
    ],
    [
      ['config', '--json', 'set', 'store', ''],
      ['keychain', 'file', 'memory'],
    ],
    [['config', 'set', 'private-key', ''], 'files'],
    [['config', 'set', 'region', 'eu', ''], []],
    [
      ['--store', ''],
      ['keychain', 'file', 'memory'],
    ],
    [
      ['status', '--store='],
      ['--store=keychain', '--store=file', '--store=memory'],
    ],
    [
      ['login', '--prompt', ''],
      ['login', 'none', 'consent'],
    ],
    [['login', '--cert', ''], 'files'],
    [['sandbox', '--users', ''], 'files'],
    [['sandbox', '--seed', ''], 'files'],
    [['login', '--login-hint', ''], []],
    [
      ['logout', ''],
      ['--browser', '--all', '--post-logout-redirect-uri'],
    ],
    [['exec', ''], 'files'],
    [['exec', '--', 'terraform', '--'], 'files'],
    [
      ['exec', '--for', ''],
      ['terraform', 'pingone-go-client', 'pingcli'],
    ],
    [
      ['help', 'profile', ''],
      ['list', 'use', 'remove'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', 'powershell'],
    ],
    [['no-such', ''], []],
  ])('after %j: %j', async (words, expected) => {
    expect(await offered(words)).toEqual(expected);
  });

  it.each([[['login', '-']], [['login', '--dev']]])('options after %j, those of all commands too', async (words) => {
    const options = await offered(words);
    for (const option of ['--device', '--profile', '-P', '--region', '--help']) expect(options).toContain(option);
  });

  it('the faults behind those that are typed', async () => {
    expect(await offered(['sandbox', '--fault', 'token-5xx,'])).toContain('token-5xx,clock-ahead');
  });

  it('profiles, but for names that would do something to the terminal or take more than a line', async () => {
    const names = ['work', 'my profile', '', 'two\nlines', 'tab\there', '\u001b[31mred', '\u202eright'];
    expect(await offered(['-P', ''], names)).toEqual(['work', 'my profile']);
  });
});

it('says nothing where the profiles cannot be read', async () => {
  const machine = testMachine();
  mkdirSync(machine.configFolder, { mode: 0o700 });
  writeFileSync(join(machine.configFolder, 'config.json'), 'no JSON', { mode: 0o600 });
  expect(await machine.run('__complete', 'zsh', '--', '=', '-P')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

it('asks no server, and reads no session', async () => {
  const asked: string[] = [];
  const machine = testMachine({
    fetch: async () => {
      asked.push('fetch');
      throw new Error('no network');
    },
    keychain: async () => {
      asked.push('keychain');
      throw new Error('no keychain');
    },
  });
  for (const words of [['login'], ['-P'], ['config', 'set', 'region'], ['sandbox', '--fault'], ['token', '--format']])
    await machine.run('__complete', 'zsh', '--', '=', ...words);
  expect(asked).toEqual([]);
});

it('answers PowerShell with or without "--", which its wrapper of programs may take away', async () => {
  const answers = await Promise.all(
    [['--'], []].map((dashes) => testMachine().run('__complete', 'powershell', ...dashes, '=ke', 'status', '--store')),
  );
  for (const { stdout } of answers) expect(stdout).toBe('words\nkeychain\t\nfile\t\nmemory\t\n');
});
