import type { Runtime } from '../runtime.ts';
import type { Output } from './output.ts';
import { safeText } from './safe-text.ts';

/** Shorter waits are not noticed, and a line that comes and goes would only flicker. */
const patienceMs = 500;

type Work = <T>(server: string, work: Promise<T>) => Promise<T>;

/**
 * Shows who is waited for when that takes longer than half a second, and for how long by now: on a line that goes without a
 * trace. On a terminal where lines must stand still it is said once for each server. A pipe gets nothing: who reads it reads it
 * afterwards, and would find other lines in it each time.
 */
export function waitSign(
  { stderr, now, sleep }: Pick<Runtime, 'stderr' | 'now' | 'sleep'>,
  { json, live, note }: Pick<Output, 'json' | 'live' | 'note'>,
): Work {
  const named = new Set<string>();
  const tell = async (server: string, sign: Sign): Promise<void> => {
    const startedAt = now();
    await sleep(patienceMs, sign.over.signal);
    for (;;) {
      const waited = Math.round((now() - startedAt) / 1000);
      const line = `Waiting for ${safeText(server)}…`;
      if (live && (sign.isShown || !live.taken)) {
        sign.isShown = true;
        live.show(waited > 1 ? `${line} ${waited} s` : line);
      }
      if (!live && !named.has(server)) note(line);
      named.add(server);
      await sleep(1000, sign.over.signal);
    }
  };
  return async (server, work) => {
    if (json || !stderr.isTTY) return work;
    const sign: Sign = { over: new AbortController(), isShown: false };
    // It ends with the work, by its signal.
    tell(server, sign).catch(() => {});
    try {
      return await work;
    } finally {
      sign.over.abort();
      if (sign.isShown) live?.clear();
    }
  };
}

interface Sign {
  readonly over: AbortController;
  isShown: boolean;
}
