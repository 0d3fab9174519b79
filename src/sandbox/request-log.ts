import type { FaultName } from './faults.ts';

/** One line of the log. No query, no header, no body: nothing secret but what a notice is there to tell. */
export interface RequestEntry {
  readonly method: string;
  readonly path: string;
  /** 0 when the connection was cut, by either side. */
  readonly status: number;
  /** What failed on purpose here; absent where nothing did. */
  readonly faults?: readonly FaultName[] | undefined;
  /** What is to be said besides, on one line. */
  readonly notice?: string | undefined;
}

const most = 10_000;
const mostBytes = 50_000_000;

/** Keeps what was requested: the newest entries, so many that they take up no more than so much. */
export function createRequestLog() {
  const kept: { readonly entry: RequestEntry; readonly bytes: number }[] = [];
  let sum = 0;
  return {
    /** @param bytes what the texts take up that are in it or that its own are cut out of */
    add(entry: RequestEntry, bytes: number): void {
      kept.push({ entry, bytes });
      sum += bytes;
      while (kept.length > most || sum > mostBytes) sum -= kept.shift()?.bytes ?? 0;
    },
    /** Oldest first. */
    entries: (): readonly RequestEntry[] => kept.map(({ entry }) => entry),
  };
}
