import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/** AES-256-GCM under a key that scrypt makes of a passphrase; all members base64. */
export interface SealedText {
  readonly salt: string;
  readonly iv: string;
  readonly tag: string;
  readonly ciphertext: string;
}

/** About 32 MiB and 60 ms for each guess. Part of the file's format: other figures need another format number. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const algorithm = 'aes-256-gcm';
const derive: (passphrase: string, salt: Buffer, length: number, options: typeof cost) => Promise<Buffer> =
  promisify(scrypt);

/** @param label bound to the text: it opens under the same label only, so that files cannot be exchanged. */
export async function seal(text: string, passphrase: string, label: string): Promise<SealedText> {
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
export async function unseal(sealed: SealedText, passphrase: string, label: string): Promise<string | undefined> {
  const [salt, iv, tag] = [sealed.salt, sealed.iv, sealed.tag].map((member) => Buffer.from(member, 'base64'));
  // A shorter tag would be easier to forge, and Node would take it.
  if (!salt || iv?.length !== 12 || tag?.length !== 16) return undefined;
  const key = await derive(passphrase.normalize(), salt, 32, cost);
  const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(label)).setAuthTag(tag);
  try {
    return decipher.update(sealed.ciphertext, 'base64', 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
