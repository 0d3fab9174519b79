import type { AuthorizationServerClient } from '../auth/client.ts';
import type { Invocation, Workplace } from '../invocation/invocation.ts';

/** What one check found. A problem keeps a sign-in from working; a note does not. */
export type Finding =
  | { readonly kind: 'good' | 'skipped'; readonly text: string }
  | { readonly kind: 'problem' | 'note'; readonly text: string; readonly remedy: string };

/** What earlier checks have established, for later ones to stand on. */
export interface Bench {
  readonly workplace: Workplace;
  readonly invocation?: Invocation | undefined;
  readonly client?: AuthorizationServerClient | undefined;
}

export interface Check {
  readonly name: string;
  /** Returns what it found and, where others need it, a bench that holds more. A thrown `Failure` is a problem. */
  readonly look: (bench: Bench) => Promise<{ readonly finding: Finding; readonly bench?: Bench }>;
}
