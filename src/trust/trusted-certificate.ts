import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type OwnFolder, subfolder } from '../files/own-folder.ts';
import { namesIn, readPrivateFile, removePrivateFile, writePrivateFile } from '../files/private-file.ts';
import { objectIn, parsedObject, textIn } from '../json.ts';
import { type Certificate, loopbackHosts } from '../loopback/certificate.ts';
import { dayMs } from '../output/time.ts';
import { issueCertificate, makeAuthority, type PublicAuthority, validityFrom } from './authority.ts';
import type { AuthorityFile } from './trust-store.ts';

/** The listener's lasting certificate, and who has vouched for it. */
export interface TrustedCertificate {
  readonly authority: PublicAuthority;
  readonly certificate: Certificate;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const renewalMs = 30 * dayMs;

/** Whether a new one is due: from 30 days before its end on. */
export function renewalIsDue({ expiresAt }: TrustedCertificate, now: number): boolean {
  return expiresAt - now <= renewalMs;
}

/** Makes an authority and one certificate; its private key leaves this function by no way, so that it signs no other. */
export function makeTrustedCertificate(now: number): TrustedCertificate {
  const validity = validityFrom(now);
  const authority = makeAuthority(validity);
  const certificate = issueCertificate(authority, validity, loopbackHosts);
  return { authority: { name: authority.name, cert: authority.cert }, certificate, expiresAt: expiryOf(certificate) };
}

/** @returns `undefined` where there is none, or none that this version can read. @throws Failure when others could read it. */
export async function readTrustedCertificate(stateFolder: OwnFolder): Promise<TrustedCertificate | undefined> {
  const content = await readPrivateFile(trustFolder(stateFolder), recordName);
  return content && narrowTrusted(content.toString('utf8'));
}

/** Keeps certificate and key in one file, so that they always belong together. */
export async function writeTrustedCertificate(stateFolder: OwnFolder, trusted: TrustedCertificate): Promise<void> {
  const { authority, certificate } = trusted;
  const record = { version: 1, authority, certificate: { cert: certificate.cert, key: certificate.key } };
  await writePrivateFile(trustFolder(stateFolder), recordName, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Removes the certificate, and what a run that was killed while writing it has left. Returns whether there was one. */
export async function removeTrustedCertificate(stateFolder: OwnFolder): Promise<boolean> {
  const folder = trustFolder(stateFolder);
  const names = (await namesIn(folder)).filter((name) => name.startsWith(recordName));
  await Promise.all(names.map((name) => removePrivateFile(folder, name)));
  return names.includes(recordName);
}

/** Writes the authority's certificate for stores to read; it is no secret. */
export async function writeAuthorityFile(
  stateFolder: OwnFolder,
  { name, cert }: PublicAuthority,
): Promise<AuthorityFile> {
  await writePrivateFile(trustFolder(stateFolder), fileNameOf(name), cert);
  return authorityFile(stateFolder, name);
}

/** Where the authority of that name was written, whether it is there still or not. */
export function authorityFile(stateFolder: OwnFolder, name: string): AuthorityFile {
  return { name, file: join(trustFolder(stateFolder).path, fileNameOf(name)) };
}

/** Removes the files of all authorities but the one to keep. */
export async function removeAuthorityFiles(stateFolder: OwnFolder, keep?: string): Promise<void> {
  const folder = trustFolder(stateFolder);
  const kept = keep === undefined ? undefined : fileNameOf(keep);
  const others = (await namesIn(folder)).filter((name) => name.endsWith('.pem') && name !== kept);
  await Promise.all(others.map((name) => removePrivateFile(folder, name)));
}

const recordName = 'certificate.json';

/** Where the certificate, its key and the authority's certificate are. */
export function trustFolder(stateFolder: OwnFolder): OwnFolder {
  return subfolder(stateFolder, 'trust');
}

function fileNameOf(authority: string): string {
  return `${authority.replaceAll(' ', '-')}.pem`;
}

function expiryOf({ cert }: Pick<Certificate, 'cert'>): number {
  return Date.parse(new X509Certificate(cert).validTo);
}

function narrowTrusted(text: string): TrustedCertificate | undefined {
  const record = parsedObject(text) ?? {};
  const [authority, certificate] = [objectIn(record, 'authority'), objectIn(record, 'certificate')];
  const [name, root] = [textIn(authority, 'name'), textIn(authority, 'cert')];
  const [cert, key] = [textIn(certificate, 'cert'), textIn(certificate, 'key')];
  if (record['version'] !== 1 || !name || !root || !cert || !key) return undefined;
  try {
    const { fingerprint256 } = new X509Certificate(cert);
    return {
      authority: { name, cert: root },
      certificate: { cert, key, fingerprint256 },
      expiresAt: expiryOf({ cert }),
    };
  } catch {
    return undefined;
  }
}
