import { createServer } from 'node:net';

/**
 * A port where nobody listens, at both addresses of this machine, and that no system hands to whoever asks for any free one: those
 * begin at 32768 (Linux) or 49152 (macOS, Windows). So it is still free when the test comes to use it, whatever runs beside it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + ((process.pid * step + count) % range);
    count += 1;
    if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return port;
  }
}

const first = 20_000;
const range = 12_000;
/** Test processes have numbers that follow one another, and so many ports each before they meet. */
const step = 97;
let count = 0;

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has no port taken there.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE' && code !== 'EACCES'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
