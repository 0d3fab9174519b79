import type { Directory } from '../directory.ts';
import { type Intercept, interceptNothing, nestIntercepts } from '../intercept.ts';
import type { SandboxRequest } from '../request.ts';
import type { SandboxResponse } from '../response.ts';
import type { Seed } from '../seed.ts';
import type { SigningKeys } from '../signing-keys.ts';

/** One thing that fails on purpose: what happens, which command meets it, and at which of five seams it hooks in. */
export interface Fault {
  /** What the environment does, in a sentence that ends without a full stop. */
  readonly happens: string;
  /** A command that meets it, without "ping14c", e.g. `login`. */
  readonly meetsIt: string;
  /** The environment as somebody has set it up: its refusals are the sandbox's own. Users are not changed here, who live on. */
  readonly seed?: (seed: Seed) => Seed;
  /** What has happened to the users; gives back what makes it undone. */
  readonly users?: (directory: Directory) => () => void;
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
  readonly keys: SigningKeys;
}

/** Puts these faults into what an environment runs on; without any, nothing is changed. */
export function withFaults(faults: readonly Fault[], { seed, keys }: Foundations): Foundations {
  return {
    seed: faults.reduce((before, fault) => fault.seed?.(before) ?? before, seed),
    keys: faults.reduce((before, fault) => fault.keys?.(before) ?? before, keys),
  };
}

/** Which faults each request has met so far. One that lets a request have its own answer after all is taken out again. */
export type FaultsMet = WeakMap<SandboxRequest, Set<Fault>>;

/**
 * Puts the traffic faults one within the other, the first outermost. This is made anew for each environment, because
 * faults count.
 */
export function interceptOf(faults: readonly Fault[], met: FaultsMet = new WeakMap()): Intercept {
  return faults.reduceRight(
    (inner, fault) => (fault.traffic ? nestIntercepts(counting(fault, fault.traffic, met), inner) : inner),
    interceptNothing,
  );
}

/** The fault is noted from the beginning, because a request may be given up while it stalls. */
function counting(fault: Fault, { at, answer }: TrafficFault, met: FaultsMet): Intercept {
  let count = 0;
  return async (request, proceed) => {
    if (!at(request)) return proceed();
    count += 1;
    const faults = met.get(request) ?? new Set();
    met.set(request, faults.add(fault));
    const own: SandboxResponse[] = [];
    const given = await answer(
      request,
      async () => {
        const response = await proceed();
        own.push(response);
        return response;
      },
      count,
    );
    // Done once, and answered as it was: nothing was harmed.
    if (own.length === 1 && given === own[0]) faults.delete(fault);
    return given;
  };
}
