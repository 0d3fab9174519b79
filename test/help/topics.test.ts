import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { definitionOf, settingKeys, settingName } from '../../src/config/setting-definitions.ts';
import { ExitCode } from '../../src/errors.ts';
import { testMachine } from '../support/test-runtime.ts';

/** What `ping14c help TOPIC` prints, blanks and line ends as one blank. */
async function topic(name: string): Promise<string> {
  const { exitCode, stdout, stderr } = await testMachine().run('help', name);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout.replace(/\s+/g, ' ');
}

describe('ping14c help', () => {
  it('settings tells every setting with its flag and default, and the options of every command', async () => {
    const text = await topic('settings');
    for (const key of settingKeys) {
      const { flag = '', default: usual = '' } = definitionOf(key);
      expect(text).toContain(` ${settingName(key)} `);
      expect(text).toContain(flag.split(' ', 1)[0]);
      expect(text).toContain(usual);
    }
    for (const option of ['-P, --profile', '--json', '--no-input', '--debug', '--version']) {
      expect(text).toContain(option);
    }
  });

  it('environment tells every variable of a setting', async () => {
    const text = await topic('environment');
    for (const name of settingKeys.flatMap((key) => definitionOf(key).variables)) expect(text).toContain(` ${name} `);
  });

  // What these mean is the same in every program.
  const known = 'PATH TMUX SystemRoot DISPLAY WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS SSH_CONNECTION SSH_TTY'.split(
    ' ',
  );

  it('environment tells every other variable that the code reads', async () => {
    const text = await topic('environment');
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const read = files.flatMap((file) =>
      [...readFileSync(join('src', file), 'utf8').matchAll(/\benv\['(\w+)'\]/g)].map(([, name = '']) => name),
    );
    expect(read.length).toBeGreaterThan(10);
    // It is refused, and not used (docs/security.md, rule 33).
    const used = read.filter((name) => !known.includes(name) && name !== 'NODE_TLS_REJECT_UNAUTHORIZED');
    expect(used.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('exit-codes tells every exit code', async () => {
    const text = await topic('exit-codes');
    for (const code of Object.values(ExitCode)) expect(text).toContain(` ${code} `);
  });

  it('json names the schema of every document', async () => {
    const text = await topic('json');
    for (const file of readdirSync('src/output/schemas')) {
      const { title } = JSON.parse(readFileSync(join('src/output/schemas', file), 'utf8'));
      expect(text).toContain(`${file} ${title}`);
    }
  });
});
