import { StringDecoder } from 'node:string_decoder';
import type { Typed } from '../runtime.ts';

/** Asks the terminal to mark what is pasted, and no longer (bracketed paste: xterm, "Control Sequences"). */
export const [markPastes, leavePastes] = ['\u001b[?2004h', '\u001b[?2004l'];
const [pasteBegins, pasteEnds] = ['\u001b[200~', '\u001b[201~'];

/** Arrows and the like: of no use here. */
const otherKeys = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|[^[])?/g;

/** With these an address begins that is pasted, whose first byte may come before the rest. */
const beginsAddress = /^[h"'<]$/i;

/** No address is longer. Of what is, the end is kept: whoever pastes a book waits for no search of all of it at each piece. */
const longestText = 65_536;

/**
 * Tells keys from pasted text. A key counts only where it comes alone; what comes together, or marked as a paste, is a text,
 * whole when the paste or its line ends.
 */
export function keyReader(heard: (typed: Typed) => void): (bytes: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let line = '';
  let paste: string | undefined;
  const told = (text: string) => {
    if (text.trim() !== '') heard({ kind: 'text', text: text.trim() });
  };
  const type = (text: string) => {
    if (line === '' && /^.$|^\r\n?$|^\n$/u.test(text) && !beginsAddress.test(text)) {
      heard({ kind: 'key', key: /\s/.test(text) && text !== ' ' ? 'enter' : text });
      return;
    }
    const [first = '', ...others] = (line + text).split(/\r\n?|\n/);
    const lines = [first, ...others];
    line = (lines.pop() ?? '').slice(-longestText);
    for (const complete of lines) told(complete);
  };
  /** Takes what is typed, or pasted, up to where the other begins. Returns what is left. */
  const take = (text: string): string => {
    if (paste === undefined) {
      const begin = text.indexOf(pasteBegins);
      const typed = (begin < 0 ? text : text.slice(0, begin)).replace(otherKeys, '');
      if (typed !== '') type(typed);
      if (begin < 0) return '';
      paste = '';
      return text.slice(begin + pasteBegins.length);
    }
    paste = paste.slice(-longestText) + text;
    const end = paste.indexOf(pasteEnds);
    if (end < 0) return '';
    const [pasted, rest] = [paste.slice(0, end), paste.slice(end + pasteEnds.length)];
    paste = undefined;
    for (const pastedLine of pasted.split(/\r\n?|\n/)) told(pastedLine);
    return rest;
  };
  const read = (text: string): void => {
    for (let left = text; left !== ''; ) left = take(left);
  };
  return (bytes) => read(decoder.write(bytes));
}
