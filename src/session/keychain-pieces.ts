import { randomBytes } from 'node:crypto';
import { damagedItem, tooLarge } from './keychain-failures.ts';

/** What a store needs of a keychain: items by name, every call bounded and every failure in words. */
export interface Items {
  get(name: string): Promise<string | undefined>;
  set(name: string, text: string): Promise<void>;
  remove(name: string): Promise<boolean>;
}

/** UTF-16 units an item. Windows allows 2,560 bytes, that is 1,280 units; the rest is for the mark in front. */
const pieceLength = 1_150;
/** A session of ours has fewer; the figure also ends a search among pieces. */
const maxPieces = 400;

/** Written last and in one item, so whichever head is there names pieces that are all there (docs/security.md, rule 21). */
interface Head {
  /** Pieces are kept under one of two names in turn, so that what a kill leaves behind is found again. */
  readonly side: 'a' | 'b';
  readonly count: number;
  /** It stands in front of each piece, so that pieces of two writes are never joined. */
  readonly mark: string;
}

const headForm = /^ping14c-pieces:([ab]):(\d{1,3}):([0-9a-f]{16})$/;

/** Items of any size over a keychain whose items are small. A kill at any moment leaves the old text or the new one. */
export function piecewise(items: Items): Items {
  const pieceName = (name: string, side: Head['side'], index: number) => `${name}/${side}/${index}`;

  /** From the last to the first, so that a search from the first finds what a kill left. */
  async function removePieces(name: string, side: Head['side'], from = 0): Promise<void> {
    let end = from;
    while (end < maxPieces && (await items.get(pieceName(name, side, end))) !== undefined) end++;
    for (let index = end - 1; index >= from; index--) await items.remove(pieceName(name, side, index));
  }

  async function join(name: string, head: Head): Promise<string | undefined> {
    let text = '';
    for (let index = 0; index < head.count; index++) {
      const piece = await items.get(pieceName(name, head.side, index));
      if (!piece?.startsWith(`${head.mark}:`)) return undefined;
      text += piece.slice(head.mark.length + 1);
    }
    return text;
  }

  async function get(name: string): Promise<string | undefined> {
    let previous: string | undefined;
    for (;;) {
      const item = await items.get(name);
      const head = parseHead(item);
      if (!head) {
        if (item === undefined) return undefined;
        throw damagedItem(name);
      }
      const text = await join(name, head);
      if (text !== undefined) return text;
      // Another process may have replaced the text while we read; then the head is another one by now.
      if (item === previous) throw damagedItem(name);
      previous = item;
    }
  }

  async function set(name: string, text: string): Promise<void> {
    const old = parseHead(await items.get(name));
    const side = old?.side === 'a' ? 'b' : 'a';
    const mark = randomBytes(8).toString('hex');
    const pieces = split(text);
    if (pieces.length > maxPieces) throw tooLarge(text.length);
    for (const [index, piece] of pieces.entries()) await items.set(pieceName(name, side, index), `${mark}:${piece}`);
    await items.set(name, `ping14c-pieces:${side}:${pieces.length}:${mark}`);
    // The new text is in place. What cannot be tidied now is found by the next write or by logout.
    await removePieces(name, side, pieces.length)
      .then(() => removePieces(name, side === 'a' ? 'b' : 'a'))
      .catch(() => {});
  }

  async function remove(name: string): Promise<boolean> {
    const removed = await items.remove(name);
    await removePieces(name, 'a');
    await removePieces(name, 'b');
    return removed;
  }

  return { get, set, remove };
}

/** Never parts the two halves of a character: the binding would make two broken ones of them. */
export function split(text: string): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length || pieces.length === 0; ) {
    const end = start + pieceLength;
    const parted = /[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(end - 1, end + 1));
    const piece = text.slice(start, parted ? end - 1 : end);
    pieces.push(piece);
    start += piece.length;
  }
  return pieces;
}

function parseHead(item: string | undefined): Head | undefined {
  const match = headForm.exec(item ?? '');
  if (!match) return undefined;
  const [, side, count, mark = ''] = match;
  return { side: side === 'b' ? 'b' : 'a', count: Number(count), mark };
}
