import { randomBytes } from 'node:crypto';
import { within } from '../deadline.ts';
import { Failure, messageOf } from '../errors.ts';
import type { Keychain, Runtime } from '../runtime.ts';
import { ping14c, wording } from '../wording.ts';
import { lookAtSessionBus } from './secret-service.ts';
import type { SessionStore } from './session-store.ts';

/** The one service name that everything of ours is kept under. */
const serviceName = 'ping14c';

/** A limit for each call: a person is told of an unlock dialog that waits after this time (docs/security.md, rule 22). */
const limitMs = 3_000;

const keychainPlaces: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'the keychain (macOS Keychain)',
  win32: 'the keychain (Windows Credential Manager)',
};

/** What the rest of the store needs of a keychain: items by name, every call bounded and every failure in words. */
interface Items {
  get(name: string): Promise<string | undefined>;
  set(name: string, text: string): Promise<void>;
  remove(name: string): Promise<boolean>;
}

/**
 * The operating system's keychain. A failure never falls back to another store; it names the ways out
 * (docs/security.md, rule 22).
 */
export function createKeychainStore(runtime: Runtime): SessionStore {
  const direct = boundedItems(runtime);
  // Windows holds 1,280 characters an item, which is less than a session; the other keychains hold a whole one.
  const items = runtime.platform === 'win32' ? piecewise(direct) : direct;
  return {
    kind: 'keychain',
    place: keychainPlaces[runtime.platform] ?? 'the keychain (Secret Service)',
    read: (account) => items.get(account),
    write: (account, text) => items.set(account, text),
    clear: (account) => items.remove(account),
  };
}

function boundedItems(runtime: Runtime): Items {
  let opened: Promise<Keychain> | undefined;

  function open(): Promise<Keychain> {
    opened ??= openKeychain(runtime);
    return opened;
  }

  async function bounded<T>(call: (keychain: Keychain) => Promise<T>): Promise<T> {
    const keychain = await open();
    const late = () => {
      throw keychainSlow(limitMs);
    };
    try {
      return await within(limitMs, call(keychain), late, runtime);
    } catch (error) {
      throw keychainFailure(error);
    }
  }

  return {
    get: async (name) => (await bounded((keychain) => keychain.getPassword(serviceName, name))) ?? undefined,
    set: (name, text) => bounded((keychain) => keychain.setPassword(serviceName, name, text)),
    remove: (name) => bounded((keychain) => keychain.deletePassword(serviceName, name)),
  };
}

/** The bus is looked at first: the binding must not be constructed on one that is mute. */
async function openKeychain(runtime: Runtime): Promise<Keychain> {
  if (!(runtime.platform in keychainPlaces)) {
    const bus = await lookAtSessionBus(runtime);
    if (bus.kind === 'absent') throw busAbsent(bus.reason);
    if (bus.kind === 'mute') throw keychainMute(bus.who);
  }
  try {
    return await runtime.keychain();
  } catch (error) {
    throw error instanceof Failure ? error : keychainFailure(error);
  }
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
function piecewise(items: Items): Items {
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
    const parted = /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(end - 1, end + 1));
    const piece = text.slice(start, parted ? end - 1 : end);
    pieces.push(piece);
    start += piece.length;
    if (piece === '') break;
  }
  return pieces;
}

function parseHead(item: string | undefined): Head | undefined {
  const match = headForm.exec(item ?? '');
  if (!match) return undefined;
  const [, side, count, mark = ''] = match;
  return { side: side === 'b' ? 'b' : 'a', count: Number(count), mark };
}

function damagedItem(name: string): Failure {
  return new Failure('signInNeeded', `What the keychain holds for ${name} is damaged or not ours.`, {
    code: 'session_unreadable',
    hint: wording`Sign in again with ${ping14c('login')}.`,
  });
}

function tooLarge(length: number): Failure {
  return new Failure('failed', `A session of ${length} characters is too large for this keychain.`, {
    code: 'keychain_too_small',
    hint: 'Keep the session elsewhere with --store file or PING14C_STORE=file.',
  });
}

interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const otherStores = 'keep the session elsewhere with --store file or PING14C_STORE=file';

/** What the binding's texts mean, since it gives no error codes; the first match wins. */
const explanations: readonly (Explanation & { readonly when: RegExp })[] = [
  {
    when: /cannot find (module|native binding|package)|native binding|dlopen|invalid ELF|GLIBC|not a valid Win32/i,
    code: 'keychain_not_loadable',
    message: 'The keychain module cannot be loaded on this machine',
    hint: `Install ping14c again on this machine, with optional packages, or ${otherStores}.`,
  },
  {
    when: /did not receive a reply|timed? ?out/i,
    code: 'keychain_slow',
    message: 'The keychain did not answer',
    hint: `See whether it waits behind a window for its password, and try again, or ${otherStores}.`,
  },
  {
    // The same is said where nobody can be asked; the numbers are macOS' codes for the two.
    when: /\bdismissed|\bcancell?ed|\bdenied|\blocked|interaction is not allowed|-128\b|-25308\b/i,
    code: 'keychain_locked',
    message: 'The keychain is locked and was not unlocked',
    hint: `Unlock it (sign in to the desktop, or open its keyring program) and try again, or ${otherStores}.`,
  },
  {
    when: /too (long|large|big)|longer than|exceeds|1783\b|stub received bad data/i,
    code: 'keychain_too_small',
    message: 'The keychain does not take an item of this size',
    hint: `You can ${otherStores}.`,
  },
  {
    when: /no result found/i,
    code: 'keychain_absent',
    message: 'The keychain has no default collection to keep sessions in, or it is locked',
    hint: `Create and unlock a default keyring (for example with Seahorse), or ${otherStores}.`,
  },
  {
    when: /dbus|d-bus|serviceunknown|secret service|no such interface|name.*not.*(provided|activatable)/i,
    code: 'keychain_absent',
    message: 'There is no keychain: no Secret Service answers on the session bus',
    hint: `Start one such as gnome-keyring or KWallet, or ${otherStores}.`,
  },
];

/** Puts a keychain's own words into ours, with the ways out (docs/security.md, rule 22). */
function keychainFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const own = messageOf(thrown);
  const { code, message, hint } = explanations.find(({ when }) => when.test(own)) ?? {
    code: 'keychain_failed',
    message: 'The keychain failed',
    hint: `Try again, or ${otherStores}.`,
  };
  return new Failure('failed', `${message}: ${own.split('\n')[0]?.replace(/[.\s]+$/, '') ?? ''}.`, {
    code,
    hint,
    cause: thrown,
  });
}

function keychainSlow(limitMs: number): Failure {
  return new Failure('failed', `The keychain did not answer within ${limitMs / 1000} seconds.`, {
    code: 'keychain_slow',
    hint: `See whether it waits behind a window for its password, unlock it and try again, or ${otherStores}.`,
  });
}

/** @param who the bus or the service, as a person would look for it */
function keychainMute(who: string): Failure {
  return new Failure('failed', `The keychain cannot be reached: ${who} does not answer.`, {
    code: 'keychain_slow',
    hint: `Sign in to the desktop again, or ${otherStores}.`,
  });
}

function busAbsent(reason: string): Failure {
  return new Failure('failed', `There is no keychain: no D-Bus session bus can be reached (${reason}).`, {
    code: 'keychain_absent',
    hint: `Over SSH or in a container there often is none: ${otherStores}.`,
  });
}
