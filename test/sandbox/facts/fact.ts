import type { Seed } from '../../../src/sandbox/seed.ts';
import type { Preparation } from './pingone.ts';
import type { Shape } from './shape.ts';

/** One thing that is on record about PingOne, and a request that shows it. */
export interface Fact {
  /** Of docs/pingone.md. */
  readonly section: string;
  /** How sure it is, in the words of that page. */
  readonly certainty: 'C' | 'C3' | 'JSDK' | 'I' | 'EMU';
  readonly says: string;
  /** The environment it is shown in, where that is not the default one. */
  readonly seed?: Seed;
  /** What has happened before; gives the values that the request names in braces. */
  readonly before?: Preparation;
  readonly request: FactRequest;
  readonly expect: ExpectedAnswer;
}

export interface FactRequest {
  /** With `{A}` for the issuer, `{P}` for the environment in the management API, `{E}` for it on the other hosts,
   * `{D}` for a custom domain. */
  readonly to: string;
  /** Default: POST with a form or a body, GET without. */
  readonly method?: string;
  /** Whose access token goes with it; a user's has the self-service scopes. */
  readonly as?: Identity;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string | undefined>>;
  readonly json?: unknown;
}

export type Identity = 'worker' | 'ada' | 'grace' | 'alan' | 'barbara' | 'donald';

export interface ExpectedAnswer {
  readonly status: number;
  /** Of the headers, by their names in lower case. */
  readonly headers?: Shape;
  /** Of the JSON in the body. */
  readonly body?: Shape;
  /** Of the body as it is. */
  readonly text?: Shape;
  /** Of the redirect's address: where it goes, and its parameters, from the query or the fragment. */
  readonly location?: { readonly to: Shape; readonly parameters?: Shape };
  /** Of the claims of the tokens in the body, or in the redirect's parameters, by the parameter that carries them. */
  readonly claims?: Readonly<Record<string, Shape>>;
  /** Of the headers of these tokens. */
  readonly tokenHeaders?: Readonly<Record<string, Shape>>;
}
