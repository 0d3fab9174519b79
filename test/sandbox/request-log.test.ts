import { describe, expect, it } from 'vitest';
import { createRequestLog } from '../../src/sandbox/request-log.ts';
import { startTestSandbox } from '../support/sandbox.ts';
import { post } from '../support/sandbox-client.ts';

describe('the log', () => {
  it('is of fewer requests where their texts are long', () => {
    const log = createRequestLog<number>();
    for (let count = 1; count <= 9_000; count++) log.add(count, 20_000);
    expect([log.entries().length, log.entries().at(-1)]).toEqual([2_500, 9_000]);
  });

  it('tells the beginning of what a client has sent, were it a megabyte', async () => {
    const told: string[] = [];
    const sandbox = await startTestSandbox({ onRequest: ({ notice = '' }) => void told.push(notice) });
    await post(sandbox, 'token', { grant_type: 'x'.repeat(1_000_000) });
    expect(told).toEqual([expect.stringMatching(/^unsupported_grant_type: Unsupported grant type: x{4000,5000}…$/)]);
    expect(sandbox.requests()).toMatchObject([{ notice: told[0] }]);
  });
});
