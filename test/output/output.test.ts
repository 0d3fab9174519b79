import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { createOutput } from '../../src/output/output.ts';
import { testMachine } from '../support/test-runtime.ts';

const hostile = 'a\u001b]0;owned\u0007\u009b2J\u202eb\u00adc';
const shown = 'a\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}b\\u{ad}c';

function printed(act: (output: ReturnType<typeof createOutput>) => unknown, outputTerminal = false) {
  const runtime = testMachine({ outputTerminal }).runtime();
  act(createOutput(runtime, { json: false, color: false, debug: true }));
  return runtime.printed();
}

describe('what came from outside and was forgotten on the way', () => {
  it.each([
    ['a note', (output: ReturnType<typeof createOutput>) => output.note(hostile), `${shown}\n`],
    [
      'a warning',
      (output: ReturnType<typeof createOutput>) => output.warn(`${hostile}\n`),
      `Warning: ${shown}\\u{a}\n`,
    ],
    ['a trace', (output: ReturnType<typeof createOutput>) => output.debug(hostile), `debug: ${shown}\n`],
    [
      'an error',
      (output: ReturnType<typeof createOutput>) => output.fail(new Failure('failed', hostile, { code: 'x' })),
      `Error: ${shown}\n`,
    ],
  ])('does not act on the terminal through %s', (_, act, expected) => {
    expect(printed(act).stderr).toBe(expected);
  });

  it('does not act on it through the answer either, which a pipe gets to the byte', () => {
    const answer = (output: ReturnType<typeof createOutput>) => output.result({ text: hostile, document: {} });
    expect(printed(answer, true).stdout).toBe(`${shown}\n`);
    expect(printed(answer).stdout).toBe(`${hostile}\n`);
  });

  it('is redacted before it is escaped, so that no escape hides a secret', () => {
    const failure = new Failure('failed', 'pass\u0007word-of-mine is wrong', { code: 'x' });
    const { stderr } = printed((output) => {
      output.hide('pass\u0007word-of-mine');
      output.fail(failure);
    });
    expect(stderr).toBe('Error: [redacted] is wrong\n');
  });
});

it('takes a terminal that does not know its width for one of 80 columns', () => {
  const runtime = testMachine({ outputTerminal: true }).runtime();
  const { columns } = createOutput(
    { ...runtime, stdout: Object.assign(runtime.stdout, { columns: 0 }) },
    { json: false, color: false, debug: false },
  );
  expect(columns).toBe(80);
});
