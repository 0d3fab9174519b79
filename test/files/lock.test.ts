import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newestTurn, takeTurn } from '../../src/files/lock.ts';
import { withSessionLock } from '../../src/session/session-lock.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { sampleParts } from '../support/session-samples.ts';

function lockParts() {
  const parts = sampleParts();
  return { ...parts, folder: join(parts.stateFolder.path, 'locks', 'ada') };
}

/** Work that goes on until it is told to end. */
function longWork() {
  let [begin, end] = [() => {}, () => {}];
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  const work = async () => {
    begin();
    await over;
  };
  return { work, begun, end };
}

/** Windows has none in folders. */
const pipes: [string, (path: string) => void][] =
  process.platform === 'win32' ? [] : [['a pipe', (path) => void execFileSync('mkfifo', [join(path, '8')])]];

describe('a lock', () => {
  it.each<[string, (path: string) => void]>([
    ['a folder', (path) => mkdirSync(join(path, '8'))],
    ...pipes,
    ['the last number there is', (path) => writeFileSync(join(path, '999999999999999'), '', { mode: 0o600 })],
  ])('with %s put among its turns is an error, and nobody waits', async (_, put) => {
    const parts = lockParts();
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
    put(parts.folder);
    await expect(withSessionLock('ada', parts, async () => {})).rejects.toMatchObject({ code: 'state_folder' });
  });

  it('lets one work at a time', async () => {
    const parts = lockParts();
    let [inside, most] = [0, 0];
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => withSessionLock('ada', parts, work)));
    expect(most).toBe(1);
  });

  it('of one name does not wait for another', async () => {
    const parts = lockParts();
    const { work, begun, end } = longWork();
    const long = withSessionLock('ada', parts, work);
    await begun;
    expect(await withSessionLock('bob', parts, async () => 'done')).toBe('done');
    end();
    await long;
  });

  it('is free again when the work fails, and the failure is passed on', async () => {
    const parts = lockParts();
    await expect(withSessionLock('ada', parts, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await withSessionLock('ada', parts, async () => 'done')).toBe('done');
  });

  it('leaves one empty file, however often it was taken', async () => {
    const parts = lockParts();
    for (let round = 0; round < 5; round++) await withSessionLock('ada', parts, async () => {});
    expect(readdirSync(parts.folder)).toEqual(['5']);
    expect((await lookAt(parts)).holder).toBeUndefined();
  });

  it('can be waited for no longer when the person interrupts', async () => {
    const parts = lockParts();
    const { work, begun, end } = longWork();
    const long = withSessionLock('ada', parts, work);
    await begun;
    const interruption = new AbortController();
    const waiting = withSessionLock('ada', parts, async () => 'never', interruption.signal);
    interruption.abort('SIGINT');
    await expect(waiting).rejects.toBe('SIGINT');
    end();
    await long;
  });

  it('is taken at once from a process that has ended, even when its number is in use again', async () => {
    const parts = lockParts();
    await withSessionLock('ada', parts, async () => {});
    const { holder } = await heldTurn(parts);
    for (const gone of [
      { ...holder, pid: 999_999_999 },
      { ...holder, mark: 'an earlier process' },
    ]) {
      const { number } = await lookAt(parts);
      writeFileSync(join(parts.folder, String(number + 1)), JSON.stringify(gone));
      const startedAt = parts.runtime.now();
      expect(await withSessionLock('ada', parts, async () => 'done')).toBe('done');
      expect(parts.runtime.now()).toBe(startedAt);
    }
  });

  it.each<[NodeJS.Platform, boolean]>([
    ['linux', existsSync('/proc/self/ns/pid')],
    ['win32', false],
    ['darwin', false],
  ])('on %s asks /proc for the namespace: %s', async (platform, asked) => {
    const parts = lockParts();
    const { holder } = await heldTurn({ ...parts, runtime: { ...parts.runtime, platform } });
    expect(holder.place).toBe(asked ? `${hostname()} ${readlinkSync('/proc/self/ns/pid')}` : hostname());
  });

  it('is taken in seconds when somebody wrote nonsense into it', async () => {
    const parts = lockParts();
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
    chmodSync(join(parts.stateFolder.path, 'locks'), 0o700);
    writeFileSync(join(parts.folder, '3'), 'nonsense');
    const startedAt = parts.runtime.now();
    expect(await withSessionLock('ada', parts, async () => 'done')).toBe('done');
    expect((parts.runtime.now() - startedAt) / 1000).toBeLessThan(7);
  });

  it('in use shows by its heartbeat that it is, time after time', async () => {
    const parts = lockParts();
    const { work, end } = longWork();
    const beats: number[] = [];
    const sleep: typeof parts.runtime.sleep = async (ms, signal) => {
      beats.push((await lookAt(parts)).beat);
      if (beats.length < 4) return;
      end();
      await parts.runtime.sleep(ms, signal);
    };
    await withSessionLock('ada', { ...parts, runtime: { ...parts.runtime, sleep } }, work);
    expect(new Set(beats).size).toBe(4);
  });

  it('of a holder on another machine, whose number means nothing here, is waited for until its heart has long stopped', async () => {
    const parts = lockParts();
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
    const elsewhere = { pid: 999_999_999, mark: 'of its own', place: 'another-machine' };
    writeFileSync(join(parts.folder, '1'), JSON.stringify(elsewhere));
    let pauses = 0;
    const sleep: typeof parts.runtime.sleep = (ms, signal) => {
      if (signal === parts.runtime.signal) pauses += 1;
      return parts.runtime.sleep(ms, signal);
    };
    await withSessionLock('ada', { ...parts, runtime: { ...parts.runtime, sleep } }, async () => {});
    expect(pauses).toBe(40);
  });

  it('knows that it was taken over', async () => {
    const parts = lockParts();
    const held = await withSessionLock('ada', parts, async (lock) => {
      const { number, holder } = await lookAt(parts);
      const before = await lock.isHeld();
      await takeTurn(parts.folder, number + 1, holder ?? { pid: 0, mark: '', place: '' });
      return [before, await lock.isHeld()];
    });
    expect(held).toEqual([true, false]);
  });

  it('is not got by whoever creates a number that was used long ago', async () => {
    const parts = lockParts();
    for (let round = 0; round < 4; round++) await withSessionLock('ada', parts, async () => {});
    expect(await takeTurn(parts.folder, 2, { pid: 1, mark: 'slow', place: 'here' })).toBe(false);
    expect(readdirSync(parts.folder)).toEqual(['4']);
  });

  // Windows has no modes.
  it.skipIf(process.platform === 'win32')(
    'in a folder that others can write to closes it, and says so once',
    async () => {
      const warnings: string[] = [];
      const parts = lockParts();
      mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
      chmodSync(parts.folder, 0o777);
      const told = { ...parts, stateFolder: stateFolderAt(parts.stateFolder.path, warnings) };
      for (let round = 0; round < 2; round++)
        expect(await withSessionLock('ada', told, async () => 'done')).toBe('done');
      expect(statSync(parts.folder).mode & 0o777).toBe(0o700);
      expect(warnings).toEqual([expect.stringContaining(`${parts.folder} was open to others (mode 0777)`)]);
    },
  );

  it.skipIf(process.geteuid?.() !== 0)(
    'is not waited for when a turn is another user’s (skipped where the tests do not run as root)',
    async () => {
      const parts = lockParts();
      mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(parts.folder, '3'), '');
      chownSync(join(parts.folder, '3'), 1001, 1001);
      await expect(withSessionLock('ada', parts, async () => {})).rejects.toMatchObject({
        code: 'state_folder',
        message: expect.stringContaining('belongs to another user'),
      });
    },
  );
});

function lookAt({ folder, runtime }: ReturnType<typeof lockParts>) {
  return newestTurn(folder, runtime.userId);
}

async function heldTurn(parts: ReturnType<typeof lockParts>) {
  return withSessionLock('ada', parts, async () => {
    const { holder } = await lookAt(parts);
    if (!holder) throw new Error('the lock in use names no holder');
    return { holder };
  });
}
