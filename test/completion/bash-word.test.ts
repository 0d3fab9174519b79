import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bashLine, bashReplacement } from '../../src/completion/bash-word.ts';
import { fc } from '../support/properties.ts';
import { shellIsAbsent } from '../support/shell.ts';

describe('a line of bash', () => {
  it.each([
    ['ping14c ', ['ping14c'], ''],
    ['ping14c -P my', ['ping14c', '-P'], 'my'],
    ['ping14c -P my\\ pro', ['ping14c', '-P'], 'my pro'],
    ['ping14c "my pro', ['ping14c'], 'my pro'],
    ["ping14c 'my \\pro'x", ['ping14c'], 'my \\prox'],
    ['ping14c "a\\"b\\x" c', ['ping14c', 'a"b\\x'], 'c'],
    ['ping14c "" c', ['ping14c', ''], 'c'],
    ['ping14c $(touch x', ['ping14c', '$(touch'], 'x'],
    ['ping14c x\\', ['ping14c'], 'x\\'],
  ])('%j has the words %j before %j', (line, words, current) => {
    const { words: found, current: last } = bashLine(line);
    expect([found, last.text]).toEqual([words, current]);
  });
});

describe('what bash puts in place of the current word', () => {
  it.each([
    ['--region=e', 'e', '--region=eu', 'eu'],
    ['--region=', '', '--region=eu', 'eu'],
    ['--region=e', '--region=e', '--region=eu', '--region=eu'],
    ['team:d', 'd', 'team:dev', 'dev'],
    ['my', 'my', 'my profile', "'my profile'"],
    ['"my', 'my', 'my profile', 'my profile'],
    ["'it", 'it', "it's", "it'\\''s"],
    ['"a', 'a', 'a$b', 'a"\'$\'"b'],
    ['x', 'x', 'work', undefined],
  ])('for %s, of which it replaces %j, is with %j: %j', (typed, replaced, word, expected) => {
    expect(bashReplacement(bashLine(typed).current, replaced, word)).toBe(expected);
  });

  const words = fc.string({ unit: fc.constantFrom(...' \'"$`\\!~*;&|<>(){}[]#=:,abé'), minLength: 1 });
  /** The line as bash has it then: it closes the quotes, save where a quote stands at the end. */
  const completed = (quote: string, word: string) => {
    const replacement = bashReplacement(bashLine(quote).current, '', word) ?? '';
    return `${quote}${replacement}${quote !== '' && !replacement.endsWith(quote) ? quote : ''}`;
  };
  const quotes = fc.constantFrom('', '"', "'");

  it('is the word again when it is read, whatever it is made of', () => {
    fc.assert(
      fc.property(quotes, words, (quote, word) => {
        expect(bashLine(`${completed(quote, word)} `)).toMatchObject({ words: [word], current: { typed: '' } });
      }),
    );
  });

  it.skipIf(shellIsAbsent('bash'))(
    'and when bash itself reads it (skipped where it is absent and CI is not set)',
    () => {
      const drawn = fc.sample(fc.tuple(quotes, words), 300);
      const lines = drawn.map(([quote, word]) => completed(quote, word));
      const read = execFileSync('bash', ['-c', `printf '%s\\0' ${lines.join(' ')}`], { encoding: 'utf8' });
      expect(read.split('\0').slice(0, -1)).toEqual(drawn.map(([, word]) => word));
    },
  );
});
