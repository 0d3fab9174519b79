const most = 10_000;
const mostBytes = 50_000_000;

/** Keeps what was requested: the newest entries, so many that they take up no more than so much. */
export function createRequestLog<Entry extends { readonly notice?: string | undefined }>() {
  const kept: { readonly entry: Entry; readonly bytes: number }[] = [];
  let sum = 0;
  return {
    /** @param held what the texts of the request take up in it */
    add(entry: Entry, held: number): void {
      const bytes = held + (entry.notice?.length ?? 0);
      kept.push({ entry, bytes });
      sum += bytes;
      while (kept.length > most || sum > mostBytes) sum -= kept.shift()?.bytes ?? 0;
    },
    /** Oldest first. */
    entries: (): readonly Entry[] => kept.map(({ entry }) => entry),
  };
}
