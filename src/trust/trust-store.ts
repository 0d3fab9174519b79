import { authorityNames } from './authority.ts';

/** A program and its arguments. */
export type ProgramCall = readonly [file: string, ...args: readonly string[]];

/** An authority in a file, as stores take it. */
export interface AuthorityFile {
  readonly name: string;
  /** Path of its certificate, PEM. */
  readonly file: string;
}

/** Of a store's listing, one of our authorities. */
export interface Listed {
  readonly name: string;
  /** Whether the store takes it for an authority; a store may hold a certificate without trusting it. */
  readonly trusted: boolean;
}

/** A place where browsers or the system look for authorities, told as the program calls that read and change it. */
export interface TrustStore {
  /** What a person calls it, with its place. */
  readonly label: string;
  /** Absent where the store has not been made yet, so that nothing is in it. */
  readonly list?: ProgramCall;
  /** The exit code by which the listing says that there is nothing. */
  readonly noneCode?: number;
  readonly listed: (stdout: string) => readonly Listed[];
  readonly add: (authority: AuthorityFile) => readonly ProgramCall[];
  /** Takes the authority away, whose file may be gone by then. */
  readonly remove: (authority: AuthorityFile) => readonly ProgramCall[];
  /** How long a call may take: a dialog of the system may wait for a person. */
  readonly timeoutMs: number;
  /** What to do when the program is not on this machine. */
  readonly absent: string;
  /** What a person can do when the program refuses. */
  readonly byHand: {
    readonly add: (authority: AuthorityFile) => string;
    readonly remove: (authority: AuthorityFile) => string;
  };
}

/** For stores that trust whatever they hold. */
export function allTrusted(stdout: string): readonly Listed[] {
  return [...new Set(stdout.match(authorityNames))].map((name) => ({ name, trusted: true }));
}
