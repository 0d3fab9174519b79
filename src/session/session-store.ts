/** Keeps one text an account, and knows nothing of sessions. Every write is all or nothing (docs/security.md, rule 21). */
export interface SessionStore {
  readonly kind: 'keychain' | 'file' | 'memory';
  /** Where it is, in words for a person, e.g. `the keychain (Secret Service)` or a file's path. */
  readonly place: string;
  /** The same on less than a line, for where `place` says more than fits there. */
  readonly shortPlace?: string;
  /** Where it is and nothing more, for where something is gone from it. */
  readonly barePlace?: string;
  /** @throws Failure when the store is absent, locked, slow, damaged or refuses; never for an item that is not there. */
  read(account: string): Promise<string | undefined>;
  write(account: string, text: string): Promise<void>;
  /** Returns whether there was anything. */
  clear(account: string): Promise<boolean>;
}
