import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runProgram } from '../../src/machine/programs.ts';
import type { ProgramOutcome } from '../../src/runtime.ts';

/** For `describe.skipIf`: where there is no certutil its tests are skipped, but never in CI, which must have it. */
export const certutilIsAbsent = spawnSync('certutil', ['--help']).error !== undefined && !process.env['CI'];

/** A home folder of the test's own. */
export function testHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'ping14c-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  return home;
}

/** Makes an NSS database, as a browser does at its first start. @param password a Firefox user's primary password */
export function makeDatabase(folder: string, password?: string): void {
  mkdirSync(folder, { recursive: true });
  if (password === undefined) {
    certutil('-N', '-d', `sql:${folder}`, '--empty-password');
    return;
  }
  const file = join(folder, 'password.txt');
  writeFileSync(file, password);
  certutil('-N', '-d', `sql:${folder}`, '-f', file);
  rmSync(file);
}

export function certutil(...args: readonly string[]): string {
  return execFileSync('certutil', args, { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}

/** The real programs, for `TestMachineOptions.programs`. */
export function realPrograms(file: string, args: readonly string[]): Promise<ProgramOutcome> {
  return runProgram(file, args, { timeoutMs: 20_000, signal: new AbortController().signal }, process.env);
}
