import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../src/http/retry-after.ts';
import { fc, outsideTextOfAnyLength } from '../support/properties.ts';

const now = Date.parse('2026-11-23T20:00:00Z');

describe('Retry-After', () => {
  it.each([
    ['3', 3000],
    [' 120 ', 120_000],
    ['Mon, 23 Nov 2026 20:00:07 GMT', 7000],
    ['Mon, 23 Nov 2026 19:00:00 GMT', 0],
    ['0', 0],
    ['999999999', 999_999_999_000],
    ['9999999999', undefined],
    ['23 Nov 2026 20:00:07 GMT', undefined],
    ['Mo, 23 Nov 2026 20:00:07 GMT', undefined],
    ['Monday', undefined],
    ['3 s', undefined],
    [' ', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['2026-11-23', undefined],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
  ])('%j means %j ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  it('is never negative nor not a number, whatever stands there', () => {
    fc.assert(
      fc.property(outsideTextOfAnyLength, (header) => {
        const ms = retryAfterMs(header, now);
        expect(ms === undefined || ms >= 0).toBe(true);
      }),
    );
  });
});
