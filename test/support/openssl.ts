import { spawnSync } from 'node:child_process';

/** For `it.skipIf`: where there is no openssl its tests are skipped, but never in CI, which must have it. */
export const opensslIsAbsent = spawnSync('openssl', ['version']).error !== undefined && !process.env['CI'];
