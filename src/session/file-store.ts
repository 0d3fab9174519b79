import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../errors.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import { ensurePrivateFolder, readPrivateFile, removePrivateFile, writePrivateFile } from '../files/private-file.ts';
import { isText, parsedObject } from '../json.ts';
import { ping14c, wording } from '../wording.ts';
import type { SessionStore } from './session-store.ts';

type Envelope =
  | { readonly format: 1; readonly kind: 'plain'; readonly text: string }
  | ({ readonly format: 1; readonly kind: 'sealed' } & SealedText);

/** Longer than any write takes; what is older was left by a process that was killed. */
const unfinishedForMs = 60_000;

/**
 * A file an account, in a folder of its own (docs/security.md, rules 21 to 24). It is encrypted when there is a passphrase,
 * else readable by its owner only. With a passphrase a plain file is not read, whoever has put it there; the next write
 * seals it.
 *
 * @param passphrase `PING14C_STORE_PASSPHRASE`; a random key in any spelling will do as well
 */
export function createFileStore(folder: OwnFolder, passphrase: string | undefined, now: () => number): SessionStore {
  const nameOf = (account: string) => `${account}.json`;
  const pathOf = (account: string) => join(folder.path, nameOf(account));
  return {
    kind: 'file',
    place: `${folder.path} (${passphrase ? 'encrypted' : plainPlace(folder)})`,
    shortPlace: `${folder.path} (${passphrase ? 'encrypted' : 'not encrypted'})`,
    barePlace: folder.path,

    async read(account) {
      const envelope = await readEnvelope(folder, nameOf(account));
      if (!envelope) return undefined;
      if (envelope.kind === 'plain') {
        if (passphrase) throw notSealed(pathOf(account));
        return envelope.text;
      }
      if (!passphrase) throw passphraseFailure(`${pathOf(account)} is encrypted, and there is no passphrase.`);
      const text = await unseal(envelope, passphrase, account);
      if (text !== undefined) return text;
      throw passphraseFailure(`${pathOf(account)} does not open: it has another passphrase, or was changed.`);
    },

    async write(account, text) {
      await ensurePrivateFolder(folder);
      await removeUnfinished(folder, account, now() - unfinishedForMs);
      const replaced = await replaceable(folder, nameOf(account));
      if (replaced?.kind === 'sealed' && !passphrase) {
        // A plain session in an encrypted one's place would be a silent fall-back (docs/security.md, rule 22).
        throw passphraseFailure(`${pathOf(account)} is encrypted, and there is no passphrase for the new session.`);
      }
      const envelope: Envelope = passphrase
        ? { format: 1, kind: 'sealed', ...(await seal(text, passphrase, account)) }
        : { format: 1, kind: 'plain', text };
      await writePrivateFile(folder, nameOf(account), `${JSON.stringify(envelope)}\n`);
    },

    async clear(account) {
      await ensurePrivateFolder(folder);
      await removeUnfinished(folder, account, Number.POSITIVE_INFINITY);
      return removePrivateFile(folder, nameOf(account));
    },
  };
}

/** Says only what was looked at: there are no modes to look at on Windows. */
function plainPlace({ userId }: OwnFolder): string {
  return userId === undefined ? 'not encrypted' : 'not encrypted, readable by you only';
}

async function readEnvelope(folder: OwnFolder, name: string): Promise<Envelope | undefined> {
  const content = await readPrivateFile(folder, name, damagedSession);
  if (!content) return undefined;
  const envelope = narrowEnvelope(content.toString('utf8'));
  if (envelope) return envelope;
  throw damagedSession(`${join(folder.path, name)} is damaged, or was written by another program or a newer ping14c.`);
}

function damagedSession(message: string): Failure {
  return new Failure('signInNeeded', message, {
    code: 'session_unreadable',
    hint: wording`Sign in again with ${ping14c('login')}.`,
  });
}

function narrowEnvelope(content: string): Envelope | undefined {
  const { format, kind, text, salt, iv, tag, ciphertext } = parsedObject(content) ?? {};
  if (format !== 1) return undefined;
  if (kind === 'plain' && isText(text)) return { format, kind, text };
  if (kind !== 'sealed' || !isText(salt) || !isText(iv) || !isText(tag) || !isText(ciphertext)) return undefined;
  return { format, kind, salt, iv, tag, ciphertext };
}

/** What a write is about to replace. A damaged file may be replaced, a link or one open to others may not. */
async function replaceable(folder: OwnFolder, name: string): Promise<Envelope | undefined> {
  try {
    return await readEnvelope(folder, name);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'signInNeeded') return undefined;
    throw error;
  }
}

/** Whoever can write the file could otherwise take the encryption away, and with it what says that the text is ours. */
function notSealed(path: string): Failure {
  return new Failure('signInNeeded', `${path} is not encrypted, and PING14C_STORE_PASSPHRASE is set; it is not used.`, {
    code: 'store_not_encrypted',
    hint: wording`Sign in again with ${ping14c('login')}; what is kept then is encrypted.`,
  });
}

function passphraseFailure(message: string): Failure {
  return new Failure('failed', message, {
    code: 'store_passphrase',
    hint: wording`Set PING14C_STORE_PASSPHRASE as it was at sign-in; if it is lost, ${ping14c('logout')} and sign in again.`,
  });
}

async function removeUnfinished(folder: OwnFolder, account: string, changedBefore: number): Promise<void> {
  for (const name of await readdir(folder.path)) {
    if (!name.startsWith(`${account}.json.`) || !name.endsWith('.tmp')) continue;
    const changedAt = (await stat(join(folder.path, name)).catch(() => undefined))?.mtimeMs;
    if (changedAt !== undefined && changedAt < changedBefore) await removePrivateFile(folder, name);
  }
}

/** AES-256-GCM under a key that scrypt makes of a passphrase; all members base64. */
interface SealedText {
  readonly salt: string;
  readonly iv: string;
  readonly tag: string;
  readonly ciphertext: string;
}

/** Each guess costs about 32 MiB and 60 ms. The figures are part of the file's format: others need another format number. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const algorithm = 'aes-256-gcm';
const derive: (passphrase: string, salt: Buffer, length: number, options: typeof cost) => Promise<Buffer> =
  promisify(scrypt);

/** @param label bound to the text: it opens under the same label only, so that files cannot be exchanged. */
async function seal(text: string, passphrase: string, label: string): Promise<SealedText> {
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv(algorithm, await derive(passphrase.normalize(), salt, 32, cost), iv);
  cipher.setAAD(Buffer.from(label));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return {
    salt: salt.toString('base64'),
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    ciphertext: ciphertext.toString('base64'),
  };
}

/** @returns `undefined` for another passphrase, another label or a changed byte: they cannot be told apart. */
async function unseal(sealed: SealedText, passphrase: string, label: string): Promise<string | undefined> {
  const bytesOf = (member: string) => Buffer.from(member, 'base64');
  const [salt, iv, tag] = [bytesOf(sealed.salt), bytesOf(sealed.iv), bytesOf(sealed.tag)];
  // A shorter tag would be easier to forge, and Node would take it.
  if (iv.length !== 12 || tag.length !== 16) return undefined;
  const key = await derive(passphrase.normalize(), salt, 32, cost);
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(label)).setAuthTag(tag);
  try {
    return decipher.update(sealed.ciphertext, 'base64', 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
