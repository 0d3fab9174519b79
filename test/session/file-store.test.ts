import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { subfolder } from '../../src/files/own-folder.ts';
import { createFileStore } from '../../src/session/file-store.ts';
import { asRead } from '../support/failures.ts';
import { stateFolderAt } from '../support/own-folders.ts';
import { testMachine } from '../support/test-runtime.ts';

function fileStore(passphrase?: string) {
  const { stateFolder } = testMachine();
  const folder = join(stateFolder, 'sessions');
  const warnings: string[] = [];
  const sessions = subfolder(stateFolderAt(stateFolder, warnings), 'sessions');
  const storeWith = (another: string | undefined) => createFileStore(sessions, another, Date.now);
  return { folder, path: join(folder, 'ada.json'), store: storeWith(passphrase), storeWith, warnings };
}

/** Windows has no modes, and lets only administrators make links. */
const noModes = process.platform === 'win32';
/** A thread cannot set it. */
const noUmask = noModes || !isMainThread;
const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

describe('the file store', () => {
  it.skipIf(noUmask)('is 0600 in a 0700 folder, whatever the umask', async () => {
    const before = process.umask(0);
    const { folder, path, store } = fileStore();
    try {
      await store.write('ada', 'secret');
    } finally {
      process.umask(before);
    }
    expect([modeOf(folder), modeOf(path)]).toEqual(['700', '600']);
    expect(readdirSync(folder)).toEqual(['ada.json']);
  });

  it.each([
    [1000, undefined, '(not encrypted, readable by you only)'],
    [undefined, undefined, '(not encrypted)'],
    [1000, 'a passphrase', '(encrypted)'],
  ])('of user %s says who can read it only where that is looked at (passphrase: %s): %s', (userId, phrase, said) => {
    const folder = { ...stateFolderAt('/state'), userId };
    expect(createFileStore(folder, phrase, Date.now).place).toBe(`/state ${said}`);
  });

  it('encrypts with a passphrase, and differently each time', async () => {
    const { path, store } = fileStore('correct horse');
    await store.write('ada', 'the secret text');
    const first = readFileSync(path, 'utf8');
    await store.write('ada', 'the secret text');
    expect(first).not.toContain('secret text');
    expect(readFileSync(path, 'utf8')).not.toBe(first);
  });

  it('takes a passphrase in either Unicode form', async () => {
    const { store, storeWith } = fileStore('e\u0301');
    await store.write('ada', 'text');
    expect(await storeWith('\u00e9').read('ada')).toBe('text');
  });

  it('reads no plain file once a passphrase is set, and encrypts it at the next write', async () => {
    const { path, store, storeWith } = fileStore();
    await store.write('ada', 'plain text');
    const sealed = storeWith('passphrase');
    expect(await sealed.read('ada').catch(asRead)).toMatchObject({
      kind: 'signInNeeded',
      code: 'store_not_encrypted',
      message: `${path} is not encrypted, and PING14C_STORE_PASSPHRASE is set; it is not used.`,
      hint: 'Sign in again with "ping14c login"; what is kept then is encrypted.',
    });
    expect(readFileSync(path, 'utf8')).toContain('plain text');
    await sealed.write('ada', 'plain text');
    expect(readFileSync(path, 'utf8')).not.toContain('plain text');
  });

  const wrongPassphrases = [
    { name: 'no passphrase', passphrase: undefined, says: /is encrypted, and there is no passphrase/ },
    {
      name: 'another passphrase',
      passphrase: 'wrong',
      says: /does not open: it has another passphrase, or was changed/,
    },
  ];
  for (const { name, passphrase, says } of wrongPassphrases) {
    it(`with ${name} says so, names the variable, and keeps the file`, async () => {
      const { path, store, storeWith } = fileStore('right');
      await store.write('ada', 'text');
      const before = readFileSync(path, 'utf8');
      const other = storeWith(passphrase);
      expect(await other.read('ada').catch(asRead)).toMatchObject({
        kind: 'failed',
        code: 'store_passphrase',
        message: expect.stringMatching(says),
        hint: 'Set PING14C_STORE_PASSPHRASE as it was at sign-in; if it is lost, "ping14c logout" and sign in again.',
      });
      expect(readFileSync(path, 'utf8')).toBe(before);
    });
  }

  it('does not put a plain session in an encrypted one’s place', async () => {
    const { store, storeWith } = fileStore('right');
    await store.write('ada', 'text');
    const plain = storeWith(undefined);
    await expect(plain.write('ada', 'plain')).rejects.toMatchObject({
      code: 'store_passphrase',
      message: expect.stringContaining('ada.json is encrypted, and there is no passphrase for the new session.'),
    });
    expect(await store.read('ada')).toBe('text');
    expect(await plain.clear('ada')).toBe(true);
  });

  it('does not open one account’s file as another’s, nor a changed one', async () => {
    const { folder, path, store } = fileStore('right');
    await store.write('ada', 'text');
    writeFileSync(join(folder, 'bob.json'), readFileSync(path), { mode: 0o600 });
    await expect(store.read('bob')).rejects.toMatchObject({ code: 'store_passphrase' });
    const envelope = JSON.parse(readFileSync(path, 'utf8')) as { ciphertext: string };
    const changed = Buffer.from(envelope.ciphertext, 'base64');
    changed.writeUInt8(changed.readUInt8(0) ^ 1, 0);
    writeFileSync(path, JSON.stringify({ ...envelope, ciphertext: changed.toString('base64') }));
    await expect(store.read('ada')).rejects.toMatchObject({ code: 'store_passphrase' });
  });

  const sixteen = Buffer.alloc(16, 1).toString('base64');
  it.each<[string, (tag: string) => object]>([
    ['no IV', () => ({ iv: '' })],
    ['a longer IV', () => ({ iv: sixteen })],
    ['a tag that is cut off, and easier to forge', (tag) => ({ tag: tag.slice(0, 16) })],
    ['no tag', () => ({ tag: '' })],
    ['a longer tag', (tag) => ({ tag: sixteen.slice(0, 20) + tag })],
    ['another salt', () => ({ salt: sixteen })],
    ['no ciphertext', () => ({ ciphertext: '' })],
  ])('does not open a file with %s, and says so', async (_name, changed) => {
    const { path, store } = fileStore('right');
    await store.write('ada', 'text');
    const envelope = JSON.parse(readFileSync(path, 'utf8')) as { tag: string };
    writeFileSync(path, JSON.stringify({ ...envelope, ...changed(envelope.tag) }));
    await expect(store.read('ada')).rejects.toMatchObject({ code: 'store_passphrase' });
  });

  const sealed = { format: 1, kind: 'sealed', salt: 'a', iv: 'a', tag: 'a', ciphertext: 'a' };
  const damages = [
    '',
    '{',
    '[]',
    'null',
    '{"format":2,"kind":"plain","text":"x"}',
    '{"format":1,"kind":"plain","text":7}',
    '{"format":1,"kind":"other","text":"x"}',
    ...[{ kind: 'other' }, { salt: 7 }, { iv: 7 }, { tag: 7 }, { ciphertext: 7 }].map((other) =>
      JSON.stringify({ ...sealed, ...other }),
    ),
  ];
  for (const content of damages) {
    it(`says to sign in again, and leaves the file, when it holds ${content || 'nothing'}`, async () => {
      const { path, store } = fileStore();
      await store.write('ada', 'text');
      writeFileSync(path, content);
      expect(await store.read('ada').catch(asRead)).toMatchObject({
        kind: 'signInNeeded',
        code: 'session_unreadable',
        message: `${path} is damaged, or was written by another program or a newer ping14c.`,
        hint: 'Sign in again with "ping14c login".',
      });
      expect(readFileSync(path, 'utf8')).toBe(content);
      await store.write('ada', 'of the next sign-in');
      expect(await store.read('ada')).toBe('of the next sign-in');
    });
  }

  it('says to sign in again when the file is larger than any session', async () => {
    const { path, store } = fileStore();
    await store.write('ada', 'text');
    writeFileSync(path, 'x'.repeat(1024 * 1024 + 1));
    await expect(store.read('ada')).rejects.toMatchObject({
      kind: 'signInNeeded',
      message: `${path} is 1048577 bytes long, more than ping14c ever writes.`,
    });
  });

  it.each(['{"format":1,"kind":"constructor"}', '{"format":{"toString":1},"kind":{}}', '['.repeat(20_000), 'null'])(
    'says to sign in again, and does so, when the file holds %.40s',
    async (content) => {
      const { path, store } = fileStore();
      await store.write('ada', 'text');
      writeFileSync(path, content);
      await expect(store.read('ada')).rejects.toMatchObject({ kind: 'signInNeeded', code: 'session_unreadable' });
      await store.write('ada', 'new');
      expect(await store.read('ada')).toBe('new');
    },
  );
});

