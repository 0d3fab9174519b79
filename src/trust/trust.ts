import type { OwnFolder } from '../files/own-folder.ts';
import { safeText } from '../output/safe-text.ts';
import type { ProgramOutcome, Runtime } from '../runtime.ts';
import type { AuthorityFile, Listed, ProgramCall, TrustStore } from './trust-store.ts';
import {
  authorityFile,
  isComplete,
  makeTrustedCertificate,
  readTrustedCertificate,
  removeAuthorityFiles,
  removeTrustedCertificate,
  type TrustedCertificate,
  writeAuthorityFile,
  writeTrustedCertificate,
} from './trusted-certificate.ts';

export interface TrustParts {
  readonly stores: readonly TrustStore[];
  readonly stateFolder: OwnFolder;
  readonly runtime: Pick<Runtime, 'runProgram' | 'signal' | 'now'>;
  /** Is told of each store as soon as it is done with. */
  readonly changed: (store: TrustStore, change: StoreChange) => void;
}

/** What is there: the certificates, and for each store the authorities of ours in it. */
export interface Inventory {
  readonly kept: TrustedCertificate | undefined;
  readonly listings: readonly (readonly [TrustStore, Listing])[];
}

export type Changes = readonly (readonly [TrustStore, StoreChange])[];

export async function inventory({ stores, stateFolder, runtime }: Omit<TrustParts, 'changed'>): Promise<Inventory> {
  const kept = await readTrustedCertificate(stateFolder);
  return { kept, listings: await each(stores, (store) => listAuthorities(store, runtime)) };
}

/** The certificates that are kept, if they will do for a while and every store trusts their authority: nothing is to be done. */
export function settledCertificate({ kept, listings }: Inventory, now: number): TrustedCertificate | undefined {
  if (!kept || !isComplete(kept, now)) return undefined;
  const everywhere = listings.every(
    ([, listing]) =>
      listing.kind === 'listed' &&
      listing.authorities.some(({ name, trusted }) => trusted && name === kept.authority.name),
  );
  return everywhere ? kept : undefined;
}

/**
 * Makes browsers accept the certificates of the listener and the sandbox.
 *
 * 1. New certificates with a new authority, unless those that are kept are good for more than 30 days: their authority is
 *    then given to the stores that lack it. 2. The authority to every store. 3. The certificates are kept, if at least one
 *    store took it. 4. Older authorities go, in the stores and here.
 *
 * @returns `trusted: undefined` when no store took it: then all is as it was.
 */
