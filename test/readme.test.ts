import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definitionOf, definitions, type SettingKey, settingName } from '../src/config/setting-definitions.ts';
import { consoleChecklist, consolePlaces } from '../src/pingone/console-places.ts';
import { testMachine } from './support/test-runtime.ts';

const readme = readFileSync('README.md', 'utf8');

describe('the README', () => {
  it('is read in a few minutes', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  });

  it('names of the console what init and doctor name', () => {
    const checklist = consoleChecklist({
      authMethod: 'none',
      redirectUri: definitions.redirectUri.default,
      scope: definitions.scope.default.split(' '),
      grant: 'authorization_code',
      responseType: 'code',
    });
    const inConfiguration = checklist.filter(({ place }) => place.startsWith('Configuration → '));
    expect(inConfiguration.length).toBeGreaterThan(4);
    for (const { place, value } of inConfiguration) {
      const row = readme.split('\n').find((line) => line.trim().startsWith(`| ${place.split(' → ')[1]} |`));
      expect(row?.replaceAll('`', ''), place).toContain(`| ${value.replace(' (any port)', '')} `);
    }
    // The console gives "openid" with any of the others.
    const scopes = definitions.scope.default.split(' ').filter((name) => name !== 'openid');
    expect(scopes.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    for (const place of ['Applications → Applications', consolePlaces.environment]) expect(readme).toContain(place);
  });

  it('tells of the settings that one needs the default that they have', () => {
    const table = readme.slice(readme.indexOf('## The settings one needs'), readme.indexOf('## For scripts'));
    const rows = [...table.matchAll(/^\| `([a-z-]+)` \|.*\| (?:`(.+)` |.*)?\|$/gm)];
    const told = new Map(rows.map(([, name = '', usual]) => [name, usual]));
    expect(told.size).toBe(6);
    const names = new Map(
      (Object.keys(definitions) as SettingKey[]).map((key) => [settingName(key), definitionOf(key)]),
    );
    for (const [name, usual] of told) {
      expect(names.has(name), name).toBe(true);
      if (name !== 'scope') expect(usual, name).toBe(names.get(name)?.default);
    }
  });

  it('asks for the Node that the package asks for', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(readme).toContain(`Node ${engines.node.replace('>=', '')} or newer`);
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
