import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

// In a process of its own, and built: signals are the whole process's, and so is what packages do with them when loaded.

const main = fileURLToPath(new URL('../../dist/main.cjs', import.meta.url));

/** Saves a profile (with conf), runs a program in our place, and loads a package that listens; tells who listens after each. */
const script = `
const { run, nodeRuntime } = require(${JSON.stringify(main)});
const listening = () => ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => process.listenerCount(name));
const told = [];
(async () => {
  const runtime = nodeRuntime();
  told.push(listening());
  told.push(await run(['config', 'set', 'region', 'eu'], runtime), listening());
  await runtime.runAttached(process.execPath, ['-e', ''], {});
  process.once('SIGINT', () => process.exit(1));
  await null;
  told.push(listening());
  setTimeout(() => {}, 60_000);
  runtime.signal.addEventListener('abort', () => {
    process.stdout.write(JSON.stringify([...told, runtime.signal.reason]));
    process.exit(0);
  });
  process.kill(process.pid, 'SIGINT');
})();
`;

// Windows' Node cannot send itself a signal; what Ctrl-C does there: test/windows/program.test.ts.
it.skipIf(process.platform === 'win32')(
  'signals are answered by us alone, whatever packages are loaded on the way',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'ping14c-signals-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const env = { HOME: folder, PING14C_CONFIG_DIR: join(folder, 'config'), PING14C_STATE_DIR: join(folder, 'state') };
    const told = execFileSync(process.execPath, ['-e', script], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(JSON.parse(told.slice(told.indexOf('[[')))).toEqual([[1, 1, 1], 0, [1, 1, 1], [1, 1, 1], 'SIGINT']);
  },
);
