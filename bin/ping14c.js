#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write('Error: ping14c is not built.\nHint: Run "npm ci" in its folder; that builds it too.\n');
  process.exit(1);
}
// Without `module.enableCompileCache()`, though it saves some milliseconds: its folder is in the temporary folder that all
// users share, and Node runs what it finds there, whoever put it there.
const [{ run }, { nodeRuntime }] = await Promise.all([import(built.href), import('../dist/machine/node-runtime.js')]);
process.exitCode = await run(process.argv.slice(2), nodeRuntime());
// Idle sockets must not keep a finished command alive; the timer itself does not either.
setTimeout(() => process.exit(), 500).unref();
