import { createPrivateKey, createPublicKey, type KeyObject, sign, verify, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { CommandContext } from '../cli/context.ts';
import { Failure, messageOf } from '../errors.ts';
import { stateFolder } from '../files/folders.ts';
import { type HeldLock, withFolderLock } from '../files/lock.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import { ensurePrivateFolder, readPrivateFile, writePrivateFile } from '../files/private-file.ts';
import { type JsonObject, objectIn, parsedObject, textIn } from '../json.ts';
import { type Certificate, loopbackHosts, makeCertificate } from '../loopback/certificate.ts';
import { dayMs, localDate } from '../output/time.ts';
import type { KeptSigningKey } from '../sandbox/signing-keys.ts';
import { validDays } from '../trust/authority.ts';

/** What of a sandbox outlives it, so that its tokens stay good, and its certificate where somebody has imported it. */
export interface SandboxKeys {
  /** Of its pages. Absent until one is needed: that of `ping14c trust` goes before it. */
  readonly certificate?: Certificate | undefined;
  readonly signingKey: KeptSigningKey;
  /** Of its application that signs with a private key; PEM. */
  readonly serviceKey: string;
}

const fileName = 'keys.json';

/**
 * The keys of the last run, or new ones, and keeps them: under a lock, so that of two sandboxes that start at the same time the
 * second has the first one's, and what is saved for the clients of the one is right for those of the other. Where there is
 * something that cannot be used, it is said why.
 *
 * @param certified whether a certificate is needed
 * @throws Failure `failed` when the folder itself is not to be used, or another process holds the lock too long
 */
export async function sandboxKeys(
  folder: OwnFolder,
  context: CommandContext,
  { certified }: { readonly certified: boolean },
): Promise<SandboxKeys> {
  const { runtime, output } = context;
  await ensurePrivateFolder(folder);
  const kept = await keptKeys(folder);
  if (kept.kind === 'unusable') output.warn(`The sandbox's certificate and keys are made anew: ${kept.why}`);
  // Before the lock is taken: it takes long.
  const fresh = kept.kind === 'keys' ? kept.keys : await newKeys();
  /** Gives nothing where this process stood still so long that another has taken the lock. */
  const work = async (lock: HeldLock) => {
    const now = await keptKeys(folder);
    const before = now.kind === 'keys' ? now.keys : fresh;
    const keys = certified ? withCertificate(before, context) : before;
    if (!(await lock.isHeld())) return undefined;
    await keepSandboxKeys(folder, keys);
    return keys;
  };
  const parts = { runtime, folder: stateFolder(context), tooLong: heldTooLong };
  for (;;) {
    const keys = await withFolderLock('sandbox-keys', parts, work, runtime.signal);
    if (keys) return keys;
  }
}

function heldTooLong(holder: number | undefined): Failure {
  return new Failure('failed', 'Another ping14c is still saving the keys of a sandbox.', {
    code: 'sandbox_keys_locked',
    hint: `Find the ping14c that hangs${holder === undefined ? '' : ` (process ${holder})`}, stop it and try again.`,
  });
}

type KeptKeys =
  | { readonly kind: 'keys'; readonly keys: SandboxKeys }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly why: string };

async function keptKeys(folder: OwnFolder): Promise<KeptKeys> {
  try {
    const content = await readPrivateFile(folder, fileName);
    if (!content) return { kind: 'none' };
    return { kind: 'keys', keys: narrowKeys(join(folder.path, fileName), content.toString('utf8')) };
  } catch (error) {
    return { kind: 'unusable', why: messageOf(error) };
  }
}

async function newKeys(): Promise<SandboxKeys> {
  const [{ makeSigningKey }, { makeServiceKey }] = await Promise.all([
    import('../sandbox/signing-keys.ts'),
    import('../sandbox/seed/service-key.ts'),
  ]);
  const [signingKey, serviceKey] = await Promise.all([makeSigningKey(), makeServiceKey()]);
  return { signingKey, serviceKey };
}

/** Keeps all in one file, so that it belongs together. */
export async function keepSandboxKeys(folder: OwnFolder, keys: SandboxKeys): Promise<void> {
  const { certificate, signingKey, serviceKey } = keys;
  const pair = certificate && { cert: certificate.cert, key: certificate.key };
  const record = { version: 1, certificate: pair, signingKey, serviceKey };
  await writePrivateFile(folder, fileName, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Whoever has imported the certificate is to hear of the next one before this one ends. */
const renewalMs = 14 * dayMs;

/** The same keys with a certificate that is good for a while. A new one in the place of another is told. */
function withCertificate(
  keys: SandboxKeys,
  { output, runtime }: Pick<CommandContext, 'output' | 'runtime'>,
): SandboxKeys & { readonly certificate: Certificate } {
  const now = runtime.now();
  const { certificate } = keys;
  if (certificate) {
    const endsAt = Date.parse(new X509Certificate(certificate.cert).validTo);
    if (endsAt - now >= renewalMs) return { ...keys, certificate };
    const ends = endsAt > now ? 'ends' : 'ended';
    output.note(
      `The sandbox has a new certificate, for the old one ${ends} on ${localDate(endsAt)}: import it where you had that.`,
    );
  }
  return { ...keys, certificate: makeCertificate({ now, days: validDays }) };
}

/** @throws Error, with the reason, where it is not what was written */
function narrowKeys(path: string, text: string): SandboxKeys {
  const record = parsedObject(text) ?? {};
  const signing = objectIn(record, 'signingKey');
  const [kid, key, serviceKey] = [textIn(signing, 'kid'), textIn(signing, 'key'), textIn(record, 'serviceKey')];
  if (record['version'] !== 1 || !kid || !key || !serviceKey) throw new Error(`${path} is damaged.`);
  if (![key, serviceKey].every(isRsaKey)) throw new Error(`${path} has a key that cannot be used.`);
  if (record['certificate'] === undefined) return { signingKey: { kid, key }, serviceKey };
  const certificate = narrowCertificate(objectIn(record, 'certificate'));
  if (!certificate) throw new Error(`${path} has a certificate that is not this sandbox's.`);
  return { certificate, signingKey: { kid, key }, serviceKey };
}

/** Whether what it signs can be verified: a broken key would show only in the first client. */
function isRsaKey(pem: string): boolean {
  const key = privateKeyOf(pem);
  const isLongEnough = (key?.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  const probe = Buffer.from('signed by the sandbox');
  return key !== undefined && isLongEnough && verify('sha256', probe, createPublicKey(key), sign('sha256', probe, key));
}

/** A certificate of our own making and no other: for this machine's own names, with its key, and no authority's. */
function narrowCertificate(record: JsonObject): Certificate | undefined {
  const [cert, key] = [textIn(record, 'cert') ?? '', textIn(record, 'key') ?? ''];
  const [certificate, privateKey] = [certificateOf(cert), privateKeyOf(key)];
  if (!certificate || !privateKey || certificate.ca || !certificate.checkPrivateKey(privateKey)) return undefined;
  const covers = (host: string) =>
    isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host, { subject: 'never' });
  return loopbackHosts.every(covers) ? { cert, key, fingerprint256: certificate.fingerprint256 } : undefined;
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
