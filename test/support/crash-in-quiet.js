import { nodeRuntime } from '../../dist/machine/node-runtime.js';

// Ends by an error that nobody catches while the terminal is quiet. Run by test/terminal/typed-ahead.test.ts.

const { prompt, stderr } = nodeRuntime();
await prompt.quietly(async () => {
  stderr.write('The terminal is quiet.\n');
  process.stdin.once('data', () => {
    throw new Error('nobody catches this');
  });
  await new Promise(() => {});
});
