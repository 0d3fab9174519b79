import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startCountdown } from '../../src/output/countdown.ts';
import { createOutput } from '../../src/output/output.ts';
import { testMachine } from '../support/test-runtime.ts';

const rewind = '\r\u001b[K';

/** Of ten seconds, on a terminal with colours. */
function started({ columns = 100, color = true, env = {} } = {}) {
  const machine = testMachine();
  const world = machine.runtime();
  const runtime = { ...world, stderr: Object.assign(world.stderr, { columns }), env };
  const output = createOutput(runtime, { json: false, color, debug: false });
  const line = (leftMs: number) => `The code is good for ${leftMs / 1000} seconds. Ctrl-C ends the waiting.`;
  const { stop } = startCountdown(machine.now() + 10_000, line, runtime, output);
  return { machine, runtime, output, stop, shown: () => world.printed().stderr.split(rewind) };
}

it('writes over its line every second until the time is over, and leaves nothing of it', async () => {
  const { machine, runtime, stop, shown } = started();
  await machine.sleepsThrough(1000);
  await runtime.said(/9 seconds/);
  machine.advance(9000);
  // Whatever was woken has had its turn.
  await setImmediate();
  stop();
  expect(shown()).toEqual([
    '',
    'The code is good for 10 seconds. Ctrl-C ends the waiting.',
    'The code is good for 9 seconds. Ctrl-C ends the waiting.',
    '',
  ]);
});

it.each([
  [30, 'The code is good for 10'],
  [58, 'The code is good for 10 seconds. Ctrl-C ends the waiting.'],
  [57, 'The code is good for 10 seconds. Ctrl-C ends the'],
  [0, 'The code is good for 10 seconds. Ctrl-C ends the waiting.'],
])(
  'stays on one line of %i columns, and leaves the last of them free: the terminal would begin another',
  (columns, line) => {
    const { shown, stop } = started({ columns });
    stop();
    expect(shown()).toEqual(['', line, '']);
  },
);

it('stays below what is said meanwhile', () => {
  const { output, shown, stop } = started();
  output.note('Something else.');
  stop();
  const line = 'The code is good for 10 seconds. Ctrl-C ends the waiting.';
  expect(shown()).toEqual(['', line, `Something else.\n${line}`, '']);
});

it.each([
  ['without colours', { color: false }],
  ['for a screen reader', { env: { ACCESSIBLE: '1' } }],
  ['for a terminal that cannot write over a line', { env: { TERM: 'dumb' } }],
])('is told once %s', (_, where) => {
  const { shown, stop } = started(where);
  stop();
  expect(shown()).toEqual(['The code is good for 10 seconds. Ctrl-C ends the waiting.\n']);
});

it('ends when the program is interrupted', async () => {
  const { machine, runtime, shown } = started();
  runtime.interrupt();
  machine.advance(1000);
  await setImmediate();
  expect(shown()).toHaveLength(2);
});

it('ends when it is stopped', async () => {
  const { machine, shown, stop } = started();
  stop();
  machine.advance(1000);
  await setImmediate();
  expect(shown()).toHaveLength(3);
});
