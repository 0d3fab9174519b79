import { expect, it } from 'vitest';
import { signedIn } from '../support/sandbox-machine.ts';
import type { Running } from '../support/test-runtime.ts';

const hourMs = 3_600_000;

it('a refresh whose answer comes right after Ctrl-C is stored, so that the rotated token is not lost', async () => {
  const refreshing: { run?: Running } = {};
  const machine = await signedIn({
    sandboxOptions: {
      intercept: async (request, proceed) => {
        const answer = await proceed();
        if (request.url.pathname.endsWith('/as/token')) refreshing.run?.runtime.interrupt();
        return answer;
      },
    },
  });
  machine.advance(hourMs);
  refreshing.run = machine.start('token');
  expect(await refreshing.run.outcome).toMatchObject({ exitCode: 130, stdout: '' });
  delete refreshing.run;
  const asked = machine.tokenRequests();
  expect(await machine.run('token')).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^eyJ/) });
  expect(machine.tokenRequests()).toBe(asked);
});
