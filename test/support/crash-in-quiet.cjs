const { nodeRuntime } = require('../../dist/main.cjs');

// Ends by an error that nobody catches while the terminal is quiet. Run by test/terminal/typed-ahead.test.ts.

const { prompt, stderr } = nodeRuntime();
prompt.quietly(async () => {
  stderr.write('The terminal is quiet.\n');
  process.stdin.once('data', () => {
    throw new Error('nobody catches this');
  });
  await new Promise(() => {});
});
