#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

const built = new URL('../dist/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write('Error: ping14c is not built.\nHint: Run "npm ci" in its folder; that builds it too.\n');
  process.exit(1);
}
// Node 22.8 and newer keep compiled code between runs.
module.enableCompileCache?.();
const [{ run }, { nodeRuntime }] = await Promise.all([import(built.href), import('../dist/runtime.js')]);
process.exitCode = await run(process.argv.slice(2), nodeRuntime());
// Idle sockets must not keep a finished command alive; the timer itself does not either.
setTimeout(() => process.exit(), 500).unref();
