import type { Server, Socket } from 'node:net';
import type { Page } from './page.ts';

/** First byte of a TLS record that carries a handshake (RFC 8446, section 5.1). */
const handshakeRecord = 0x16;

/** Milliseconds that a connection may say nothing, or not finish its handshake. Browsers open some in advance. */
export const handshakeTimeout = 20_000;

/** All connections of some servers, so that none outlives the listener: `server.close()` waits for idle ones. */
export interface Connections {
  add(socket: Socket): void;
  /** Ends them all, idle, half-read and un-handshaken ones included. */
  destroy(): void;
}

export function trackConnections(): Connections {
  const open = new Set<Socket>();
  return {
    add(socket) {
      open.add(socket);
      // A reset is the other side's affair; unheard, it would end the process.
      socket.on('error', () => socket.destroy());
      socket.once('close', () => open.delete(socket));
    },
    destroy() {
      for (const socket of open) socket.destroy();
    },
  };
}

/**
 * Looks at the first byte of each connection of a TLS server, and answers those that speak plain HTTP in words, where
 * Node would only hang up (docs/security.md, rule 15).
 */
export function answerPlainHttp(server: Server, answer: () => Page): void {
  const handshakes = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    socket.setTimeout(handshakeTimeout, () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      if (first[0] !== handshakeRecord) {
        socket.end(rawResponse(answer()));
        // What is still being sent is read and dropped, or the answer would be lost in a reset.
        socket.resume();
        return;
      }
      socket.setTimeout(0);
      socket.pause();
      socket.unshift(first);
      for (const handshake of handshakes) handshake.call(server, socket);
    });
  });
}

function rawResponse({ status, headers, html }: Page): string {
  const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} Bad Request`, ...lines, '', html].join('\r\n');
}
