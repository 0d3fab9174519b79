import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configFolder, stateFolder } from '../../src/config/folders.ts';
import { saveProfiles } from '../../src/config/profile.ts';

const homeFolder = join(tmpdir(), 'ada');

describe('settings and sessions on Linux', () => {
  it.each([
    [undefined, undefined],
    ['', ''],
    ['.config', '.local/state'],
    ['.', '..'],
  ])('live in the home folder when the XDG variables are %j and %j', (config, state) => {
    const machine = { env: { XDG_CONFIG_HOME: config, XDG_STATE_HOME: state }, platform: 'linux', homeFolder } as const;
    expect(configFolder(machine)).toBe(join(homeFolder, '.config', 'ping14c'));
    expect(stateFolder(machine)).toBe(join(homeFolder, '.local', 'state', 'ping14c'));
  });

  it('live where absolute XDG variables say', () => {
    const env = { XDG_CONFIG_HOME: join(homeFolder, 'c'), XDG_STATE_HOME: join(homeFolder, 's') };
    const machine = { env, platform: 'linux', homeFolder } as const;
    expect(configFolder(machine)).toBe(join(homeFolder, 'c', 'ping14c'));
    expect(stateFolder(machine)).toBe(join(homeFolder, 's', 'ping14c'));
  });
});

describe('settings that somebody left in the current folder', () => {
  it.runIf(process.platform === 'linux').each([{ HOME: '' }, { HOME: '.' }, { XDG_CONFIG_HOME: '.config' }])(
    'are not used with %j',
    async (env) => {
      const folder = mkdtempSync(join(tmpdir(), 'ping14c-anybody-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const planted = join(folder, '.config', 'ping14c');
      mkdirSync(planted, { recursive: true });
      await saveProfiles(planted, {
        active: 'default',
        profiles: { default: { authUrl: 'https://stranger.example' } },
      });
      const program = fileURLToPath(new URL('../../bin/ping14c.js', import.meta.url));
      const { stdout } = await promisify(execFile)(process.execPath, [program, 'config', 'list'], {
        cwd: folder,
        env: { PATH: process.env['PATH'], HOME: join(folder, 'home'), ...env },
      });
      expect(stdout).toMatch(/^auth-url/m);
      expect(stdout).not.toContain('stranger.example');
    },
  );
});
