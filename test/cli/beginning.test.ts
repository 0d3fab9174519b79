import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeProfiles } from '../../src/config/profiles.ts';
import { configFolderAt } from '../support/own-folders.ts';
import { testMachine } from '../support/test-runtime.ts';

describe('ping14c alone', () => {
  it('says two ways to begin to somebody who has set nothing up', async () => {
    const { exitCode, stdout, stderr } = await testMachine().run();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      expect.stringContaining('Two ways to begin:'),
      expect.stringMatching(/^ {2}ping14c init {2,}use an environment of your own$/),
      expect.stringMatching(/^ {2}ping14c sandbox -- bash {2}try a local one/),
      expect.stringContaining('ping14c --help'),
      '',
    ]);
  });

  it('names a shell that Windows has', async () => {
    expect((await testMachine({ platform: 'win32' }).run()).stderr).toContain('ping14c sandbox -- powershell');
  });

  it('prints the help once a profile is saved', async () => {
    const machine = testMachine();
    await changeProfiles(configFolderAt(machine.configFolder), machine.runtime(), () => ({
      active: 'work',
      profiles: { work: {} },
    }));
    await expectHelp(machine.run());
  });

  it.each(['PING14C_ENVIRONMENT_ID', 'PINGONE_ENVIRONMENT_ID'])('prints the help where %s is set', async (name) => {
    await expectHelp(testMachine({ env: { [name]: 'x' } }).run());
  });

  it('prints the help where the profiles cannot be read', async () => {
    const machine = testMachine();
    mkdirSync(machine.configFolder, { mode: 0o700 });
    writeFileSync(join(machine.configFolder, 'config.json'), 'no JSON');
    await expectHelp(machine.run());
  });
});

async function expectHelp(outcome: Promise<{ readonly exitCode: number; readonly stderr: string }>) {
  const { exitCode, stderr } = await outcome;
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^Usage: ping14c/m);
}
