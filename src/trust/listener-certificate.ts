import { X509Certificate } from 'node:crypto';
import { Failure } from '../errors.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import { type Certificate, type CertificateUse, problemWith, readOwnCertificate } from '../loopback/certificate.ts';
import type { Output } from '../output/output.ts';
import { localTime } from '../output/time.ts';
import { ping14c, wording } from '../wording.ts';
import { keptWhileGood } from './kept-certificate.ts';
import { renewalIsDue } from './trusted-certificate.ts';

/** PEM files, as `--cert` and `--key` name them. */
export interface GivenFiles {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * The certificate that browsers are expected to accept: the person's own, else that of `ping14c trust` while it is good for
 * the redirect URI. `undefined` when the listener is to make one. Tells in time that the latter ends.
 *
 * @throws Failure `usage` when the person's own cannot be used; anything wrong with the other is only warned of.
 */
export async function listenerCertificate(
  given: GivenFiles,
  use: CertificateUse,
  stateFolder: OwnFolder,
  output: Pick<Output, 'note' | 'warn'>,
): Promise<Certificate | undefined> {
  const { cert, key } = given;
  if (cert !== undefined && key !== undefined) return readOwnCertificate({ cert, key }, use);
  if (cert !== undefined || key !== undefined) {
    throw new Failure('usage', '--cert and --key belong together; one of them is missing.', {
      code: 'invalid_certificate',
      hint: 'Pass both: the PEM file of the certificate and that of its private key.',
    });
  }
  if (new URL(use.redirectUri).protocol !== 'https:') return undefined;
  const trusted = await keptWhileGood(stateFolder, use.now, output);
  if (!trusted) return undefined;
  const { certificate, expiresAt } = trusted;
  const problem = problemWith(new X509Certificate(certificate.cert), use);
  if (problem) {
    output.warn(wording`The certificate of ${ping14c('trust')} ${problem}; one is made for this sign-in.`);
    return undefined;
  }
  if (renewalIsDue(trusted, use.now)) {
    output.note(
      wording`The listener's certificate is good until ${localTime(expiresAt)}. Run ${ping14c('trust')} to renew it.`,
    );
  }
  return certificate;
}
