import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withTemporaryFolder } from '../../src/files/temporary-folder.ts';

const userId = process.geteuid?.();
const mallory = 1001;
let place = '';

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'ping14c-test-'));
  // Windows reads the second.
  for (const name of ['TMPDIR', 'TEMP']) vi.stubEnv(name, place);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(place, { recursive: true });
});

const made = () => withTemporaryFolder('mine-', { userId }, async (folder) => folder);

describe.skipIf(userId === undefined)('a temporary folder', () => {
  it('is this user’s alone, and gone when the task fails', async () => {
    let used = '';
    const task = async (folder: string) => {
      used = folder;
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      throw new Error('failed');
    };
    await expect(withTemporaryFolder('mine-', { userId }, task)).rejects.toThrow('failed');
    expect(dirname(used)).toBe(place);
    expect(existsSync(used)).toBe(false);
  });

  it.each([0o700, 0o755, 0o1777])('is made where nobody else can put another in its place: %o', async (mode) => {
    chmodSync(place, mode);
    expect(dirname(await made())).toBe(place);
  });

  it.each([
    [0o777, 'everybody on this machine'],
    [0o770, 'group 1001'],
  ])('is not made where others could: %o', async (mode, who) => {
    if (userId === 0) chownSync(place, userId, mallory);
    chmodSync(place, mode);
    const message = expect.stringContaining(userId === 0 ? who : 'can put another folder');
    await expect(made()).rejects.toMatchObject({ code: 'temporary_folder_open', kind: 'usage', message });
  });

  it('cannot be made where there is no place for it, which is no bug', async () => {
    vi.stubEnv('TMPDIR', join(place, 'nowhere'));
    const refusal = { code: 'temporary_folder', kind: 'usage', hint: expect.stringContaining('TMPDIR') };
    await expect(made()).rejects.toMatchObject(refusal);
  });

  it.skipIf(userId !== 0)('is not made in somebody else’s', async () => {
    chownSync(place, mallory, mallory);
    await expect(made()).rejects.toMatchObject({ message: expect.stringContaining('user 1001') });
  });
});

it('is judged by no mode on Windows, which has none', async () => {
  chmodSync(place, 0o777);
  expect(dirname(await withTemporaryFolder('mine-', { userId: undefined }, async (folder) => folder))).toBe(place);
});
