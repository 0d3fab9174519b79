import { describe, expect, it } from 'vitest';
import { ForgetfulMap } from '../../src/sandbox/forgetful-map.ts';

function filled(limit: number | undefined, count: number, lastsMs: number) {
  const clock = { at: 0 };
  const map = new ForgetfulMap<{ readonly expiresAt: number }>(() => clock.at, limit);
  let largest = 0;
  for (let index = 0; index < count; index++) {
    clock.at += 1;
    map.set(`entry ${index}`, { expiresAt: clock.at + lastsMs });
    largest = Math.max(largest, map.size);
  }
  return { map, largest };
}

describe('what is kept until a time', () => {
  it('is there until then, however many come after it', () => {
    const { map } = filled(undefined, 5_000, 5_000);
    expect(map.size).toBe(5_000);
    expect(map.get('entry 0')).toEqual({ expiresAt: 5_001 });
  });

  it('takes no more room than twice what has not expired', () => {
    expect(filled(undefined, 100_000, 500).largest).toBeLessThanOrEqual(1_002);
  });

  it('drives out the oldest where there are too many', () => {
    const { map, largest } = filled(1_000, 2_000, 1_000_000);
    expect(largest).toBeLessThanOrEqual(1_000);
    expect([map.get('entry 999'), map.get('entry 1100')]).toEqual([undefined, { expiresAt: 1_001_101 }]);
  });

  it('drives out the oldest where they take up too much, the key counted, and what has expired before that', () => {
    const clock = { at: 0 };
    const map = new ForgetfulMap<{ readonly expiresAt: number }>(() => clock.at);
    const megabyte = 1_000_000;
    for (let index = 0; index < 49; index++) map.set(`entry ${index}`, { expiresAt: index % 2 }, megabyte);
    clock.at = 0.5;
    map.set('long'.repeat(megabyte / 2), { expiresAt: 1 });
    expect([map.size, map.get('entry 0'), map.get('entry 1')]).toEqual([25, undefined, { expiresAt: 1 }]);
    for (let index = 0; index < 30; index++) map.set(`later ${index}`, { expiresAt: 1 }, megabyte);
    expect(map.get('entry 1')).toBeUndefined();
    expect(map.get('later 0')).toEqual({ expiresAt: 1 });
  });

  it('makes room for as much as is taken away', () => {
    const map = new ForgetfulMap<{ readonly expiresAt: number }>(() => 0);
    map.set('kept', { expiresAt: 1 });
    for (let index = 0; index < 200; index++) {
      map.set('changed', { expiresAt: 1 }, 1_000_000);
      map.set(`gone ${index}`, { expiresAt: 1 }, 1_000_000);
      map.delete(`gone ${index}`);
    }
    expect(map.get('kept')).toEqual({ expiresAt: 1 });
  });

  it('is the newest again when it is kept anew', () => {
    const map = new ForgetfulMap<{ readonly expiresAt: number }>(() => 0, 100);
    const kept = { expiresAt: 1 };
    map.set('kept', kept);
    for (let index = 0; index < 1_000; index++) {
      map.set(`entry ${index}`, kept);
      map.set('kept', kept);
    }
    expect(map.get('kept')).toBe(kept);
    expect(map.size).toBeLessThanOrEqual(100);
  });
});
