const most = 10_000;
const mostBytes = 50_000_000;

/** Keeps what was requested: the newest entries, so many that they take up no more than so much. */
export function createRequestLog<Entry>() {
  const kept: { readonly entry: Entry; readonly bytes: number }[] = [];
  let sum = 0;
  return {
    /** @param bytes what the texts take up that are in it or that its own are cut out of */
    add(entry: Entry, bytes: number): void {
      kept.push({ entry, bytes });
      sum += bytes;
      while (kept.length > most || sum > mostBytes) sum -= kept.shift()?.bytes ?? 0;
    },
    /** Oldest first. */
    entries: (): readonly Entry[] => kept.map(({ entry }) => entry),
  };
}
