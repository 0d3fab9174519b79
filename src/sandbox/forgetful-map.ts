/** What the sandbox keeps until a time. */
interface Expiring {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** So many are kept at most: a sandbox that a test suite runs against for days must not grow. */
const most = 10_000;
const fewest = 100;
/** What they take up together: some hold texts of a request, which may have a megabyte. */
const mostBytes = 50_000_000;

/**
 * Forgets what has expired, sooner or later, and the oldest where there are too many. An entry that has expired may still be given:
 * callers look at its time.
 */
export class ForgetfulMap<Value extends Expiring> {
  readonly #entries = new Map<string, { readonly value: Value; readonly bytes: number }>();
  readonly #now: () => number;
  readonly #most: number;
  #bytes = 0;
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
    return this.#entries.get(key)?.value;
  }

  /**
   * Keeps an entry, as the newest.
   *
   * @param held what the texts of others take up in it. A text that is cut out of another holds all of that (V8): it is to be
   * counted whole.
   */
  set(key: string, value: Value, held = 0): void {
    this.delete(key);
    const bytes = key.length + held;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    if (this.size < this.#searchAt && this.#bytes <= mostBytes) return;
    for (const [old, { value }] of this.#entries) if (value.expiresAt <= this.#now()) this.delete(old);
    // A tenth at a time, so that not each further entry costs a walk through all.
    if (this.size >= this.#most || this.#bytes > mostBytes) this.#driveOut(0.9 * this.#most, 0.9 * mostBytes);
    this.#searchAt = Math.min(Math.max(fewest, 2 * this.size), this.#most);
  }

  #driveOut(count: number, bytes: number): void {
    for (const old of this.#entries.keys()) {
      if (this.size <= count && this.#bytes <= bytes) return;
      this.delete(old);
    }
  }

  delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  /** Oldest first. */
  *values(): IterableIterator<Value> {
    for (const { value } of this.#entries.values()) yield value;
  }
}
