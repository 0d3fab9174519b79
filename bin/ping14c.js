#!/usr/bin/env node
// CommonJS (bin/package.json), like all that is built: it starts faster than ES modules do.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const argv = process.argv.slice(2);
const built = join(__dirname, '../dist/main.cjs');
if (argv.length === 1 && ['--version', '-V'].includes(argv[0])) {
  // A reader that went away is no error.
  process.stdout.on('error', () => {}).write(`${require('../package.json').version}\n`);
} else if (existsSync(built)) {
  start().catch((error) => fail('start_failed', error.message, 'Install ping14c again, or another version of Node.'));
} else {
  fail('not_built', 'ping14c is not built.', 'Run "npm ci" in its folder; that builds it too.');
}

// What goes wrong before `run`, which catches all else, is told in its form.
function fail(code, text, hint) {
  const message = String(text).split('\n')[0];
  const ours = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const told = ours.includes('--json')
    ? JSON.stringify({ error: { code, message, hint } })
    : `Error: ${message}\nHint: ${hint}`;
  process.stderr.write(`${told}\n`);
  process.exitCode = 1;
}

// Without `module.enableCompileCache()`: its folder is in the temporary folder that all users share, and Node runs what it
// finds there, whoever put it there.
async function start() {
  // The build puts both into one file: `run` of src/main.ts, `nodeRuntime` of src/machine/node-runtime.ts.
  const { run, nodeRuntime } = require(built);
  process.exitCode = await run(argv, nodeRuntime());
  // Only what was printed may take its time to the reader. What else is left, as an idle socket or a request whose answer
  // nobody waits for any more, keeps no finished command.
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit();
}

function flushed(stream) {
  // A reader that went away is told to the callback, and is no error here.
  return new Promise((done) => void stream.on('error', done).write('', done));
}
