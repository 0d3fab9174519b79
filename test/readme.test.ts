import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definitionOf, definitions, type SettingKey, settingName } from '../src/config/setting-definitions.ts';
import { testMachine } from './support/test-runtime.ts';

const readme = readFileSync('README.md', 'utf8');

/** The line of the settings table that tells the truth about a setting. */
function rowOf(key: SettingKey): string {
  const { flag, only, variables, default: usual, secret } = definitionOf(key);
  const shown = flag ? `\`${flag}\`${only ? ` (${only})` : ''}` : undefined;
  const flagShown = shown ?? (secret ? 'never' : '');
  return `| \`${settingName(key)}\` | ${flagShown} | ${variables.map((name) => `\`${name}\``).join(', ')} | ${usual ? `\`${usual}\`` : ''} |`;
}

describe('the README', () => {
  it.each(Object.keys(definitions) as SettingKey[])('tells the flag, the variables and the default of %s', (key) => {
    expect(readme.split('\n')).toContain(rowOf(key));
  });

  it('has no setting that is gone', () => {
    const table = readme.slice(readme.indexOf('| setting |'));
    const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(2);
    expect(rows).toHaveLength(Object.keys(definitions).length);
  });

  it('names every command that the help offers', async () => {
    const { stdout } = await testMachine().run('--help');
    const listed = stdout.slice(stdout.indexOf('Start here:')).matchAll(/^ {2}(\w+)/gm);
    for (const [, name] of listed) expect(readme).toMatch(new RegExp(`\`${name}\``));
  });

  it('names the lines that package.json really has', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['demo', 'test']));
    expect(readme).toContain('npm run demo');
    expect(readFileSync('.ci/run', 'utf8')).toMatch(/^npm cit$/m);
    expect(readme).toMatch(/^npm cit$/m);
  });
});
