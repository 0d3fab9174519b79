import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

/** A password as it is kept: a salted hash. */
export interface StoredPassword {
  readonly salt: Buffer;
  readonly hash: Buffer;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

export function stored(password: string, changedAt: number): StoredPassword {
  const salt = randomBytes(16);
  return { salt, hash: hashOf(password, salt), changedAt };
}

export function matches({ salt, hash }: StoredPassword, password: string): boolean {
  return timingSafeEqual(hash, hashOf(password, salt));
}

/** Cheaper than a server should: the point is to hold no passwords, and a history is seven comparisons a change. */
function hashOf(password: string, salt: Buffer): Buffer {
  return scryptSync(password, salt, 32, { N: 256 });
}
