import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { backdatedMs, type Certificate, certificateWith, loopbackHosts, serverName } from '../loopback/certificate.ts';
import {
  authorityKeyIdentifier,
  authorityUsage,
  nameConstraints,
  serverUsage,
  signCertificate,
  subjectAlternativeName,
  subjectKeyIdentifier,
} from '../loopback/x509.ts';
import { dayMs } from '../output/time.ts';

/** A certificate authority with its private key: whoever holds it can vouch for what its constraints allow. */
interface Authority {
  readonly name: string;
  /** PEM. */
  readonly cert: string;
  readonly privateKey: KeyObject;
}

/** What remains of an authority that can sign no more. */
export type PublicAuthority = Omit<Authority, 'privateKey'>;

/** When certificates are valid, in milliseconds since the epoch. */
interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Every authority of ours is called this and eight hexadecimal digits: so it is found again in any store. */
export const authorityLabel = 'ping14c local authority';
export const authorityNames = new RegExp(`${authorityLabel} [0-9a-f]{8}`, 'g');

/** Browsers and Apple's systems refuse server certificates that are valid for more than 398 days. */
export const validDays = 397;

/** Certificates are valid from an hour ago, for browsers whose clocks are slow, and for 397 days in all. */
export function validityFrom(now: number): Validity {
  return { notBefore: now - backdatedMs, notAfter: now - backdatedMs + validDays * dayMs };
}

/** Makes an authority that can vouch for the loopback names and nothing else, and for no other authority. */
export function makeAuthority(validity: Validity): Authority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  // Stores tell authorities apart by their names.
  const name = `${authorityLabel} ${randomBytes(4).toString('hex')}`;
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
  const parties = { subject: serverName, issuer: authority.name };
  const cert = signCertificate({ ...parties, publicKey, ...validity, extensions }, authority.privateKey);
  return certificateWith(cert, privateKey);
}