export async function trust(parts: TrustParts, kept: TrustedCertificate | undefined) {
  const { stores, stateFolder, runtime, changed } = parts;
  const now = runtime.now();
  const trusted = kept && isComplete(kept, now) ? kept : makeTrustedCertificate(now);
  const { name } = trusted.authority;
  const file = await writeAuthorityFile(stateFolder, trusted.authority);
  const added = await each(stores, (store) => addAuthority(store, file, runtime), changed);
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

/** Takes away all that `trust` has ever put anywhere. The keys go first: from then on nobody can use the certificates. */
export async function distrust(
  parts: TrustParts,
): Promise<{ readonly hadCertificate: boolean; readonly changes: Changes }> {
  const { stores, stateFolder, runtime, changed } = parts;
  const hadCertificate = await removeTrustedCertificate(stateFolder);
  const changes = await each(stores, (store) => removeAuthorities(store, fileIn(parts), runtime), changed);
  if (changes.every(([, change]) => change.kind !== 'failed')) await removeAuthorityFiles(stateFolder);
  return { hadCertificate, changes };
}

const fileIn = (parts: TrustParts) => (name: string) => authorityFile(parts.stateFolder, name);

/** Takes the stores one after the other, because some ask the person. */
async function each<T>(
  stores: readonly TrustStore[],
  work: (store: TrustStore) => Promise<T>,
  done: (store: TrustStore, result: T) => void = () => {},
): Promise<readonly (readonly [TrustStore, T])[]> {
  const results: (readonly [TrustStore, T])[] = [];
  for (const store of stores) {
    const result = await work(store);
    done(store, result);
    results.push([store, result]);
  }
  return results;
}

type ProgramRunner = Pick<Runtime, 'runProgram' | 'signal'>;

/** What went wrong, and what a person can do about it, a sentence each. */
interface Problem {
  readonly problem: string;
  readonly remedy: string;
}

type Listing = { readonly kind: 'listed'; readonly authorities: readonly Listed[] } | Failed;

/** What became of one store. */
export type StoreChange = { readonly kind: 'added' | 'already' | 'removed' | 'none' } | Failed;

type Failed = { readonly kind: 'failed' } & Problem;

/** Which of our authorities the store holds. */
export async function listAuthorities(store: TrustStore, machine: ProgramRunner): Promise<Listing> {
  if (!store.list) return { kind: 'listed', authorities: [] };
  const outcome = await call(store, store.list, machine);
  if (outcome.kind === 'ended' && outcome.exitCode === store.noneCode) return { kind: 'listed', authorities: [] };
  const problem = problemOf(outcome, store.list);
  if (problem !== undefined) {
    const remedy = outcome.kind === 'absent' ? store.absent : 'See whether it is damaged, or open in another program.';
    return { kind: 'failed', problem, remedy };
  }
  return { kind: 'listed', authorities: outcome.kind === 'ended' ? store.listed(outcome.stdout) : [] };
}

/** Makes the store trust the authority. One that refuses is left as it was. */
export async function addAuthority(
  store: TrustStore,
  authority: AuthorityFile,
  machine: ProgramRunner,
): Promise<StoreChange> {
  const listing = await listAuthorities(store, machine);
  if (listing.kind === 'failed') return listing;
  if (listing.authorities.some(({ name, trusted }) => name === authority.name && trusted)) return { kind: 'already' };
  const failed =
    (await callAll(store, 'add', authority, machine)) ?? (await withoutEffect(store, 'add', authority, machine));
  if (!failed) return { kind: 'added' };
  // NSS keeps a certificate that it was then not allowed to trust.
  for (const undo of store.remove(authority)) await call(store, undo, machine);
  return failed;
}

/** Removes every authority of ours but the one to keep. */
export async function removeAuthorities(
  store: TrustStore,
  fileOf: (name: string) => AuthorityFile,
  machine: ProgramRunner,
  keep?: string,
): Promise<StoreChange> {
  const listing = await listAuthorities(store, machine);
  if (listing.kind === 'failed') return listing;
  const leaving = listing.authorities.filter(({ name }) => name !== keep);
  for (const { name } of leaving) {
    const authority = fileOf(name);
    const failed =
      (await callAll(store, 'remove', authority, machine)) ??
      (await withoutEffect(store, 'remove', authority, machine));
    if (failed) return failed;
  }
  return { kind: leaving.length > 0 ? 'removed' : 'none' };
}

async function callAll(
  store: TrustStore,
  wanted: 'add' | 'remove',
  authority: AuthorityFile,
  machine: ProgramRunner,
): Promise<Failed | undefined> {
  for (const one of store[wanted](authority)) {
    const outcome = await call(store, one, machine);
    const problem = problemOf(outcome, one);
    if (problem === undefined) continue;
    const remedy = outcome.kind === 'absent' ? store.absent : store.byHand[wanted](authority);
    return { kind: 'failed', problem, remedy };
  }
  return undefined;
}

/** An exit code is no proof: where a policy forbids it, some programs end well and change nothing. The store is looked at again. */
async function withoutEffect(
  store: TrustStore,
  wanted: 'add' | 'remove',
  authority: AuthorityFile,
  machine: ProgramRunner,
): Promise<Failed | undefined> {
  // One that was made by this very call has no listing yet.
  if (!store.list) return undefined;
  const listing = await listAuthorities(store, machine);
  if (listing.kind === 'failed') return listing;
  const found = listing.authorities.find(({ name }) => name === authority.name);
  if (wanted === 'add' ? found?.trusted : !found) return undefined;
  const [file] = store[wanted](authority)[0] ?? store.list;
  const problem = `${file} reported success, and ${wanted === 'add' ? 'the store does not trust the authority' : 'the authority is still in the store'}.`;
  return { kind: 'failed', problem, remedy: store.byHand[wanted](authority) };
}

function call(
  { timeoutMs }: TrustStore,
  [file, ...args]: ProgramCall,
  machine: ProgramRunner,
): Promise<ProgramOutcome> {
  return machine.runProgram(file, args, { timeoutMs, signal: machine.signal });
}

function problemOf(outcome: ProgramOutcome, [file]: ProgramCall): string | undefined {
  switch (outcome.kind) {
    case 'absent':
      return `${file} is not installed.`;
    case 'failed':
      return `${file}: ${safeText(outcome.reason)}.`;
    case 'ended': {
      if (outcome.exitCode === 0) return undefined;
      // Windows's certutil says what is wrong on standard output.
      const said = `${outcome.stdout}\n${outcome.stderr}`.trim().split('\n').at(-1) ?? '';
      return `${file} ended with ${outcome.exitCode}${said ? `: ${safeText(said.trim()).replace(/\.$/, '')}` : ''}.`;
    }
    default:
      return outcome satisfies never;
  }
}
