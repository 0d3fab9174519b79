import { describe, expect, it } from 'vitest';
import { retryDelayMs, withRetry } from '../../src/pingone/client.ts';

const now = Date.parse('2026-11-23T20:00:00Z');

describe('waiting before the next attempt', () => {
  it.each([
    [{ status: 503 }, 1, 0, 250],
    [{ status: 503 }, 1, 1, 500],
    [{ status: 503 }, 2, 1, 1000],
    [{ status: 503 }, 3, 1, undefined],
    [{}, 1, 1, 500],
    [{ status: 429, retryAfter: '5' }, 1, 0, 5000],
    [{ status: 429, retryAfter: '3600' }, 1, 0, undefined],
    [{ status: 400 }, 1, 0, undefined],
    [{ status: 401 }, 1, 0, undefined],
    [{ status: 501 }, 1, 0, undefined],
  ])('%j after attempt %i with chance %d: %j ms', (attempt, made, random, expected) => {
    expect(retryDelayMs(attempt, made, now, random)).toBe(expected);
  });

  it('ends at once when the command is interrupted', async () => {
    const controller = new AbortController();
    let requests = 0;
    const runtime = {
      now: () => now,
      signal: controller.signal,
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
          controller.abort('SIGINT');
        }),
    };
    const pending = withRetry(
      runtime,
      async () => ++requests,
      () => ({ status: 503 }),
    );
    await expect(pending).rejects.toBe('SIGINT');
    expect(requests).toBe(1);
  });
});
