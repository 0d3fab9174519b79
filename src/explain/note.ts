import type { ConsolePlace } from '../config/console-places.ts';

/** What a parameter, a member or a claim is, for somebody who learns the protocol. */
export interface Note {
  readonly what: string;
  /** Section of the standard. */
  readonly standard?: string;
  /** The setting in the console that governs it. */
  readonly place?: ConsolePlace;
  /** Whoever has the value may do something with it: it is never shown. */
  readonly secret?: true;
}

export type Notes = Readonly<Record<string, Note>>;

/** One step of the story: a heading, what it is for, and the values line by line. */
export interface Step extends Omit<Note, 'secret'> {
  readonly title: string;
  readonly lines: readonly string[];
}
