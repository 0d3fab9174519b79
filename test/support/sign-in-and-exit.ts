import { readFile } from 'node:fs/promises';
import type { Certificate } from '../../src/loopback/certificate.ts';
import { listen } from '../../src/loopback/listener.ts';

// A program of its own for tests: waits for one callback, tells the browser, and has nothing more to do. Its one argument
// is a file with the certificate.
const certificate: Certificate = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
const listener = await listen(
  { redirectUri: 'https://127.0.0.1/callback', state: 'the-state', certificate, signal: new AbortController().signal },
  {
    now: () => Date.now(),
    // However long the browser takes to fetch its page.
    sleep: () => new Promise(() => {}),
    platform: process.platform,
  },
);
process.stdout.write(`${listener.redirectUri}\n`);
await listener.callback;
await listener.finish({ kind: 'success', person: 'Maria Huber', facts: [], next: [] });
await listener.close();
process.stdout.write('done\n');
