import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, machineRemedy, messageOf } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { replacersIn } from './own-folder.ts';

/**
 * Makes a folder for this user alone (0700) for as long as the task lasts. It is gone afterwards, however that ends.
 *
 * @throws Failure `usage` where somebody else could put another in its place: programs are started from it;
 *   and where none can be made
 */
export async function withTemporaryFolder<T>(
  prefix: string,
  { userId }: Pick<Runtime, 'userId'>,
  task: (folder: string) => Promise<T>,
): Promise<T> {
  const place = tmpdir();
  const unusable = (error: unknown): never => {
    throw new Failure('usage', `No temporary folder can be made in ${place}: ${messageOf(error)}.`, {
      code: 'temporary_folder',
      hint: machineRemedy(error) ?? 'Set TMPDIR (on Windows TEMP) to a folder that you can write to.',
      cause: error,
    });
  };
  const others = replacersIn(await stat(place).catch(unusable), userId);
  if (others) {
    throw new Failure('usage', `In ${place} ${others} can put another folder in the place of yours.`, {
      code: 'temporary_folder_open',
      hint: 'Set TMPDIR to a folder that only you can write to, or to one like /tmp, where everybody moves their own only.',
    });
  }
  const folder = await mkdtemp(join(place, prefix)).catch(unusable);
  try {
    return await task(folder);
  } finally {
    // Windows removes nothing that an antivirus is looking at: tried again for a second and a half.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
