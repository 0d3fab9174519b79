import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { onceFree } from '../../src/files/in-use.ts';
import { readOwnFile } from '../../src/files/own-folder.ts';
import { readPrivateFile, removePrivateFile, writePrivateFile } from '../../src/files/private-file.ts';
import { configFolderAt, stateFolderAt } from '../support/own-folders.ts';

// Linux lets a file that is open be renamed over and removed, so Windows' answers are put in the way here.
const windows = vi.hoisted(() => ({ refuses: { open: 0, rename: 0, unlink: 0 }, code: 'EPERM' }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const refusing =
    (name: keyof typeof windows.refuses) =>
    (...args: readonly unknown[]): unknown => {
      // Flags as a word: a file that is made, under a name that nobody knows yet, or a folder.
      const meant = name !== 'open' || typeof args[1] === 'number';
      if (meant && windows.refuses[name]-- > 0) {
        return Promise.reject(
          Object.assign(new Error(`${windows.code}: not permitted, ${name}`), { code: windows.code }),
        );
      }
      return (real[name] as (...given: readonly unknown[]) => unknown)(...args);
    };
  return { ...real, open: refusing('open'), rename: refusing('rename'), unlink: refusing('unlink') };
});

beforeEach(() => {
  windows.refuses = { open: 0, rename: 0, unlink: 0 };
});

const failing = (code: string) => Object.assign(new Error(code), { code });

/** Counts the pauses, which take no time. */
function machine(platform: NodeJS.Platform) {
  const pauses: number[] = [];
  const sleep = async (ms: number) => void pauses.push(ms);
  return { platform, sleep, pauses };
}

describe('a step on a file that somebody else has open', () => {
  it.each(['EPERM', 'EACCES', 'EBUSY'])('is tried again on Windows after %s', async (code) => {
    const windows = machine('win32');
    let left = 3;
    const step = async () => (left-- > 0 ? Promise.reject(failing(code)) : 'done');
    expect(await onceFree(windows, step)).toBe('done');
    expect(windows.pauses).toHaveLength(3);
  });

  it.each<[NodeJS.Platform, string]>([
    ['win32', 'ENOENT'],
    ['win32', 'ENOSPC'],
    ['linux', 'EPERM'],
    ['darwin', 'EACCES'],
  ])('is tried once on %s after %s', async (platform, code) => {
    const once = machine(platform);
    await expect(onceFree(once, () => Promise.reject(failing(code)))).rejects.toMatchObject({ code });
    expect(once.pauses).toEqual([]);
  });

  it('is given up after about three seconds', async () => {
    const windows = machine('win32');
    await expect(onceFree(windows, () => Promise.reject(failing('EBUSY')))).rejects.toMatchObject({ code: 'EBUSY' });
    const waitedMs = windows.pauses.reduce((sum, ms) => sum + ms, 0);
    expect(waitedMs).toBeGreaterThanOrEqual(3000);
    expect(waitedMs).toBeLessThan(3100);
  });
});

describe('a file of ours that another process has open on Windows', () => {
  function folderOnWindows() {
    const path = mkdtempSync(join(tmpdir(), 'ping14c-in-use-'));
    onTestFinished(() => rmSync(path, { recursive: true, force: true }));
    const { pauses, ...given } = machine('win32');
    return { pauses, state: { ...stateFolderAt(path), ...given }, config: { ...configFolderAt(path), ...given } };
  }

  it('is replaced, read and removed all the same', async () => {
    const { state, config, pauses } = folderOnWindows();
    await writePrivateFile(state, 'ada.json', 'old');
    windows.refuses.rename = 4;
    await writePrivateFile(state, 'ada.json', 'new');
    windows.refuses.open = 2;
    expect(String(await readPrivateFile(state, 'ada.json'))).toBe('new');
    windows.refuses.open = 2;
    expect(await readOwnFile(config, 'ada.json')).toBe('new');
    windows.refuses.unlink = 3;
    expect(await removePrivateFile(state, 'ada.json')).toBe(true);
    expect(await removePrivateFile(state, 'ada.json')).toBe(false);
    expect(pauses).toHaveLength(11);
  });

  it('for good is told as such, and the old file is whole', async () => {
    const { state } = folderOnWindows();
    await writePrivateFile(state, 'ada.json', 'old');
    windows.refuses.rename = Number.POSITIVE_INFINITY;
    await expect(writePrivateFile(state, 'ada.json', 'new')).rejects.toMatchObject({
      code: 'state_folder',
      hint: expect.stringContaining('Another program, such as an antivirus, may be using it'),
    });
    expect(String(await readPrivateFile(state, 'ada.json'))).toBe('old');
  });
});
