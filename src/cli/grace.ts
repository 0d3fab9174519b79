import type { Runtime } from '../runtime.ts';

/** How long a request for tokens may go on after Ctrl-C: its answer may hold the only ones that work, or some to be revoked. */
const graceMs = 3_000;

/**
 * A signal that is aborted some time after the runtime's. A second Ctrl-C ends the process at once all the same.
 *
 * @param isNeeded asked when Ctrl-C comes; where nothing is under way, the signal is aborted with the runtime's
 */
export function afterGrace({ signal, sleep }: Runtime, isNeeded: () => boolean = () => true): AbortSignal {
  const late = new AbortController();
  const abort = () => late.abort(signal.reason);
  if (signal.aborted) abort();
  else
    signal.addEventListener('abort', () => (isNeeded() ? void sleep(graceMs).then(abort, abort) : abort()), {
      once: true,
    });
  return late.signal;
}
