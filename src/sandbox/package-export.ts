import { createSandbox as createHostedSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

// What `import { createSandbox } from 'ping14c/sandbox'` finds: build.js makes its declarations of this file.

export type { SandboxTokens, SignInOptions } from './direct-sign-in.ts';
export type { Duration } from './duration.ts';
export type { FaultName } from './faults.ts';
export type { ActiveFault, RequestEntry, Sandbox, SandboxOptions, SandboxUser } from './sandbox.ts';
export type { Application } from './seed/applications.ts';
export type { Seed } from './seed.ts';

/**
 * Starts a local PingOne for tests: sign-in, users and passwords, over HTTPS, on a port of 127.0.0.1.
 *
 * ```ts
 * await using sandbox = await createSandbox();
 * const { access_token } = await sandbox.signIn('ada');
 * ```
 *
 * @throws Node's own error when the port cannot be had, e.g. `EADDRINUSE`; RangeError when a fault is not there.
 */
export const createSandbox: (options?: SandboxOptions) => Promise<Sandbox> = createHostedSandbox;
