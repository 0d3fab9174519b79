import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createOutput } from '../../src/output/output.ts';
import { waitSign } from '../../src/output/wait-sign.ts';
import { testMachine } from '../support/test-runtime.ts';

const rewind = '\r\u001b[K';

/** Two pieces of work that are waited for, one at each server. */
function waiting({ terminal = true, json = false, color = true, env = {} } = {}) {
  const machine = testMachine({ terminal });
  const runtime = { ...machine.runtime(), env };
  const output = createOutput(runtime, { json, color, debug: false });
  const showing = waitSign(runtime, output);
  const work = (server: string) => {
    let resolve = (_answer: string) => {};
    const answer = new Promise<string>((settle) => {
      resolve = settle;
    });
    return { answer: showing(server, answer), resolve: (answered: string) => resolve(answered) };
  };
  const [first, second] = [work('auth.example.com'), work('api.example.com')];
  const pass = async (ms: number) => {
    machine.advance(ms);
    // Whatever was woken has its turn.
    await setImmediate();
  };
  return { output, first, second, pass, work, said: () => runtime.printed().stderr };
}

it('says nothing of a wait of half a second', async () => {
  const { first, pass, said } = waiting();
  await pass(499);
  first.resolve('done');
  expect(await first.answer).toBe('done');
  expect(said()).toBe('');
});

it('names who is waited for, tells how long it takes, and leaves nothing', async () => {
  const { first, pass, said } = waiting();
  await pass(500);
  await pass(1000);
  await pass(1000);
  first.resolve('done');
  await first.answer;
  const line = 'Waiting for auth.example.com…';
  expect(said().split(rewind)).toEqual(['', line, `${line} 2 s`, `${line} 3 s`, '']);
});

it('shows one of two at a time, the second when the first is done', async () => {
  const { first, second, pass, said } = waiting();
  await pass(500);
  first.resolve('done');
  await first.answer;
  await pass(1000);
  second.resolve('done');
  await second.answer;
  expect(said().split(rewind)).toEqual([
    '',
    'Waiting for auth.example.com…',
    '',
    'Waiting for api.example.com… 2 s',
    '',
  ]);
});

it('leaves the line to what shows a wait already', async () => {
  const { output, first, pass, said } = waiting();
  output.live?.show('The code is good for 5 minutes.');
  await pass(500);
  first.resolve('done');
  await first.answer;
  expect(said()).toBe(`${rewind}The code is good for 5 minutes.`);
});

it('passes on a failure', async () => {
  const showing = waitSign(testMachine().runtime(), { json: false, live: undefined, note: () => {} });
  await expect(showing('auth.example.com', Promise.reject(new Error('unreachable')))).rejects.toThrow('unreachable');
});

it.each([
  ['without colours', { color: false }],
  ['for a screen reader', { env: { ACCESSIBLE: '1' } }],
  ['on a terminal that cannot write over a line', { env: { TERM: 'dumb' } }],
])('is one plain line for each server %s', async (_, where) => {
  const { first, pass, work, said } = waiting(where);
  await pass(500);
  first.resolve('done');
  await first.answer;
  work('auth.example.com');
  await pass(500);
  expect(said()).toBe('Waiting for auth.example.com…\nWaiting for api.example.com…\n');
});

it.each([
  ['a pipe', { terminal: false }],
  ['--json', { json: true }],
])('shows nothing with %s', async (_, where) => {
  const { pass, said } = waiting(where);
  await pass(5000);
  expect(said()).toBe('');
});
