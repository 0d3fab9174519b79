import { describe, expect, it } from 'vitest';
import { startDeadline, within } from '../src/deadline.ts';

/** A clock that a test moves: `pass` ends every wait that is still on. */
function movedClock() {
  const waits = new Set<() => void>();
  return {
    waits,
    pass: () => {
      for (const wake of waits) wake();
    },
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const wake = () => {
          waits.delete(wake);
          resolve();
        };
        waits.add(wake);
        signal?.addEventListener('abort', () => {
          waits.delete(wake);
          reject(signal.reason);
        });
      }),
  };
}

describe('a deadline', () => {
  it('aborts its signal when the time is over, with the reason given', async () => {
    const clock = movedClock();
    const deadline = startDeadline(1000, clock, 'too late');
    clock.pass();
    await Promise.resolve();
    expect(deadline.signal.reason).toBe('too late');
  });

  it('that is ended leaves no clock running, and aborts nothing', async () => {
    const clock = movedClock();
    const deadline = startDeadline(1000, clock);
    deadline.end();
    deadline.end();
    await Promise.resolve();
    expect({ waits: clock.waits.size, aborted: deadline.signal.aborted }).toEqual({ waits: 0, aborted: false });
  });
});

describe('work that cannot be interrupted', () => {
  it('is waited for within its time, and no clock runs on', async () => {
    const clock = movedClock();
    expect(await within(1000, Promise.resolve('done'), () => 'late', clock)).toBe('done');
    expect(clock.waits.size).toBe(0);
  });

  it('is answered for when the time is over first', async () => {
    const clock = movedClock();
    const answer = within(1000, new Promise<string>(() => {}), () => 'late', clock);
    clock.pass();
    expect(await answer).toBe('late');
  });

  it('fails as it fails, and as `late` does', async () => {
    const clock = movedClock();
    const never = new Promise<string>(() => {});
    await expect(within(1000, Promise.reject(new Error('broken')), () => '', clock)).rejects.toThrow('broken');
    const late = within(1000, never, () => Promise.reject(new Error('late')) as never, clock);
    clock.pass();
    await expect(late).rejects.toThrow('late');
    expect(clock.waits.size).toBe(0);
  });
});