describe('the file store refuses, with the line that mends it,', () => {
  it.skipIf(noModes)('a file that others can read', async () => {
    const { path, store } = fileStore();
    await store.write('ada', 'text');
    chmodSync(path, 0o640);
    const refusal = { code: 'state_not_private', hint: expect.stringContaining(`chmod 600 '${path}'`) };
    await expect(store.read('ada')).rejects.toMatchObject(refusal);
    await expect(store.write('ada', 'new')).rejects.toMatchObject(refusal);
  });

  it.skipIf(noModes)('a link in the file’s place, and writes nothing through it', async () => {
    const { folder, path, store } = fileStore();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const target = join(folder, '..', 'elsewhere');
    writeFileSync(target, 'untouched', { mode: 0o600 });
    symlinkSync(target, path);
    await expect(store.read('ada')).rejects.toMatchObject({ message: expect.stringContaining('is a link') });
    await expect(store.write('ada', 'text')).rejects.toMatchObject({ message: expect.stringContaining('is a link') });
    expect(readFileSync(target, 'utf8')).toBe('untouched');
  });

  it.skipIf(noModes)('a link in the folder’s place', async () => {
    const { folder, store } = fileStore();
    mkdirSync(join(folder, '..', 'elsewhere'), { recursive: true, mode: 0o700 });
    symlinkSync(join(folder, '..', 'elsewhere'), folder);
    await expect(store.write('ada', 'text')).rejects.toMatchObject({ message: expect.stringContaining('is a link') });
    expect(readdirSync(join(folder, '..', 'elsewhere'))).toEqual([]);
  });

  it.skipIf(noModes)('a pipe in the file’s place, which nobody ever writes to', async () => {
    const { path, store } = fileStore();
    await store.write('ada', 'text');
    await store.clear('ada');
    execFileSync('mkfifo', ['-m', '600', path]);
    await expect(store.read('ada')).rejects.toMatchObject({ message: expect.stringContaining('is not a file') });
    await expect(store.write('ada', 'text')).rejects.toMatchObject({ message: expect.stringContaining('is not a') });
    expect(await store.clear('ada')).toBe(true);
  });

  it('a folder in the file’s place', async () => {
    const { path, store } = fileStore();
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(join(path, '..'), 0o700);
    await expect(store.read('ada')).rejects.toMatchObject({ message: expect.stringContaining('is not a file') });
  });

  it('a file in the folder’s place', async () => {
    const { folder, store } = fileStore();
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(folder, '');
    await expect(store.write('ada', 'text')).rejects.toMatchObject({
      message: expect.stringContaining('is not a folder'),
    });
  });
});

