import { describe, expect, it } from 'vitest';
import { unreachable } from '../../src/http/unreachable.ts';
import { createClient, retryDelayMs, withRetry } from '../../src/pingone/client.ts';

const now = Date.parse('2026-11-23T20:00:00Z');

describe('waiting before the next attempt', () => {
  it.each([
    [{ status: 503 }, 1, 0, 250],
    [{ status: 503 }, 1, 1, 500],
    [{ status: 503 }, 2, 1, 1000],
    [{ status: 503 }, 3, 1, undefined],
    [{}, 1, 1, 500],
    [{ status: 429, retryAfter: '5' }, 1, 0, 5000],
    [{ status: 429, retryAfter: '15' }, 1, 0, 15_000],
    [{ status: 429, retryAfter: '16' }, 1, 0, undefined],
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

describe('a read that no answer comes to', () => {
  const timedOut = { timeoutMs: 30_000 };

  it.each([
    ['a cut connection', { code: 'ECONNRESET' }, 3],
    ['a time-out', { code: 'ECONNRESET', timedOut }, 1],
    ['a certificate that is not trusted', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 1],
    ['a certificate of another name', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 1],
    ['a certificate that has ended', { code: 'CERT_HAS_EXPIRED' }, 1],
    ['a name that nobody knows', { code: 'ENOTFOUND' }, 1],
    ['a port where nobody listens', { code: 'ECONNREFUSED' }, 1],
  ])('for %s is made as often as that can help', async (_, { code, ...limit }, times) => {
    const asked: string[] = [];
    const client = createClient({
      environmentApi: 'https://api.example.com/v1/environments/e',
      accessToken: async () => 'token',
      runtime: { now: () => now, sleep: async () => {}, signal: new AbortController().signal },
      fetch: async (url) => {
        asked.push(url);
        const cause = Object.assign(new Error('no answer'), { code });
        throw unreachable(url, new TypeError('fetch failed', { cause }), { now, ...limit });
      },
    });
    await expect(client.read('/users/u')).rejects.toMatchObject({ kind: 'unreachable' });
    expect(asked).toEqual(Array(times).fill('https://api.example.com/v1/environments/e/users/u'));
  });
});
