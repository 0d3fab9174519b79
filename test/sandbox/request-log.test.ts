import { describe, expect, it } from 'vitest';
import { createRequestLog } from '../../src/sandbox/request-log.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { post } from '../support/sandbox-client.ts';

describe('the log', () => {
  it('is of the newest ten thousand requests', () => {
    const log = createRequestLog();
    for (let count = 1; count <= 10_050; count++) log.add({ method: 'GET', status: 403, path: `/${count}` }, 100);
    const entries = log.entries();
    expect([entries.length, entries[0]?.path, entries.at(-1)?.path]).toEqual([10_000, '/51', '/10050']);
  });

  it('is of fewer requests where their texts are long', () => {
    const log = createRequestLog();
    const entry = { method: 'GET', status: 403, notice: 'x'.repeat(4_000) };
    for (let count = 1; count <= 9_000; count++) log.add({ ...entry, path: `/${count}` }, 20_000);
    const entries = log.entries();
    expect([entries.length, entries.at(-1)?.path]).toEqual([2_500, '/9000']);
  });

  it('tells the beginning of what a client has sent, were it a megabyte', async () => {
    const told: string[] = [];
    const sandbox = await startTestSandbox({ onRequest: ({ notice = '' }) => void told.push(notice) });
    await post(sandbox, 'token', { grant_type: 'x'.repeat(1_000_000) });
    expect(told).toEqual([expect.stringMatching(/^unsupported_grant_type: Unsupported grant type: x{4000,5000}…$/)]);
    expect(sandbox.requests()).toMatchObject([{ notice: told[0] }]);
  });
});
