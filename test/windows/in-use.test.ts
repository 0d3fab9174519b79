import { closeSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stateFolder } from '../../src/files/folders.ts';
import { subfolder } from '../../src/files/own-folder.ts';
import { createFileStore } from '../../src/session/file-store.ts';
import { testMachine } from '../support/test-runtime.ts';

// That Windows behaves as src/files/in-use.ts takes it to; test/files/in-use.test.ts plays it.

/** Sessions in a folder of the test's own; `whenWaiting` is what happens while somebody waits for a file. */
function sessions(whenWaiting: () => void) {
  const machine = testMachine();
  let pauses = 0;
  const sleep = async () => {
    pauses += 1;
    whenWaiting();
  };
  const runtime = { ...machine.runtime(), platform: process.platform, userId: undefined, sleep };
  const folder = subfolder(stateFolder({ runtime, output: { warn: () => {} } }), 'sessions');
  return { store: createFileStore(folder, undefined, Date.now), folder: folder.path, pauses: () => pauses };
}

it('a file that somebody reads cannot be replaced', async () => {
  const { folder } = testMachine();
  const [path, other] = [join(folder, 'read'), join(folder, 'new')];
  writeFileSync(path, 'old');
  writeFileSync(other, 'new');
  const reader = openSync(path, 'r');
  expect(() => renameSync(other, path)).toThrow(expect.objectContaining({ code: 'EPERM' }));
  closeSync(reader);
  renameSync(other, path);
  expect(readFileSync(path, 'utf8')).toBe('new');
});

it('a session that somebody reads is replaced as soon as they have read it', async () => {
  let reader = -1;
  const { store, folder, pauses } = sessions(() => closeSync(reader));
  await store.write('ada', 'old');
  reader = openSync(join(folder, 'ada.json'), 'r');
  await store.write('ada', 'new');
  expect([await store.read('ada'), pauses()]).toEqual(['new', 1]);
});
