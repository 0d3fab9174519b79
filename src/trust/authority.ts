import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { type Certificate, loopbackHosts } from '../loopback/certificate.ts';
import {
  authorityKeyIdentifier,
  authorityUsage,
  nameConstraints,
  serverUsage,
  signCertificate,
  subjectAlternativeName,
  subjectKeyIdentifier,
} from '../loopback/x509.ts';

/** A certificate authority with its private key: whoever holds it can vouch for what its constraints allow. */
export interface Authority {
  readonly name: string;
  /** PEM. */
  readonly cert: string;
  readonly privateKey: KeyObject;
}

/** What remains of an authority that can sign no more. */
export type PublicAuthority = Omit<Authority, 'privateKey'>;

/** When certificates are valid, in milliseconds since the epoch. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Every authority of ours is called this and eight hexadecimal digits: so it is found again in any store. */
export const authorityNames = /ping14c local authority [0-9a-f]{8}/g;

const hourMs = 3_600_000;
/** Browsers and Apple's systems refuse server certificates that are valid for more than 398 days. */
export const validDays = 397;

/** Certificates are valid from an hour ago, for browsers whose clocks are slow, and for 397 days in all. */
export function validityFrom(now: number): Validity {
  return { notBefore: now - hourMs, notAfter: now - hourMs + validDays * 24 * hourMs };
}

/** Makes an authority that can vouch for the loopback names and nothing else, and for no other authority. */
export function makeAuthority(validity: Validity): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  // Stores tell authorities apart by their names.
  const name = `ping14c local authority ${randomBytes(4).toString('hex')}`;
  const extensions = [...authorityUsage(), nameConstraints(loopbackHosts), subjectKeyIdentifier(publicKey)];
  const cert = signCertificate({ subject: name, issuer: name, publicKey, ...validity, extensions }, privateKey);
  return { name, cert, privateKey };
}

/** Makes a server certificate with a key of its own, signed by the authority, for these hosts. */
export function issueCertificate(authority: Authority, validity: Validity, hosts: readonly string[]): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const extensions = [
    ...serverUsage(),
    subjectAlternativeName(hosts),
    subjectKeyIdentifier(publicKey),
    authorityKeyIdentifier(createPublicKey(authority.cert)),
  ];
  const parties = { subject: 'ping14c on this machine', issuer: authority.name };
  const cert = signCertificate({ ...parties, publicKey, ...validity, extensions }, authority.privateKey);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { cert, key, fingerprint256: new X509Certificate(cert).fingerprint256 };
}
