import type { Directory } from '../directory.ts';
import { type FaultName, faults, isFaultName } from '../faults.ts';
import { type Intercept, interceptNothing, nestIntercepts } from '../intercept.ts';
import type { SandboxRequest } from '../request.ts';
import { type Fault, type FaultsMet, type Foundations, interceptOf, withFaults } from './fault.ts';

/** What fails on purpose now. Each is switched on and off while the environment lives. */
export interface ActiveFaults {
  names(): readonly FaultName[];
  /**
   * Switches a fault on, and counts what it meets from the beginning. One that is on already stays on until each who switched it
   * on has switched it off.
   *
   * @param directory the users to whom something may happen
   * @returns what switches it off
   */
  switchOn(name: FaultName, directory: Directory): () => void;
  /** Milliseconds by which the environment's clock is ahead. */
  aheadMs(): number;
  /** What the environment runs on while these faults are on. */
  over(foundations: Foundations): Foundations;
  readonly intercept: Intercept;
  /** Which the request has met so far; they may have been switched off since. */
  metBy(request: SandboxRequest): readonly FaultName[];
}

/** A fault with what it needs while it is on. */
interface RunningFault {
  readonly fault: Fault;
  readonly intercept: Intercept;
  readonly undo: () => void;
  holders: number;
}

export function createActiveFaults(): ActiveFaults {
  const active = new Map<FaultName, RunningFault>();
  const met: FaultsMet = new WeakMap();
  const chosen = () => [...active.values()].map(({ fault }) => fault);

  function begin(name: FaultName, directory: Directory): RunningFault {
    const fault: Fault = faults[name];
    const undo = fault.users?.(directory) ?? (() => {});
    return { fault, intercept: interceptOf([fault], met), undo, holders: 0 };
  }

  return {
    names: () => [...active.keys()],
    switchOn(name, directory) {
      const one = active.get(name) ?? begin(name, directory);
      active.set(name, one);
      one.holders += 1;
      let on = true;
      return () => {
        if (!on) return;
        on = false;
        one.holders -= 1;
        if (one.holders > 0) return;
        active.delete(name);
        one.undo();
      };
    },
    aheadMs: () => chosen().reduce((sum, { aheadSeconds = 0 }) => sum + aheadSeconds * 1000, 0),
    over: (foundations) => withFaults(chosen(), foundations),
    // The first is the outermost. A request meets those that are on as it comes.
    intercept: (request, proceed) =>
      [...active.values()].reduceRight((inner, { intercept }) => nestIntercepts(intercept, inner), interceptNothing)(
        request,
        proceed,
      ),
    metBy: (request) =>
      Object.keys(faults)
        .filter(isFaultName)
        .filter((name) => met.get(request)?.has(faults[name])),
  };
}
