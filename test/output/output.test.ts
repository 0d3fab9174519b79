import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/errors.ts';
import { createOutput, type Output } from '../../src/output/output.ts';
import { testMachine } from '../support/test-runtime.ts';

const hostile = 'a\u001b]0;owned\u0007\u009b2J\u202eb\u00adc';
const shown = 'a\\u{1b}]0;owned\\u{7}\\u{9b}2J\\u{202e}b\\u{ad}c';

const redactedDocument = {
  error: {
    code: 'code [redacted]',
    message: 'message [redacted]',
    hint: 'hint [redacted]',
    correlationId: 'id [redacted]',
    details: [
      { message: 'detail [redacted]', target: 'target [redacted]', code: 'reason [redacted]' },
      { message: 'other [redacted]' },
      { message: 'added [redacted]' },
    ],
  },
};

const redactedLines = `Error: message [redacted]
  target [redacted]: detail [redacted]
  other [redacted]
  added [redacted]
  Correlation ID: id [redacted]
Hint: hint [redacted]`;

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

  it('does not act on it through JSON, whose values are as they came', () => {
    const runtime = testMachine({ outputTerminal: true }).runtime();
    const output = createOutput(runtime, { json: true, color: false, debug: false });
    void output.result({ text: '', document: { name: hostile } });
    output.fail(new Failure('failed', hostile, { code: 'x' }));
    const { stdout, stderr } = runtime.printed();
    expect([JSON.parse(stdout), JSON.parse(stderr)]).toEqual([
      { name: hostile },
      { error: { code: 'x', message: hostile } },
    ]);
    expect(stdout + stderr).not.toMatch(/[\u001b\u0007\u009b\u202e\u00ad]/);
  });

  it('does not act on it through a trace of what went wrong, nor is a secret in it', () => {
    const secret = 'word-of-mine';
    const { stderr } = printed((output) => {
      output.hide(secret);
      output.debug(`caused by ${hostile} ${secret}`);
    });
    expect(stderr).toBe(`debug: caused by ${shown} [redacted]\n`);
  });

  it.each(['person', '--json'])('tells no %s a secret that a server repeats, wherever it stands', (reader) => {
    const secret = 'opaque/word of-mine';
    const told = (place: string) => `${place} ${secret}`;
    const failure = new Failure('refused', told('message'), {
      code: told('code'),
      hint: told('hint'),
      correlationId: told('id'),
      details: [{ message: told('detail'), target: told('target'), code: told('reason') }, { message: told('other') }],
    });
    const runtime = testMachine().runtime();
    const output = createOutput(runtime, { json: reader === '--json', color: false, debug: false });
    output.hide(secret);
    output.addDetails(() => [{ message: told('added') }]);
    output.fail(failure);
    output.warn(told('warned of'));
    const [failed, warned] = runtime.printed().stderr.split('\nWarning: ');
    const read = reader === '--json' ? JSON.parse(failed ?? '') : failed;
    expect(read).toEqual(reader === '--json' ? redactedDocument : redactedLines);
    expect(warned).toBe('warned of [redacted]\n');
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

describe('colours', () => {
  const colourful = { terminal: true, outputTerminal: true, NO_COLOR: '', TERM: 'xterm', color: true };

  it.each([
    ['are on both streams of a terminal', {}, [1, 1]],
    ['are not in a pipe, and still on the terminal beside it', { outputTerminal: false }, [0, 1]],
    ['are not in a log, and still on the terminal beside it', { terminal: false }, [1, 0]],
    ['are none with NO_COLOR', { NO_COLOR: '1' }, [0, 0]],
    ['are none on a terminal that has none', { TERM: 'dumb' }, [0, 0]],
    ['are none with --no-color', { color: false }, [0, 0]],
  ])('%s', (_, other, levels) => {
    const { terminal, outputTerminal, color, NO_COLOR, TERM } = { ...colourful, ...other };
    const runtime = testMachine({ terminal, outputTerminal, env: { NO_COLOR, TERM } }).runtime();
    const { paint, paintNote } = createOutput(runtime, { json: false, color, debug: false });
    expect([paint.level, paintNote.level]).toEqual(levels);
  });
});

it('ends an answer in one line end, and tells a pipe and a terminal how much room there is', async () => {
  for (const outputTerminal of [true, false]) {
    const runtime = testMachine({ outputTerminal }).runtime();
    const output = createOutput(runtime, { json: false, color: false, debug: false });
    await output.result({ text: 'one', document: {} });
    await output.result({ text: 'two\n', document: {} });
    output.debug('nobody has asked for it');
    expect(runtime.printed()).toEqual({ stdout: 'one\ntwo\n', stderr: '' });
    expect(output.columns).toBe(outputTerminal ? 100 : Number.POSITIVE_INFINITY);
  }
});

describe('what is said to a person on a terminal of 40 columns', () => {
  const words = 'Whoever reads this has a terminal that is narrower than the sentence, which is broken.';
  const address = 'https://auth.pingone.com/e0000000-0000-4000-8000-000000000001/as/authorize?response_type=code';
  function said(json: boolean, speak: (output: Output) => void) {
    const runtime = testMachine().runtime();
    const narrow = { ...runtime, stderr: Object.assign(runtime.stderr, { columns: 40 }) };
    speak(createOutput(narrow, { json, color: false, debug: true }));
    return runtime.printed().stderr.split('\n').slice(0, -1);
  }
  const failure = new Failure('failed', words, { code: 'narrow', hint: words });

  it.each<[string, (output: Output) => void]>([
    ['a note', (output) => output.note(`  ${words}`)],
    ['a warning', (output) => output.warn(words)],
    ['a failure', (output) => output.fail(failure)],
  ])('%s is broken between words', (_, speak) => {
    const lines = said(false, speak);
    expect(lines.every((line) => line.length <= 40)).toBe(true);
    expect(lines.map((line) => line.trim()).join(' ')).toContain(words);
  });

  it('an address stays whole, to be clicked or copied', () => {
    expect(said(false, (output) => output.note(`Open this address: ${address} in a browser.`))).toContain(address);
  });

  it('what a program may read stays in one line: the error of --json, and each line of --debug', () => {
    expect(said(true, (output) => output.fail(failure))).toHaveLength(1);
    expect(said(false, (output) => output.debug(words))).toEqual([`debug: ${words}`]);
  });
});

it('breaks the sentences of an answer on a terminal, and gives a pipe whole lines', async () => {
  const long = Array.from({ length: 30 }, () => 'words').join(' ');
  for (const outputTerminal of [true, false]) {
    const runtime = testMachine({ outputTerminal }).runtime();
    const output = createOutput(runtime, { json: false, color: false, debug: false });
    await output.result({ sentences: [long, 'end'], document: {} });
    const lines = runtime.printed().stdout.split('\n');
    expect(lines.length).toBe(outputTerminal ? 4 : 3);
    expect(lines.join(' ')).toBe(`${long} end `);
  }
});

it('takes a terminal that does not know its width for one of 80 columns', () => {
  const runtime = testMachine({ outputTerminal: true }).runtime();
  const { columns } = createOutput(
    { ...runtime, stdout: Object.assign(runtime.stdout, { columns: 0 }) },
    { json: false, color: false, debug: false },
  );
  expect(columns).toBe(80);
});
