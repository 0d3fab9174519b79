import type { OwnFolder } from '../files/own-folder.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';

/** An empty file: that it is there says all. */
const mark = 'signed-in-before';

/** Whether somebody has signed in with this state folder before. What cannot be read counts as no. */
export async function hasSignedIn(stateFolder: OwnFolder): Promise<boolean> {
  return (await readPrivateFile(stateFolder, mark).catch(() => undefined)) !== undefined;
}

/** Remembers it: who knows the way is told less. Nothing depends on it, so what cannot be written is passed over. */
export async function rememberSignIn(stateFolder: OwnFolder): Promise<void> {
  await writePrivateFile(stateFolder, mark, '').catch(() => {});
}
