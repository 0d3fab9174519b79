import { Failure } from '../errors.ts';
import { refuseUnknownOptions } from './known-options.ts';
import { createSandbox as createHostedSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';
import type { SeedFile } from './seed/seed-file.ts';
import type { Seed } from './seed.ts';

// What `import { createSandbox } from 'ping14c/sandbox'` finds: build.js makes its declarations of this file.

export type { SandboxTokens, SignInOptions } from './direct-sign-in.ts';
export type { Duration } from './duration.ts';
export type { FaultName } from './faults.ts';
export type { RequestEntry } from './request-log.ts';
export type { ActiveFault, Sandbox, SandboxOptions, SandboxUser } from './sandbox.ts';
export type { Application } from './seed/applications.ts';
export type {
  SeedFile,
  SeedFileApplication,
  SeedFileCustomResource,
  SeedFilePasswordPolicy,
  SeedFileUser,
} from './seed/seed-file.ts';
export type { PrivateJwk } from './seed/service-key.ts';

/**
 * Starts a local PingOne for tests: sign-in, users and passwords, over HTTPS, at this machine's own addresses.
 *
 * ```ts
 * await using sandbox = await createSandbox();
 * const { access_token } = await sandbox.signIn('ada');
 * ```
 *
 * @throws Node's own error when the port cannot be had, e.g. `EADDRINUSE`; RangeError when a fault is not there; TypeError that
 * tells every mistake of the seed, or an option that is not there. Nothing is started then.
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  refuseUnknownOptions('createSandbox', options, optionNames);
  const { seed, ...others } = options;
  return createHostedSandbox(seed === undefined ? others : { ...others, seed: await seedGiven(seed) });
}

const optionNames = Object.keys({
  port: true,
  seed: true,
  now: true,
  faults: true,
  onRequest: true,
} satisfies Record<keyof SandboxOptions, true>);

/** What reads seeds is loaded where there is one. */
async function seedGiven(seed: SeedFile): Promise<Seed> {
  const { readSeed } = await import('./seed/read-seed.ts');
  try {
    return readSeed(seed, 'The seed');
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const mistakes = error.details.map(({ target, message }) => `\n  ${target ?? 'the seed'}: ${message}`);
    throw new TypeError(`${error.message}${mistakes.join('')}`, { cause: error });
  }
}
