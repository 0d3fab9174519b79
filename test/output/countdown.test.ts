import { setImmediate } from 'node:timers/promises';
import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { startCountdown } from '../../src/output/countdown.ts';
import { testMachine } from '../support/test-runtime.ts';

const rewind = '\r\u001b[K';

/** Of ten seconds, on a terminal with colours. */
function started({ columns = 100, level = 1 as 0 | 1, debugging = false, env = {} } = {}) {
  const machine = testMachine();
  const runtime = machine.runtime();
  const notes: unknown[] = [];
  const stderr = Object.assign(runtime.stderr, { columns });
  const { stop } = startCountdown(
    machine.now() + 10_000,
    'The code is good for',
    { ...runtime, stderr, env },
    { paintNote: new Chalk({ level }), debugging, note: (text) => void notes.push(text) },
  );
  return { machine, runtime, notes, stop, shown: () => runtime.printed().stderr.split(rewind) };
}

it('writes over its line every second until the time is over, and leaves nothing of it', async () => {
  const { machine, runtime, notes, stop, shown } = started();
  await machine.sleepsThrough(1000);
  await runtime.said(/9 seconds/);
  machine.advance(9000);
  // Whatever was woken has had its turn.
  await setImmediate();
  stop();
  expect([notes, shown()]).toEqual([
    [],
    [
      '',
      'The code is good for 10 seconds. Ctrl-C ends the waiting.',
      'The code is good for 9 seconds. Ctrl-C ends the waiting.',
      '',
    ],
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

it.each([
  ['without colours', { level: 0 as const }],
  ['between the lines of --debug', { debugging: true }],
  ['for a screen reader', { env: { ACCESSIBLE: '1' } }],
])('is told once %s', (_, where) => {
  const { notes, shown, stop } = started(where);
  stop();
  expect([notes, shown()]).toEqual([['The code is good for 10 seconds. Ctrl-C ends the waiting.'], ['']]);
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
