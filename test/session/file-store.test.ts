import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileStore } from '../../src/session/file-store.ts';
import { testMachine } from '../support/test-runtime.ts';

function fileStore(passphrase?: string) {
  const folder = join(testMachine().folder, 'state', 'sessions');
  return { folder, path: join(folder, 'ada.json'), store: createFileStore(folder, passphrase, Date.now) };
}

const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

describe('the file store', () => {
  it('is 0600 in a 0700 folder, whatever the umask', async () => {
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

  it('encrypts with a passphrase, and differently each time', async () => {
    const { path, store } = fileStore('correct horse');
    await store.write('ada', 'the secret text');
    const first = readFileSync(path, 'utf8');
    await store.write('ada', 'the secret text');
    expect(first).not.toContain('secret text');
    expect(readFileSync(path, 'utf8')).not.toBe(first);
  });

  it('takes a passphrase in either Unicode form', async () => {
    const { folder, store } = fileStore('e\u0301');
    await store.write('ada', 'text');
    expect(await createFileStore(folder, '\u00e9', Date.now).read('ada')).toBe('text');
  });

  it('reads no plain file once a passphrase is set, and encrypts it at the next write', async () => {
    const { folder, path, store } = fileStore();
    await store.write('ada', 'plain text');
    const sealed = createFileStore(folder, 'passphrase', Date.now);
    await expect(sealed.read('ada')).rejects.toMatchObject({ kind: 'signInNeeded', code: 'store_not_encrypted' });
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
      const { folder, path, store } = fileStore('right');
      await store.write('ada', 'text');
      const before = readFileSync(path, 'utf8');
      const other = createFileStore(folder, passphrase, Date.now);
      await expect(other.read('ada')).rejects.toMatchObject({
        kind: 'failed',
        code: 'store_passphrase',
        message: expect.stringMatching(says),
        hint: expect.stringContaining('PING14C_STORE_PASSPHRASE'),
      });
      expect(readFileSync(path, 'utf8')).toBe(before);
    });
  }

  it('does not put a plain session in an encrypted one’s place', async () => {
    const { folder, store } = fileStore('right');
    await store.write('ada', 'text');
    const plain = createFileStore(folder, undefined, Date.now);
    await expect(plain.write('ada', 'plain')).rejects.toMatchObject({ code: 'store_passphrase' });
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

  const damages = ['', '{', '[]', 'null', '{"format":2,"kind":"plain","text":"x"}', '{"format":1,"kind":"sealed"}'];
  for (const content of damages) {
    it(`says to sign in again, and leaves the file, when it holds ${content || 'nothing'}`, async () => {
      const { path, store } = fileStore();
      await store.write('ada', 'text');
      writeFileSync(path, content);
      await expect(store.read('ada')).rejects.toMatchObject({ kind: 'signInNeeded', code: 'session_unreadable' });
      expect(readFileSync(path, 'utf8')).toBe(content);
      await store.write('ada', 'of the next sign-in');
      expect(await store.read('ada')).toBe('of the next sign-in');
    });
  }

  it('says to sign in again when the file is larger than any session', async () => {
    const { path, store } = fileStore();
    await store.write('ada', 'text');
    writeFileSync(path, 'x'.repeat(1024 * 1024 + 1));
    await expect(store.read('ada')).rejects.toMatchObject({ kind: 'signInNeeded' });
  });
});

describe('the file store refuses, with the line that mends it,', () => {
  it('a file that others can read', async () => {
    const { path, store } = fileStore();
    await store.write('ada', 'text');
    chmodSync(path, 0o640);
    const refusal = { code: 'state_not_private', hint: expect.stringContaining(`chmod 600 '${path}'`) };
    await expect(store.read('ada')).rejects.toMatchObject(refusal);
    await expect(store.write('ada', 'new')).rejects.toMatchObject(refusal);
  });

  it('a folder that others can enter', async () => {
    const { folder, store } = fileStore();
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o755);
    const refusal = { code: 'state_not_private', hint: expect.stringContaining(`chmod 700 '${folder}'`) };
    await expect(store.read('ada')).rejects.toMatchObject(refusal);
    await expect(store.write('ada', 'text')).rejects.toMatchObject(refusal);
  });

  it('a link in the file’s place, and writes nothing through it', async () => {
    const { folder, path, store } = fileStore();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const target = join(folder, '..', 'elsewhere');
    writeFileSync(target, 'untouched', { mode: 0o600 });
    symlinkSync(target, path);
    await expect(store.read('ada')).rejects.toMatchObject({ message: expect.stringContaining('is a link') });
    await expect(store.write('ada', 'text')).rejects.toMatchObject({ message: expect.stringContaining('is a link') });
    expect(readFileSync(target, 'utf8')).toBe('untouched');
  });

  it('a link in the folder’s place', async () => {
    const { folder, store } = fileStore();
    mkdirSync(join(folder, '..', 'elsewhere'), { recursive: true, mode: 0o700 });
    symlinkSync(join(folder, '..', 'elsewhere'), folder);
    await expect(store.write('ada', 'text')).rejects.toMatchObject({ message: expect.stringContaining('is a link') });
    expect(readdirSync(join(folder, '..', 'elsewhere'))).toEqual([]);
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
    await expect(store.write('ada', 'text')).rejects.toMatchObject({ kind: 'failed', code: 'state_folder' });
  });
});

describe('what a killed process left unfinished', () => {
  it('goes with logout at once, and at a write when it is old', async () => {
    const { folder, store } = fileStore();
    await store.write('ada', 'text');
    const [old, recent, ofBob] = ['ada.json.01.tmp', 'ada.json.02.tmp', 'bob.json.03.tmp'];
    for (const name of [old, recent, ofBob]) writeFileSync(join(folder, name), 'secret', { mode: 0o600 });
    const then = statSync(folder).mtimeMs / 1000 - 120;
    utimesSync(join(folder, old), then, then);
    await store.write('ada', 'text');
    expect(readdirSync(folder).sort()).toEqual(['ada.json', recent, ofBob]);
    await store.clear('ada');
    expect(readdirSync(folder)).toEqual([ofBob]);
  });
});
