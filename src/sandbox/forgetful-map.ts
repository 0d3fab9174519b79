/** What the sandbox keeps until a time. */
interface Expiring {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** So many are kept at most: a sandbox that a test suite runs against for days must not grow. */
const most = 10_000;
const fewest = 100;

/**
 * Forgets what has expired, sooner or later, and the oldest where there are too many. Until it forgets an entry it gives it, expired or
 * not: who asks looks at the time.
 */
export class ForgetfulMap<Value extends Expiring> {
  readonly #entries = new Map<string, Value>();
  readonly #now: () => number;
  readonly #most: number;
  /** The size at which the next search for expired ones pays. */
  #searchAt: number;

  constructor(now: () => number, limit = most) {
    this.#now = now;
    this.#most = limit;
    this.#searchAt = Math.min(fewest, limit);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** Keeps an entry, as the newest. */
  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.size < this.#searchAt) return;
    for (const [old, { expiresAt }] of this.#entries) if (expiresAt <= this.#now()) this.#entries.delete(old);
    // A tenth at a time, so that not each further entry costs a walk through all.
    if (this.size >= this.#most) this.#driveOut(Math.ceil(this.#most / 10));
    this.#searchAt = Math.min(Math.max(fewest, 2 * this.size), this.#most);
  }

  #driveOut(count: number): void {
    for (const old of [...this.#entries.keys()].slice(0, count)) this.#entries.delete(old);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Oldest first. */
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }
}
