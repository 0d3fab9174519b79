import type { OwnFolder } from '../files/own-folder.ts';
import type { Certificate } from '../loopback/certificate.ts';
import type { Output } from '../output/output.ts';
import { ping14c, wording } from '../wording.ts';
import { keptWhileGood } from './kept-certificate.ts';

/** A certificate, and what a client must trust to accept it. */
interface SignedCertificate {
  readonly certificate: Certificate;
  /** PEM. */
  readonly authority: string;
}

/** The certificate of `ping14c trust` for the sandbox's pages, while it is good. `undefined` when the sandbox is to make one. */
export async function sandboxCertificate(
  stateFolder: OwnFolder,
  now: number,
  output: Pick<Output, 'note' | 'warn'>,
): Promise<SignedCertificate | undefined> {
  const kept = await keptWhileGood(stateFolder, now, output);
  if (!kept) return undefined;
  const { sandboxCertificate: certificate, authority } = kept;
  if (certificate) return { certificate, authority: authority.cert };
  output.note(wording`Run ${ping14c('trust')} again, and browsers will accept the sandbox's certificate too.`);
  return undefined;
}
