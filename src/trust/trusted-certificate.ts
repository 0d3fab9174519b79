import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type OwnFolder, subfolder } from '../files/own-folder.ts';
import { namesIn, readPrivateFile, removePrivateFile, writePrivateFile } from '../files/private-file.ts';
import { type JsonObject, objectIn, parsedObject, textIn } from '../json.ts';
import { type Certificate, loopbackHosts } from '../loopback/certificate.ts';
import { dayMs } from '../output/time.ts';
import { issueCertificate, makeAuthority, type PublicAuthority, validityFrom } from './authority.ts';
import type { AuthorityFile } from './trust-store.ts';

/** The lasting certificates, and who has vouched for them. */
export interface TrustedCertificate {
  readonly authority: PublicAuthority;
  /** The listener's. */
  readonly certificate: Certificate;
  /** That of the sandbox's pages; absent where an older version has made the other. */
  readonly sandboxCertificate?: Certificate;
  /** When both end; milliseconds since the epoch. */
  readonly expiresAt: number;
}

const renewalMs = 30 * dayMs;

/** Whether a new one is due: from 30 days before its end on. */
export function renewalIsDue({ expiresAt }: TrustedCertificate, now: number): boolean {
  return expiresAt - now <= renewalMs;
}

/** Whether the kept certificates will do for a while, and none is missing. */
export function isComplete(kept: TrustedCertificate, now: number): boolean {
  return !renewalIsDue(kept, now) && kept.sandboxCertificate !== undefined;
}

/** Makes an authority and two certificates; its private key leaves this function by no way, so that it signs no other. */
export function makeTrustedCertificate(now: number): Required<TrustedCertificate> {
  const validity = validityFrom(now);
  const authority = makeAuthority(validity);
  const certificate = issueCertificate(authority, validity, loopbackHosts);
  const sandboxCertificate = issueCertificate(authority, validity, loopbackHosts);
  const { name, cert } = authority;
  return { authority: { name, cert }, certificate, sandboxCertificate, expiresAt: expiryOf(certificate) };
}

/** @returns `undefined` where there is none, or none that this version can read. @throws Failure when others could read it. */
export async function readTrustedCertificate(stateFolder: OwnFolder): Promise<TrustedCertificate | undefined> {
  const content = await readPrivateFile(trustFolder(stateFolder), recordName);
  return content && narrowTrusted(content.toString('utf8'));
}

/** Keeps certificates and keys in one file, so that they always belong together, and go together. */
export async function writeTrustedCertificate(stateFolder: OwnFolder, trusted: TrustedCertificate): Promise<void> {
  const { authority, certificate, sandboxCertificate } = trusted;
  const pair = ({ cert, key }: Certificate) => ({ cert, key });
  const record = {
    version: 1,
    authority,
    certificate: pair(certificate),
    sandboxCertificate: sandboxCertificate && pair(sandboxCertificate),
  };
  await writePrivateFile(trustFolder(stateFolder), recordName, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** Removes the certificates and their keys, and what a run that was killed while writing it has left. Returns whether there was one. */
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

/** Where the certificates, their keys and the authority's certificate are. */
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
  const authority = objectIn(record, 'authority');
  const [name, cert] = [textIn(authority, 'name'), textIn(authority, 'cert')];
  const certificate = narrowCertificate(objectIn(record, 'certificate'));
  if (record['version'] !== 1 || !name || !cert || !certificate) return undefined;
  const sandboxCertificate = narrowCertificate(objectIn(record, 'sandboxCertificate'));
  return {
    authority: { name, cert },
    certificate,
    ...(sandboxCertificate && { sandboxCertificate }),
    expiresAt: expiryOf(certificate),
  };
}

function narrowCertificate(record: JsonObject): Certificate | undefined {
  const [cert, key] = [textIn(record, 'cert'), textIn(record, 'key')];
  if (!cert || !key) return undefined;
  try {
    return { cert, key, fingerprint256: new X509Certificate(cert).fingerprint256 };
  } catch {
    return undefined;
  }
}
