import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awaitStep } from './step.ts';
import { testMachine } from './test-runtime.ts';

describe('a step that does not come', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is told by its name and with the screen where the program hangs, and not while it goes on', async () => {
    let text = 'Current password:';
    const { look, come } = awaitStep(/New password:/, () => ({ text, over: false }));
    const told = expect(come).rejects.toThrow('hangs without saying /New password:/:\nCurrent password:\nChecking.');
    vi.advanceTimersByTime(19_999);
    text += '\nChecking.';
    look();
    vi.advanceTimersByTime(19_999);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1);
    await told;
  });

  it('leaves no timer when it has come', async () => {
    expect(await awaitStep(/b/, () => ({ text: 'abc', over: true })).come).toBe('abc');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a command that ends instead', () => {
  it('is told at once, whether words were waited for or a pause', async () => {
    const machine = testMachine();
    const { runtime, outcome } = machine.start('--version');
    const waits = Promise.allSettled([runtime.said(/never said/), machine.sleepsThrough(1)]);
    await outcome;
    expect(await waits).toMatchObject([
      { reason: { message: expect.stringContaining('ended without saying /never said/') } },
      { reason: { message: expect.stringContaining('Nothing sleeps for 1 ms: "--version" has ended') } },
    ]);
  });
});
