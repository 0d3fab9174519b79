import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Runtime } from '../runtime.ts';

/** What a look at the session bus found. */
export type BusState =
  | { readonly kind: 'answers' }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'mute'; readonly address: string };

/** A bus on the same machine answers in 4 ms (deps.md, Keychain). */
const limitMs = 800;

/**
 * Asks the D-Bus session bus for one word before the keychain's native binding is let near it: on a bus that accepts
 * connections and never answers, the binding stops the whole event loop, so that no time limit of ours would fire.
 */
export async function lookAtSessionBus({ env, sleep }: Pick<Runtime, 'env' | 'sleep'>): Promise<BusState> {
  const runtimeFolder = env['XDG_RUNTIME_DIR'];
  const addresses = env['DBUS_SESSION_BUS_ADDRESS'] || (runtimeFolder ? `unix:path=${join(runtimeFolder, 'bus')}` : '');
  if (!addresses) {
    return { kind: 'absent', reason: 'neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set' };
  }
  const paths = socketPaths(addresses);
  let state: BusState = { kind: 'absent', reason: `"${addresses}" names no socket that ping14c can check` };
  for (const path of paths) {
    state = await greet(path, sleep);
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

/** D-Bus Specification, "Authentication Protocol": a nul byte, then SASL lines. Any line back shows that it is alive. */
async function greet(path: string, sleep: Runtime['sleep']): Promise<BusState> {
  const socket = connect({ path });
  const answered = new AbortController();
  const shown = path.replace('\0', '@');
  const answer = new Promise<BusState>((resolve) => {
    let received = '';
    socket.setEncoding('latin1');
    socket.on('connect', () => {
      const user = Buffer.from(String(userInfo().uid)).toString('hex');
      socket.write(`\0AUTH EXTERNAL ${user}\r\n`);
    });
    socket.on('data', (text: string) => {
      received += text;
      if (!received.includes('\n')) return;
      if (received.startsWith('OK ')) resolve({ kind: 'answers' });
      else resolve({ kind: 'absent', reason: `${shown} refuses this user` });
    });
    socket.on('error', (error) => resolve({ kind: 'absent', reason: messageOf(error) }));
    socket.on('close', () => resolve({ kind: 'absent', reason: `${shown} hangs up` }));
  });
  const limit = sleep(limitMs, answered.signal).then(
    (): BusState => ({ kind: 'mute', address: shown }),
    () => answer,
  );
  try {
    return await Promise.race([answer, limit]);
  } finally {
    answered.abort();
    socket.destroy();
  }
}
