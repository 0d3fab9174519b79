import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder for this user alone (0700) for as long as the task lasts. It is gone afterwards, however that ends. */
export async function withTemporaryFolder<T>(prefix: string, task: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  try {
    return await task(folder);
  } finally {
    // Windows removes nothing that an antivirus is looking at: tried again for a second and a half.
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
