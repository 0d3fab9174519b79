import { type Intercept, interceptNothing, nestIntercepts } from '../intercept.ts';
import type { SandboxRequest } from '../request.ts';
import type { SandboxResponse } from '../response.ts';
import type { Seed } from '../seed.ts';
import type { SigningKeys } from '../signing-keys.ts';

/** One thing that fails on purpose: what happens, which command meets it, and at which of four seams it hooks in. */
export interface Fault {
  /** What the environment does, in a sentence that ends without a full stop. */
  readonly happens: string;
  /** A command that meets it, without "ping14c", e.g. `login`. */
  readonly meetsIt: string;
  /** The environment as somebody has set it up: its refusals are the sandbox's own. */
  readonly seed?: (seed: Seed) => Seed;
  /** Seconds by which the environment's clock is ahead of this machine's. */
  readonly aheadSeconds?: number;
  /** How tokens are signed, and which keys are published. */
  readonly keys?: (keys: SigningKeys) => SigningKeys;
  /** What becomes of some requests. */
  readonly traffic?: TrafficFault;
}

export interface TrafficFault {
  readonly at: (request: SandboxRequest) => boolean;
  /**
   * Answers as an intercept does: `undefined` cuts the connection.
   *
   * @param count how many requests this fault has met by now, this one included
   */
  readonly answer: (
    request: SandboxRequest,
    proceed: () => Promise<SandboxResponse>,
    count: number,
  ) => Promise<SandboxResponse | undefined>;
}

/** What an environment runs on, and what faults may replace. */
export interface Foundations {
  readonly seed: Seed;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly keys: SigningKeys;
}

/** Puts these faults into what an environment runs on; without any, nothing is changed. */
export function withFaults(faults: readonly Fault[], { seed, now, keys }: Foundations): Foundations {
  const aheadMs = faults.reduce((sum, { aheadSeconds = 0 }) => sum + aheadSeconds * 1000, 0);
  return {
    seed: faults.reduce((before, fault) => fault.seed?.(before) ?? before, seed),
    now: aheadMs === 0 ? now : () => now() + aheadMs,
    keys: faults.reduce((before, fault) => fault.keys?.(before) ?? before, keys),
  };
}

/**
 * Puts the traffic faults one within the other, the first outermost. This is made anew for each environment, because
 * faults count.
 */
export function interceptOf(faults: readonly Fault[]): Intercept {
  return faults.reduceRight(
    (inner, { traffic }) => (traffic ? nestIntercepts(counting(traffic), inner) : inner),
    interceptNothing,
  );
}

/** Finds the faults whose place this request has come to, for the log. */
export function faultsMet<Name extends string>(
  table: Readonly<Record<Name, Fault>>,
  names: readonly Name[],
  request: SandboxRequest,
): readonly Name[] {
  return names.filter((name) => table[name].traffic?.at(request));
}

function counting({ at, answer }: TrafficFault): Intercept {
  let count = 0;
  return async (request, proceed) => {
    if (!at(request)) return proceed();
    count += 1;
    return answer(request, proceed, count);
  };
}
