import { createInterface } from 'node:readline';
import type { InputStream } from '../runtime.ts';
import type { Refusal } from './callback.ts';
import type { Listener } from './listener.ts';

/** What to do instead, for each thing that a pasted line can be wrong in. */
const advice: Readonly<Partial<Record<Refusal, string>>> = {
  'another host': 'That is not the address the browser was sent back to',
  'another path': 'That is not the address the browser was sent back to',
  'another state': 'That address belongs to another sign-in',
  'no state': 'That address is not complete',
  'no answer in it': 'That address is not complete',
  'a repeated parameter': 'That address holds something twice',
};

/** A terminal in its usual mode hands over no longer line: macOS, then Linux with and without the line's end. */
const cutLengths = [1023, 1024, 4094, 4095, 4096];

/**
 * Reads lines until one is the callback, or until the callback came another way; then the input is as it was before. For
 * whoever has the browser on another machine. The end of the input ends nothing.
 *
 * @param say is given one line for the person, for each pasted line that is not it
 */
export function readPastedRedirects(
  listener: Pick<Listener, 'redirectUri' | 'callback' | 'accept'>,
  stdin: InputStream,
  say: (line: string) => void,
): void {
  const lines = createInterface({ input: stdin, terminal: false });
  const stop = () => lines.close();
  lines.on('line', (line) => {
    const pasted = unwrapped(line);
    if (pasted === '') return;
    const reason = listener.accept(pasted);
    if (reason === undefined) return stop();
    if (reason !== 'already used') say(adviceFor(pasted, reason, listener.redirectUri));
  });
  // Closing pauses the input, so that it keeps no process alive.
  listener.callback.then(stop, stop);
}

function adviceFor(pasted: string, reason: Refusal, redirectUri: string): string {
  if (cutLengths.includes(pasted.length)) {
    return 'The terminal cut that address off: it is too long to be pasted. Open the browser on this machine, or use --device.';
  }
  const wanted = `Paste the whole address from the address bar; it begins with ${redirectUri}`;
  return `${advice[reason] ?? 'That is not it'} (${reason}). ${wanted}`;
}

/** The line without quotes, angle brackets and the marks that terminals put around pasted text. */
function unwrapped(line: string): string {
  return line
    .replace(/\u001b\[20[01]~/g, '')
    .trim()
    .replace(/^(["'<])(.*)["'>]$/, '$2');
}
