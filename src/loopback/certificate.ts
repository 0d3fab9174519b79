import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { Failure, messageOf } from '../errors.ts';
import { dayMs, hourMs } from '../output/time.ts';
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

/** The common name of every server certificate of ours. */
export const serverName = 'ping14c on this machine';
/** Certificates are valid from an hour ago: a browser whose clock is slow must not find them "not yet valid". */
export const backdatedMs = hourMs;

/** Makes a self-signed P-256 certificate in memory, in a few milliseconds. IPv6 addresses come without brackets. */
export function makeCertificate(wanted: {
  /** All the names of loopback when absent. */
  readonly hosts?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly days: number;
}): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const cert = signCertificate(
    {
      subject: serverName,
      issuer: serverName,
      publicKey,
      notBefore: wanted.now - backdatedMs,
      notAfter: wanted.now + wanted.days * dayMs,
      extensions: [
        ...serverUsage(),
        subjectAlternativeName(wanted.hosts ?? loopbackHosts),
        subjectKeyIdentifier(publicKey),
      ],
    },
    privateKey,
  );
  return certificateWith(cert, privateKey);
}

export function certificateWith(cert: string, privateKey: KeyObject): Certificate {
  return {
    cert,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fingerprint256: new X509Certificate(cert).fingerprint256,
  };
}

/** What a certificate is wanted for. */
export interface CertificateUse {
  readonly redirectUri: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Reads a certificate (its chain below it) and the private key that belongs to it from PEM files, and checks that the
 * listener can use them, before anything is started.
 *
 * @throws Failure `usage` naming the file and what is wrong with it.
 */
export async function readOwnCertificate(
  files: { readonly cert: string; readonly key: string },
  use: CertificateUse,
): Promise<Certificate> {
  if (new URL(use.redirectUri).protocol !== 'https:') {
    throw certificateUnfit(`The redirect URI ${use.redirectUri} is not https, so no certificate is used for it.`, {
      hint: 'Leave out --cert and --key, or use an https --redirect-uri.',
    });
  }
  // One after the other: where both are missing, it is always the same one that is named.
  const cert = await readPem(files.cert);
  const key = await readPem(files.key);
  const certificate = parseCertificate(files.cert, cert);
  if (!certificate.checkPrivateKey(parseKey(files.key, key))) {
    throw certificateUnfit(`The key ${files.key} does not belong to the certificate ${files.cert}.`, {
      hint: 'Use the private key of that certificate. In a file with several certificates, it must come first.',
    });
  }
  const problem = problemWith(certificate, use);
  if (problem)
    throw certificateUnfit(`The certificate ${files.cert} ${problem}.`, { hint: 'Use another, or leave it out.' });
  return { cert, key, fingerprint256: certificate.fingerprint256 };
}

/** Why browsers would refuse it for this redirect URI now, whoever has signed it; `undefined` when they would not. */
export function problemWith(certificate: X509Certificate, { redirectUri, now }: CertificateUse): string | undefined {
  if (now < Date.parse(certificate.validFrom)) return `is not valid before ${certificate.validFrom}`;
  if (now > Date.parse(certificate.validTo)) return `expired at ${certificate.validTo}`;
  const host = new URL(redirectUri).hostname.replace(/^\[|\]$/g, '');
  // Browsers look at the alternative names only (RFC 9525, section 6); OpenSSL would look at the subject too.
  const covered = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host, { subject: 'never' });
  return covered ? undefined : `is not for ${host}, the host of the redirect URI`;
}

async function readPem(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw certificateUnfit(`${file} cannot be read: ${messageOf(error)}`, {
      hint: 'Pass readable PEM files with --cert and --key.',
      cause: error,
    });
  });
}

function parseCertificate(file: string, text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw certificateUnfit(`${file} holds no certificate in PEM form.`, {
      hint: 'If it is in DER form, convert it with "openssl x509 -inform der -in FILE -out cert.pem".',
      cause,
    });
  }
}

function parseKey(file: string, text: string): KeyObject {
  // PKCS #8 (RFC 5958) and the older form of OpenSSL (RFC 1421).
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(text)) {
    throw certificateUnfit(`The key ${file} is encrypted.`, {
      hint: 'Remove the passphrase with "openssl pkey -in FILE -out key.pem", and keep the new file private.',
    });
  }
  try {
    return createPrivateKey(text);
  } catch (cause) {
    throw certificateUnfit(`${file} holds no private key in PEM form.`, {
      hint: 'Pass the PEM file of the key with --key.',
      cause,
    });
  }
}

function certificateUnfit(
  message: string,
  { hint, cause }: { readonly hint: string; readonly cause?: unknown },
): Failure {
  return new Failure('usage', message, { code: 'invalid_certificate', hint, cause });
}
