import { describe, expect, it } from 'vitest';
import { clockDifference, serverClock } from '../../src/oidc/server-clock.ts';
import { testMachine } from '../support/test-runtime.ts';

describe('the difference between two clocks', () => {
  const minute = 60_000;
  it.each([
    [undefined, undefined],
    [0, undefined],
    [minute, undefined],
    [-minute, undefined],
    [minute + 1, '1 minute ahead of'],
    [-7 * minute, '7 minutes behind'],
    [119 * minute, '119 minutes ahead of'],
    [-120 * minute, '2 hours behind'],
  ])('of %j milliseconds is told as %j', (aheadMs, words) => {
    expect(clockDifference(aheadMs)).toBe(words);
  });
});

describe('the server’s clock', () => {
  const clock = () => serverClock({ ...testMachine().runtime(), now: () => Date.UTC(2026, 0, 1, 0, 5) });

  it('is read from the last answer that has a date', () => {
    const { noteDate, aheadMs } = clock();
    noteDate(new Response('', { headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT' } }));
    noteDate(new Response(''));
    noteDate(new Response('', { headers: { date: 'noon' } }));
    expect(aheadMs()).toBe(300_000);
  });

  it('is unknown until then', () => {
    const { noteDate, aheadMs } = clock();
    noteDate(new Response(''));
    expect(aheadMs()).toBeUndefined();
  });
});
