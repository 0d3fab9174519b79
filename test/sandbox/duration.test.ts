import { describe, expect, it } from 'vitest';
import { startTestSandbox } from '../support/sandbox.ts';

describe('advance', () => {
  it.each([
    [{ weeks: 1 }, '"weeks" is no part of a duration: those are days, hours, minutes, seconds.'],
    [{ days: -1 }, 'Time goes forward only'],
    [{ days: Number.NaN }, 'days: NaN'],
    [7200, '7200 is no duration: it has parts'],
    [null, 'null is no duration'],
    [{ days: 1e12 }, 'The clock goes no further than to the year 9998.'],
  ])('refuses %j', async (duration, words) => {
    const sandbox = await startTestSandbox();
    expect(() => sandbox.advance(duration as never)).toThrow(words);
  });

  it('adds the parts up, on the clock that was given', async () => {
    const sandbox = await startTestSandbox({ now: () => Date.UTC(2030, 0, 1) });
    sandbox.advance({ days: 1, hours: 2, minutes: 3, seconds: 4 });
    sandbox.advance({ seconds: 1 });
    const answer = await sandbox.fetch(sandbox.discoveryUrl);
    expect(answer.headers.get('date')).toBe('Wed, 02 Jan 2030 02:03:05 GMT');
  });
});
