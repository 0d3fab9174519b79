import { defineConfig } from 'vitest/config';

/** Whose tests try the mutants, as mutants.js says; `*` for all. */
const room = process.env['PING14C_MUTANTS_ROOM'] ?? '*';

export default defineConfig({
  test: {
    include:
      room === '*' ? ['test/**/*.test.ts'] : [`test/${room}/**/*.test.ts`, `test/${room.replace('.ts', '')}.test.ts`],
    // A mutant is switched on inside the thread of the tests: a program that they start, built before, has none. And all
    // files share a thread, which is ten times as fast: those that put a mock in a module's place cannot.
    exclude: [
      'test/{terminal,windows}/**',
      'test/files/{folders,in-use,other-users}.test.ts',
      'test/trust/browser.test.ts',
      'test/{own-client,sandbox/javascript-clients,sandbox/package-export}.test.ts',
      'test/{architecture,docs,fixtures,json-documents,package,readme,smoke,streams}.test.ts',
      'test/commands/{completion,token-processes,token-start}.test.ts',
      'test/machine/{node-runtime,programs}.test.ts',
      'test/session/{keychain-store,processes}.test.ts',
    ],
    setupFiles: ['test/mutants/preload.ts'],
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