describe.skipIf(noModes)('the file store closes a folder of the user’s own, and says so once,', () => {
  it.each([
    ['that others can write to', 0o777],
    ['that others can enter', 0o755],
    ['that the group can write to', 0o770],
  ])('one %s', async (_, mode) => {
    const { folder, store, warnings } = fileStore();
    await store.write('ada', 'text');
    chmodSync(folder, mode);
    expect(await store.read('ada')).toBe('text');
    await store.write('ada', 'another');
    expect(modeOf(folder)).toBe('700');
    expect(warnings).toEqual([expect.stringContaining(`${folder} was open to others (mode 0${mode.toString(8)})`)]);
  });

  it('and the state folder around it, where others could have put another one in its place', async () => {
    const { folder, store, warnings } = fileStore();
    await store.write('ada', 'text');
    chmodSync(join(folder, '..'), 0o777);
    expect(await store.read('ada')).toBe('text');
    expect(modeOf(join(folder, '..'))).toBe('700');
    expect(warnings).toHaveLength(1);
  });

  it('leaves a state folder that others can only look into as it is', async () => {
    const { folder, store, warnings } = fileStore();
    await store.write('ada', 'text');
    chmodSync(join(folder, '..'), 0o755);
    expect(await store.read('ada')).toBe('text');
    expect([modeOf(join(folder, '..')), warnings]).toEqual(['755', []]);
  });
});

describe.skipIf(process.geteuid?.() !== 0)('other users (skipped where the tests do not run as root)', () => {
  it.each([
    ['the file', 'ada.json', /ada\.json belongs to another user/],
    ['its folder', '.', /sessions belongs to user 1001, who can change what is in it/],
    ['the state folder', '..', /state belongs to user 1001, who can change what is in it/],
  ])('do not get a session in or out because %s is theirs', async (_, name, says) => {
    const { folder, store } = fileStore();
    await store.write('ada', 'text');
    chownSync(join(folder, name), 1001, 1001);
    const refusal = { code: 'state_not_private', message: expect.stringMatching(says) };
    await expect(store.read('ada')).rejects.toMatchObject(refusal);
    await expect(store.write('ada', 'new')).rejects.toMatchObject(refusal);
  });
});

describe('what a killed process left unfinished', () => {
  it('goes with logout at once, and at a write when it is older than any write takes', async () => {
    const { stateFolder } = testMachine();
    const folder = join(stateFolder, 'sessions');
    const now = 1_700_000_000_000;
    const store = createFileStore(subfolder(stateFolderAt(stateFolder), 'sessions'), undefined, () => now);
    await store.write('ada', 'text');
    const [old, recent] = ['ada.json.01.tmp', 'ada.json.02.tmp'];
    const others = ['ada.json.03', 'ada.tmp', 'bob.json.04.tmp'];
    for (const name of [old, recent, ...others]) {
      writeFileSync(join(folder, name), 'secret', { mode: 0o600 });
      const changedAt = now / 1000 - (name === recent ? 60 : 61);
      utimesSync(join(folder, name), changedAt, changedAt);
    }
    await store.write('ada', 'text');
    expect(readdirSync(folder).sort()).toEqual(['ada.json', recent, ...others].sort());
    await store.clear('ada');
    expect(readdirSync(folder).sort()).toEqual([...others].sort());
  });

  it.skipIf(noModes)('does not keep a session from being stored where it is gone meanwhile', async () => {
    const { folder, store } = fileStore();
    await store.write('ada', 'text');
    // As it is between the list of names and the look at one of them.
    symlinkSync(join(folder, 'nowhere'), join(folder, 'ada.json.05.tmp'));
    await store.write('ada', 'another');
    expect(await store.read('ada')).toBe('another');
  });
});
