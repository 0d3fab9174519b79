import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { serverUsage, signCertificate, subjectAlternativeName, subjectKeyIdentifier } from './x509.ts';

/** A server's certificate and private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, as browsers show it: upper-case hexadecimal pairs with colons. */
  readonly fingerprint256: string;
}

/** All the names of this machine that are its own only. IPv6 addresses come without brackets. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '::1'];
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Makes a self-signed P-256 certificate in memory, in a few milliseconds. IPv6 addresses come without brackets. */
export function makeCertificate(wanted: {
  /** All the names of loopback when absent. */
  readonly hosts?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly days: number;
}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const name = 'ping14c on this machine';
  const cert = signCertificate(
    {
      subject: name,
      issuer: name,
      publicKey,
      // A browser whose clock is slow must not find it "not yet valid".
      notBefore: wanted.now - hourMs,
      notAfter: wanted.now + wanted.days * dayMs,
      extensions: [
        ...serverUsage(),
        subjectAlternativeName(wanted.hosts ?? loopbackHosts),
        subjectKeyIdentifier(publicKey),
      ],
    },
    privateKey,
  );
  return {
    cert,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint256: new X509Certificate(cert).fingerprint256,
  };
}
