import { connect } from 'node:net';
import { join } from 'node:path';
import { within } from '../deadline.ts';
import { messageOf } from '../errors.ts';
import { xdgFolder } from '../files/folders.ts';
import type { Runtime } from '../runtime.ts';

/** What a look at the session bus found. */
type BusState =
  | { readonly kind: 'answers' }
  | { readonly kind: 'absent'; readonly reason: string }
  /** The bus, or the Secret Service on it, takes what one sends and says nothing. */
  | { readonly kind: 'mute'; readonly who: string };

/** A bus on the same machine answers in 4 ms (measured), so one that takes this long is mute. */
const busLimitMs = 800;
/** The service may have to be started first, by the bus. */
const serviceLimitMs = 2_500;

const hello = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
  member: 'Hello',
};
const ping = {
  destination: 'org.freedesktop.secrets',
  path: '/org/freedesktop/secrets',
  interface: 'org.freedesktop.DBus.Peer',
  member: 'Ping',
};

/**
 * Says hello to the D-Bus session bus, and to the Secret Service over it, before the keychain's native binding is let near
 * them: where nobody answers, the binding stops the whole event loop, so that no time limit of ours would fire.
 */
export async function lookAtSessionBus({
  env,
  sleep,
  userId,
}: Pick<Runtime, 'env' | 'sleep' | 'userId'>): Promise<BusState> {
  const runtimeFolder = xdgFolder(env, 'XDG_RUNTIME_DIR');
  const addresses = env['DBUS_SESSION_BUS_ADDRESS'] || (runtimeFolder ? `unix:path=${join(runtimeFolder, 'bus')}` : '');
  if (!addresses) {
    return { kind: 'absent', reason: 'neither DBUS_SESSION_BUS_ADDRESS nor an absolute XDG_RUNTIME_DIR is set' };
  }
  let state: BusState = { kind: 'absent', reason: `"${addresses}" names no socket of this machine` };
  for (const path of socketPaths(addresses)) {
    state = await greet(path, sleep, userId);
    if (state.kind !== 'absent') return state;
  }
  return state;
}

/**
 * The sockets in a D-Bus address list, in order (D-Bus Specification, "Server Addresses"): `unix:path=…` and
 * `unix:abstract=…`, values percent-escaped. Other transports are for other machines and are left out.
 */
export function socketPaths(addresses: string): string[] {
  return addresses.split(';').flatMap((address) => {
    const [transport, list = ''] = address.split(/:(.*)/s);
    if (transport !== 'unix') return [];
    for (const pair of list.split(',')) {
      const [key, value = ''] = pair.split(/=(.*)/s);
      const text = unescapeValue(value);
      if (!text) continue;
      if (key === 'path') return [text];
      if (key === 'abstract') return [`\0${text}`];
    }
    return [];
  });
}

function unescapeValue(value: string): string | undefined {
  try {
    const text = decodeURIComponent(value);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * A nul byte, then SASL lines (D-Bus Specification, "Authentication Protocol"), then two calls. Whatever is answered to the
 * second, an error too, shows that the binding will get answers.
 */
async function greet(path: string, sleep: Runtime['sleep'], userId: Runtime['userId']): Promise<BusState> {
  const shown = path.replace('\0', '@');
  const socket = connect({ path });
  let greeted = () => {};
  const busAnswers = new Promise<void>((resolve) => {
    greeted = resolve;
  });
  const outcome = new Promise<BusState>((resolve) => {
    const absent = (reason: string) => resolve({ kind: 'absent', reason });
    let received = Buffer.alloc(0);
    let authenticated = false;
    socket.on('connect', () => {
      socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(userId)).toString('hex')}\r\n`);
    });
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!authenticated) {
        const end = received.indexOf('\r\n');
        if (end < 0) return;
        if (!received.subarray(0, end).toString().startsWith('OK ')) return absent(`${shown} refuses this user`);
        authenticated = true;
        received = received.subarray(end + 2);
        socket.write(Buffer.concat([Buffer.from('BEGIN\r\n'), methodCall(1, hello), methodCall(2, ping)]));
      }
      const replies = countReplies(received);
      if (replies >= 1) greeted();
      if (replies >= 2) resolve({ kind: 'answers' });
    });
    socket.on('error', (error) => absent(messageOf(error)));
    socket.on('close', () => absent(`${shown} hangs up`));
  });
  const mute = (who: string) => (): BusState => ({ kind: 'mute', who });
  try {
    const first = Promise.race([busAnswers, outcome]);
    const early = await within(busLimitMs, first, mute(`the session bus at ${shown}`), { sleep });
    if (early) return early;
    return await within(serviceLimitMs, outcome, mute(`the Secret Service (${ping.destination})`), { sleep });
  } finally {
    socket.destroy();
  }
}

/** A method call without arguments (D-Bus Specification, "Message Protocol"), little-endian. */
export function methodCall(
  serial: number,
  call: { readonly destination: string; readonly path: string; readonly interface: string; readonly member: string },
): Buffer {
  const fields = joined([
    headerField(1, 'o', call.path),
    headerField(2, 's', call.interface),
    headerField(3, 's', call.member),
    headerField(6, 's', call.destination),
  ]);
  const start = Buffer.alloc(16);
  // 'l' for little-endian, METHOD_CALL, no flags, protocol version 1; no body.
  start.set([0x6c, 1, 0, 1]);
  start.writeUInt32LE(serial, 8);
  start.writeUInt32LE(fields.length, 12);
  return joined([start, fields, Buffer.alloc(0)]);
}

/** How many of the messages that are whole in these bytes answer a call: returns and errors, not signals. */
export function countReplies(bytes: Buffer): number {
  let replies = 0;
  for (let at = 0; at + 16 <= bytes.length; ) {
    const read = (offset: number) => (bytes[at] === 0x42 ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset));
    const end = at + 16 + paddedLength(read(at + 12)) + read(at + 4);
    if (end > bytes.length) break;
    // These are the types METHOD_RETURN and ERROR.
    if (bytes[at + 1] === 2 || bytes[at + 1] === 3) replies += 1;
    at = end;
  }
  return replies;
}

/** A struct of a code and a variant that holds one text. */
function headerField(code: number, signature: 'o' | 's', text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(Buffer.byteLength(text));
  return Buffer.concat([Buffer.from([code, 1, signature.charCodeAt(0), 0]), length, Buffer.from(`${text}\0`)]);
}

/** Each part begins at a multiple of eight bytes. */
function joined(parts: readonly Buffer[]): Buffer {
  return parts.reduce((all, part) => {
    return Buffer.concat([all, Buffer.alloc(paddedLength(all.length) - all.length), part]);
  }, Buffer.alloc(0));
}

function paddedLength(length: number): number {
  return Math.ceil(length / 8) * 8;
}
