import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionScripts } from '../../src/completion/scripts.ts';
import { openShell, type RealShell, type ShellTerminal, shellIsAbsent } from '../support/shell.ts';
import { testMachine } from '../support/test-runtime.ts';

/** What would be run if a shell took it for more than a name. */
const vicious = ['x$(touch ran)`touch ran`', `it's "q" \\ !! ;touch ran #`, '~', '*', 'q|touch ran&touch ran"'];

/** A shell at whose prompt somebody types who has these profiles. */
function shellWithProfiles(shell: RealShell): Promise<ShellTerminal> {
  const { configFolder } = testMachine();
  mkdirSync(configFolder, { mode: 0o700 });
  const names = ['work', 'team:dev', 'my profile', ...vicious];
  const profiles = Object.fromEntries(names.map((name) => [name, {}]));
  writeFileSync(join(configFolder, 'config.json'), JSON.stringify({ profiles }), { mode: 0o600 });
  const env = { PING14C_CONFIG_DIR: configFolder };
  return openShell(shell, { script: completionScripts[shell], env, files: ['cert.pem'] });
}

const tab = '\t';

describe.each(['bash', 'zsh', 'fish'] as const)('in %s', (shell) => {
  describe.skipIf(shellIsAbsent(shell))('(skipped where it is absent and CI is not set)', () => {
    it('Tab completes commands, options and their values, profiles, settings, faults, topics and files', async () => {
      const { words } = await shellWithProfiles(shell);
      const typed = [
        [`conf${tab}se${tab}regi${tab}e${tab}`, ['config', 'set', 'region', 'eu']],
        [`token --form${tab}he${tab}`, ['token', '--format', 'header']],
        [`status --store ke${tab}`, ['status', '--store', 'keychain']],
        [`status --region=e${tab}`, ['status', '--region=eu']],
        [`-P wo${tab}`, ['-P', 'work']],
        [`profile use team:d${tab}`, ['profile', 'use', 'team:dev']],
        [`-P my${tab}`, ['-P', 'my profile']],
        [`-P "my${tab}`, ['-P', 'my profile']],
        [`-P my\\ ${tab}`, ['-P', 'my profile']],
        [`sandbox --fault token-5xx,clock-ah${tab}`, ['sandbox', '--fault', 'token-5xx,clock-ahead']],
        [`help exi${tab}`, ['help', 'exit-codes']],
        [`login --cert ce${tab}`, ['login', '--cert', 'cert.pem']],
        [`completion fi${tab}`, ['completion', 'fish']],
      ] as const;
      for (const [line, completed] of typed) expect(await words(`ping14c ${line}`)).toEqual(completed);
    });

    it('a profile whose name would be run is a name and nothing else, however its beginning is quoted', async () => {
      const { words, files } = await shellWithProfiles(shell);
      for (const name of vicious) {
        const [first = ''] = name;
        for (const begun of [`'${first}`, `"${first}`, /\w/.test(first) ? first : `\\${first}`])
          expect(await words(`ping14c -P ${begun}${tab}`)).toEqual(['-P', name]);
      }
      expect(files()).toEqual(['cert.pem']);
    });

    it('nothing of what is typed is run when Tab is pressed', async () => {
      const { words, files } = await shellWithProfiles(shell);
      // Then back to the beginning of the line, and the rest of it away.
      const away = '\u0001\u000b';
      await words(`ping14c -P "$(touch ran)\`touch ran\`${tab}${away}ping14c done`);
      await words(`ping14c -P $(touch ran) --region ${tab}${away}ping14c done`);
      expect(files()).toEqual(['cert.pem']);
    });
  });
});
