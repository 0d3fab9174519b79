import { safeText } from '../output/safe-text.ts';
import type { ProgramOutcome, Runtime } from '../runtime.ts';
import type { AuthorityFile, Listed, ProgramCall, TrustStore } from './trust-store.ts';

export type Machine = Pick<Runtime, 'runProgram' | 'signal'>;

/** What went wrong, and what a person can do about it, a sentence each. */
export interface Problem {
  readonly problem: string;
  readonly remedy: string;
}

export type Listing = { readonly kind: 'listed'; readonly authorities: readonly Listed[] } | Failed;

/** What became of one store. */
export type Change = { readonly kind: 'added' | 'already' | 'removed' | 'none' } | Failed;

type Failed = { readonly kind: 'failed' } & Problem;

/** Which of our authorities the store holds. */
export async function listAuthorities(store: TrustStore, machine: Machine): Promise<Listing> {
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
export async function addAuthority(store: TrustStore, authority: AuthorityFile, machine: Machine): Promise<Change> {
  const listing = await listAuthorities(store, machine);
  if (listing.kind === 'failed') return listing;
  if (listing.authorities.some(({ name, trusted }) => name === authority.name && trusted)) return { kind: 'already' };
  const failed = await callAll(store, 'add', authority, machine);
  if (!failed) return { kind: 'added' };
  // NSS keeps a certificate that it was then not allowed to trust.
  for (const undo of store.remove(authority)) await call(store, undo, machine);
  return failed;
}

/** Removes every authority of ours but the one to keep. */
export async function removeAuthorities(
  store: TrustStore,
  fileOf: (name: string) => AuthorityFile,
  machine: Machine,
  keep?: string,
): Promise<Change> {
  const listing = await listAuthorities(store, machine);
  if (listing.kind === 'failed') return listing;
  const leaving = listing.authorities.filter(({ name }) => name !== keep);
  for (const { name } of leaving) {
    const failed = await callAll(store, 'remove', fileOf(name), machine);
    if (failed) return failed;
  }
  return { kind: leaving.length > 0 ? 'removed' : 'none' };
}

async function callAll(
  store: TrustStore,
  wanted: 'add' | 'remove',
  authority: AuthorityFile,
  machine: Machine,
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

function call({ timeoutMs }: TrustStore, [file, ...args]: ProgramCall, machine: Machine): Promise<ProgramOutcome> {
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
