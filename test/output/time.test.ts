import { describe, expect, it } from 'vitest';
import { clock, duration, isoTime, localDate, localTime } from '../../src/output/time.ts';

describe('times', () => {
  it('people read them with the zone, machines in UTC', () => {
    const at = Date.UTC(2026, 10, 23, 20, 40);
    expect(localTime(at)).toMatch(/^\d{1,2} Nov 2026, \d\d:\d\d \S+/);
    expect(localDate(at)).toMatch(/^\d{1,2} Nov 2026$/);
    expect([isoTime(at), isoTime(undefined)]).toEqual(['2026-11-23T20:40:00.000Z', undefined]);
  });

  it.each([1e300, Number.POSITIVE_INFINITY, -1e300])('a moment of %d ms is as far away as a date can be', (at) => {
    expect(isoTime(at)).toBe(at > 0 ? '+275760-09-13T00:00:00.000Z' : '-271821-04-20T00:00:00.000Z');
    expect(localTime(at)).toMatch(/27\d{4}/);
  });

  it.each([
    [0, '1 second'],
    [400, '1 second'],
    [2000, '2 seconds'],
    [999, '1 second'],
    [1000, '1 second'],
    [1001, '2 seconds'],
    [59_000, '59 seconds'],
    [59_001, '1 minute'],
    [60_000, '1 minute'],
    [60_001, '1 minute 1 second'],
    [120_000, '2 minutes'],
    [3_599_000, '59 minutes 59 seconds'],
    [3_599_001, '1 hour'],
    [3_600_001, '1 hour 1 minute'],
    [-5000, '1 second'],
    [61_000, '1 minute 1 second'],
    [843_000, '14 minutes 3 seconds'],
    [3_600_000, '1 hour'],
    [86_399_000, '1 day'],
    [86_400_000, '1 day'],
    [90_000_000, '1 day 1 hour'],
    [200_000_000, '2 days 8 hours'],
  ])('%i ms are %s', (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});

it.each([
  [300_000, '5:00'],
  [299_001, '5:00'],
  [299_000, '4:59'],
  [61_000, '1:01'],
  [1, '0:01'],
  [0, '0:00'],
  [-5000, '0:00'],
  [3_600_000, '60:00'],
])('%i ms is %s on a clock that runs down', (ms, expected) => {
  expect(clock(ms)).toBe(expected);
});
