import type { OwnFolder } from '../ownership/own-folder.ts';
import type { Runtime } from '../runtime.ts';
import { addAuthority, type Change, type Listing, listAuthorities, removeAuthorities } from './store-changes.ts';
import type { TrustStore } from './trust-store.ts';
import {
  authorityFile,
  makeTrustedCertificate,
  readTrustedCertificate,
  removeAuthorityFiles,
  removeTrustedCertificate,
  renewalIsDue,
  type TrustedCertificate,
  writeAuthorityFile,
  writeTrustedCertificate,
} from './trusted-certificate.ts';

export interface TrustParts {
  readonly stores: readonly TrustStore[];
  readonly stateFolder: OwnFolder;
  readonly runtime: Pick<Runtime, 'runProgram' | 'signal' | 'now'>;
}

/** What is there: the listener's certificate, and for each store the authorities of ours in it. */
export interface Inventory {
  readonly kept: TrustedCertificate | undefined;
  readonly listings: readonly (readonly [TrustStore, Listing])[];
}

export type Changes = readonly (readonly [TrustStore, Change])[];

export async function inventory({ stores, stateFolder, runtime }: TrustParts): Promise<Inventory> {
  const kept = await readTrustedCertificate(stateFolder);
  return { kept, listings: await each(stores, (store) => listAuthorities(store, runtime)) };
}

/** The certificate that is kept, if it will do for a while and every store trusts its authority: nothing is to be done. */
export function settledCertificate({ kept, listings }: Inventory, now: number): TrustedCertificate | undefined {
  if (!kept || renewalIsDue(kept, now)) return undefined;
  const everywhere = listings.every(
    ([, listing]) =>
      listing.kind === 'listed' &&
      listing.authorities.some(({ name, trusted }) => trusted && name === kept.authority.name),
  );
  return everywhere ? kept : undefined;
}

/**
 * Makes browsers accept the listener's certificate.
 *
 * 1. A new certificate with a new authority, unless the one that is kept is good for more than 30 days: its authority is
 *    then given to the stores that lack it. 2. The authority to every store. 3. The certificate is kept, if at least one
 *    store took it. 4. Older authorities go, in the stores and here.
 *
 * @returns `trusted: undefined` when no store took it: then all is as it was.
 */
export async function trust(parts: TrustParts, kept: TrustedCertificate | undefined) {
  const { stores, stateFolder, runtime } = parts;
  const now = runtime.now();
  const trusted = kept && !renewalIsDue(kept, now) ? kept : makeTrustedCertificate(now);
  const { name } = trusted.authority;
  const file = await writeAuthorityFile(stateFolder, trusted.authority);
  const added = await each(stores, (store) => addAuthority(store, file, runtime));
  if (added.every(([, change]) => change.kind === 'failed')) {
    if (trusted !== kept) await removeAuthorityFiles(stateFolder, kept?.authority.name);
    return { trusted: undefined, changes: added };
  }
  if (trusted !== kept) await writeTrustedCertificate(stateFolder, trusted);
  const took = added.filter(([, change]) => change.kind !== 'failed').map(([store]) => store);
  const cleaned = await each(took, (store) => removeAuthorities(store, fileIn(parts), runtime, name));
  const failures = cleaned.filter(([, change]) => change.kind === 'failed');
  if (failures.length === 0) await removeAuthorityFiles(stateFolder, name);
  return { trusted, changes: [...added, ...failures] };
}

/** Takes away all that `trust` has ever put anywhere. The key goes first: from then on nobody can use the certificate. */
export async function distrust(
  parts: TrustParts,
): Promise<{ readonly hadCertificate: boolean; readonly changes: Changes }> {
  const { stores, stateFolder, runtime } = parts;
  const hadCertificate = await removeTrustedCertificate(stateFolder);
  const changes = await each(stores, (store) => removeAuthorities(store, fileIn(parts), runtime));
  if (changes.every(([, change]) => change.kind !== 'failed')) await removeAuthorityFiles(stateFolder);
  return { hadCertificate, changes };
}

const fileIn = (parts: TrustParts) => (name: string) => authorityFile(parts.stateFolder, name);

/** One after the other: some ask the person. */
async function each<T>(
  stores: readonly TrustStore[],
  work: (store: TrustStore) => Promise<T>,
): Promise<readonly (readonly [TrustStore, T])[]> {
  const results: (readonly [TrustStore, T])[] = [];
  for (const store of stores) results.push([store, await work(store)]);
  return results;
}
