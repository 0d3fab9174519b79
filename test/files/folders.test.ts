import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { configFolder, stateFolder } from '../../src/files/folders.ts';

const homeFolder = join(tmpdir(), 'ada');

/** Where somebody with these variables has their settings and sessions. */
function foldersWith(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform = 'linux') {
  const site = {
    runtime: { env, platform, homeFolder, userId: undefined, sleep: async () => {} },
    output: { warn: () => {} },
  } as const;
  return [configFolder(site).path, stateFolder(site).path];
}

describe('settings and sessions on Linux', () => {
  it.each([
    [undefined, undefined],
    ['', ''],
    ['.config', '.local/state'],
    ['.', '..'],
  ])('live in the home folder when the XDG variables are %j and %j', (config, state) => {
    expect(foldersWith({ XDG_CONFIG_HOME: config, XDG_STATE_HOME: state })).toEqual([
      join(homeFolder, '.config', 'ping14c'),
      join(homeFolder, '.local', 'state', 'ping14c'),
    ]);
  });

  it('live where absolute XDG variables say', () => {
    const env = { XDG_CONFIG_HOME: join(homeFolder, 'c'), XDG_STATE_HOME: join(homeFolder, 's') };
    expect(foldersWith(env)).toEqual([join(homeFolder, 'c', 'ping14c'), join(homeFolder, 's', 'ping14c')]);
  });
});

describe('settings and sessions on Windows', () => {
  it.each([[undefined], [''], ['AppData'], ['..\\x']])(
    'live in the home folder when the variables are %j',
    (folder) => {
      const env = { APPDATA: folder, LOCALAPPDATA: folder };
      expect(foldersWith(env, 'win32')).toEqual([
        join(homeFolder, 'AppData', 'Roaming', 'ping14c'),
        join(homeFolder, 'AppData', 'Local', 'ping14c'),
      ]);
    },
  );

  it('live where absolute variables say', () => {
    const [config, state] = foldersWith({ APPDATA: 'D:\\r', LOCALAPPDATA: '\\\\server\\l' }, 'win32');
    expect([config, state]).toEqual([join('D:\\r', 'ping14c'), join('\\\\server\\l', 'ping14c')]);
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
      const profiles = { default: { authUrl: 'https://stranger.example' } };
      writeFileSync(join(planted, 'config.json'), JSON.stringify({ active: 'default', profiles }), { mode: 0o600 });
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
