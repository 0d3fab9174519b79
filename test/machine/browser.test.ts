import { watch } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { launchBrowser } from '../../src/machine/browser.ts';

const url = 'https://auth.pingone.eu/as/authorize?state=a&nonce=$(touch%20x);b';

describe.skipIf(process.platform === 'win32')('starting a browser (with shell scripts, so not on Windows)', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ping14c-browser-'));
    // How long a launcher is watched is up to each test.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(async () => {
    vi.useRealTimers();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** A program that leaves its arguments and environment behind, then does as told. */
  async function program(path: string, then = 'exit 0'): Promise<string> {
    const file = join(folder, path);
    const script = `#!/bin/sh\n{ for word in "$@"; do echo "$word"; done; echo; env; } > '${folder}/seen.part'
mv '${folder}/seen.part' '${folder}/seen'\necho noise; echo noise >&2\n${then}\n`;
    await writeFile(file, script);
    await chmod(file, 0o755);
    return file;
  }

  /** Resolves when there is a file of this name in the folder. */
  function appeared(wanted: string): Promise<void> {
    return new Promise((resolve) => {
      const watcher = watch(folder, (_, name) => {
        if (name !== wanted) return;
        watcher.close();
        resolve();
      });
    });
  }

  async function seen(): Promise<{ words: string[]; environment: string }> {
    const [words = '', environment = ''] = (await readFile(join(folder, 'seen'), 'utf8')).split('\n\n');
    return { words: words.split('\n'), environment };
  }

  function launch(env: Record<string, string>, address = url) {
    return launchBrowser(address, { env: { PATH: process.env['PATH'], ...env }, platform: process.platform });
  }

  it('BROWSER gets the URL as its last argument, as it is and without a shell', async () => {
    expect(await launch({ BROWSER: `${await program('browser')} --new-window  -x` })).toEqual({ kind: 'started' });
    expect((await seen()).words).toEqual(['--new-window', '-x', url]);
  });

  it('BROWSER may be a file with spaces in its path', async () => {
    await mkdir(join(folder, 'My Browser'));
    expect(await launch({ BROWSER: await program('My Browser/the browser') })).toEqual({ kind: 'started' });
    expect((await seen()).words).toEqual([url]);
  });

  it('BROWSER=none opens nothing', async () => {
    expect(await launch({ BROWSER: 'none' })).toEqual({ kind: 'disabled' });
  });

  it('finds no secret of ours in its environment, and the rest as it was', async () => {
    const secrets = {
      PING14C_CLIENT_SECRET: 's3cret',
      PINGONE_CLIENT_SECRET: 's3cret',
      PING14C_ACCESS_TOKEN: 's3cret',
      GITHUB_TOKEN: 's3cret',
    };
    await launch({ BROWSER: await program('browser'), ...secrets, DISPLAY: ':7', XDG_ACTIVATION_TOKEN: 'focus' });
    const { environment } = await seen();
    expect(environment).not.toContain('s3cret');
    expect(environment).toContain('DISPLAY=:7');
    expect(environment).toContain('XDG_ACTIVATION_TOKEN=focus');
  });

  it('that fails is told with its status', async () => {
    const file = await program('browser', 'exit 3');
    expect(await launch({ BROWSER: file })).toEqual({ kind: 'failed', reason: `${file} ended with status 3` });
  });

  it('that is a script of cmd is not started on Windows, which would run what stands behind the & of the URL', async () => {
    const file = await program('browser.cmd');
    const env = { PATH: process.env['PATH'], BROWSER: file };
    expect(await launchBrowser(url, { env, platform: 'win32' })).toEqual({
      kind: 'failed',
      reason: `${file} is a script of cmd, and a browser is started without it`,
    });
    await expect(seen()).rejects.toThrow('ENOENT');
  });

  it('that is not there is told', async () => {
    expect(await launch({ BROWSER: join(folder, 'absent') })).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ENOENT'),
    });
  });

  it('that stays in the foreground has started', async () => {
    const running = appeared('pid');
    const file = await program(
      'browser',
      `echo $$ > '${folder}/part'; mv '${folder}/part' '${folder}/pid'; exec sleep 60`,
    );
    const launched = launch({ BROWSER: file });
    await running;
    vi.advanceTimersByTime(2000);
    expect(await launched).toEqual({ kind: 'started' });
    process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')));
  });

  it.each([
    'http://auth.pingone.eu/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://127.0.0.1.evil.example/',
    '--version',
    '',
  ])('is never given %j', async (address) => {
    expect(await launch({ BROWSER: await program('browser') }, address)).toMatchObject({ kind: 'failed' });
    await expect(seen()).rejects.toThrow('ENOENT');
  });

  it('may be sent to a loopback address by http', async () => {
    expect(await launch({ BROWSER: await program('browser') }, 'http://127.0.0.1:8080/')).toEqual({ kind: 'started' });
  });

  it.runIf(process.platform === 'linux')(
    'without BROWSER, the platform has one that is told of the URL (Linux)',
    async () => {
      const told = appeared('seen');
      // The package's own xdg-open ends, without a desktop, at x-www-browser.
      await program('x-www-browser');
      const desktopless = {
        PATH: `${folder}:${process.env['PATH']}`,
        DISPLAY: ':99',
        HOME: folder,
        XDG_DATA_HOME: folder,
        XDG_DATA_DIRS: folder,
        XDG_CONFIG_DIRS: folder,
        PING14C_CLIENT_SECRET: 's3cret',
      };
      expect(await launch(desktopless)).toEqual({ kind: 'started' });
      await told;
      expect((await seen()).words).toEqual([url]);
      expect((await seen()).environment).not.toContain('s3cret');
    },
  );
});
