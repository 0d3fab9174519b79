import { messageOf } from '../errors.ts';
import type { OwnFolder } from '../files/own-folder.ts';
import type { Output } from '../output/output.ts';
import { localTime } from '../output/time.ts';
import { ping14c, wording } from '../wording.ts';
import { readTrustedCertificate, type TrustedCertificate } from './trusted-certificate.ts';

/** The certificates of `ping14c trust` until they end. Anything wrong with them is only warned of: there are others. */
export async function keptWhileGood(
  stateFolder: OwnFolder,
  now: number,
  output: Pick<Output, 'warn'>,
): Promise<TrustedCertificate | undefined> {
  const kept = await readTrustedCertificate(stateFolder).catch((error: unknown) => {
    output.warn(wording`The certificate of ${ping14c('trust')} is not used: ${messageOf(error)}`);
    return undefined;
  });
  if (!kept || kept.expiresAt > now) return kept;
  output.warn(
    wording`The certificate of ${ping14c('trust')} ended at ${localTime(kept.expiresAt)}. Run ${ping14c('trust')} to renew it.`,
  );
  return undefined;
}
