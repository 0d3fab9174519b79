import type { Refusal } from './callback.ts';
import type { Listener } from './listener.ts';

/** What to do instead, for each thing that a pasted text can be wrong in. */
const advice: Readonly<Partial<Record<Refusal, string>>> = {
  'another host': 'That is not the address the browser was sent back to',
  'another path': 'That is not the address the browser was sent back to',
  'another state': 'That address belongs to another sign-in',
  'no state': 'That address is not complete',
  'no answer in it': 'That address is not complete',
  'a repeated parameter': 'That address has a parameter twice',
};

/**
 * Takes a pasted text as the callback, for whoever has the browser on another machine.
 *
 * @returns what is wrong with it, in a line for the person; nothing where it was taken, or the callback is there already
 */
export function takePasted(listener: Pick<Listener, 'redirectUri' | 'accept'>, text: string): string | undefined {
  const reason = listener.accept(unquoted(text));
  if (reason === undefined || reason === 'already used') return undefined;
  const wanted = `Paste the whole address from the address bar; it begins with ${listener.redirectUri}`;
  return `${advice[reason] ?? 'That is not it'} (${reason}). ${wanted}`;
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'<])(.*)["'>]$/, '$2');
}
