import { configDefaults, defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './test/support/closing-line-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Those are for Windows alone: npm run test:windows.
    exclude: [...configDefaults.exclude, 'test/windows'],
    // Real TLS, key generation and spawned programs on a two-core machine: slow is not broken.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    reporters: ['default', new ClosingLineReporter()],
  },
});
