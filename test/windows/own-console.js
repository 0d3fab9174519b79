// `node own-console.js PATTERN SCRIPT ARGS…` runs the script, and presses Ctrl-C when its standard error matches. Ends as the
// script does. To be started with a console of its own, because Ctrl-C reaches all that share one.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruptingProgram } from './executables.js';

// Windows' Node has no way to press it: `process.kill` ends the other process whatever the signal.
const folder = mkdtempSync(join(tmpdir(), 'ping14c-console-'));
const ctrlC = join(folder, 'ctrl-c.exe');
writeFileSync(ctrlC, interruptingProgram());

const [pattern, ...command] = process.argv.slice(2);
process.on('SIGINT', () => {});
const child = spawn(process.execPath, command, { stdio: ['ignore', 'inherit', 'pipe'] });
let shown = '';
let pressed = false;
child.stderr.setEncoding('utf8').on('data', (chunk) => {
  process.stderr.write(chunk);
  shown += chunk;
  if (pressed || !new RegExp(pattern).test(shown)) return;
  pressed = true;
  spawn(ctrlC, { stdio: 'ignore' });
});
child.once('close', (exitCode) => {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.exitCode = exitCode;
});
