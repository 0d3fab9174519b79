import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/main.ts';
import { testMachine } from '../support/test-runtime.ts';

/** What standard output shows on a terminal that is so wide. */
async function shownAt(columns: number, ...argv: string[]): Promise<string[]> {
  const chunks: string[] = [];
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    chunks.push(chunk.toString());
    done();
  };
  const stdout = Object.assign(new Writable({ write }), { isTTY: true, columns });
  expect(await run(argv, { ...testMachine().runtime(), stdout })).toBe(0);
  return chunks.join('').trimEnd().split('\n');
}

const commands =
  'init login logout whoami status passwd token exec config profile trust doctor completion sandbox demo help'.split(
    ' ',
  );

describe('the help', () => {
  it('of the program has all commands in groups, in 30 rows', async () => {
    const rows = await shownAt(80, '--help');
    expect(rows.length).toBeLessThanOrEqual(30);
    expect(rows.filter((row) => /^\w.*:$/.test(row))).toEqual([
      'Start here:',
      'Your account:',
      'For scripts:',
      'Set up:',
      'Try it:',
    ]);
    const named = rows.slice(rows.indexOf('Start here:')).flatMap((row) => /^ {2}(\w+) /.exec(row)?.[1] ?? []);
    expect([...named, 'help']).toEqual(commands);
  });

  it.each(commands)('of %s: what it is for, examples, its own options, where the rest is, in 30 rows', async (name) => {
    const rows = await shownAt(80, name, '--help');
    expect(rows.length).toBeLessThanOrEqual(30);
    const usage = rows.findIndex((row) => row.startsWith(`Usage: ping14c ${name}`));
    expect(rows[0]).toMatch(/^[A-Z].*\w/);
    const examples = rows.slice(0, usage).filter((row) => row.startsWith('  '));
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const example of examples) expect(example).toMatch(/^ {2}\S.*/);
    expect(rows.slice(usage, -1).filter((row) => /^ +(?:-P, )?--(?:profile|json|client-id|debug)\b/.test(row))).toEqual(
      [],
    );
    expect(rows.at(-1)).toBe('What all commands share: ping14c help settings, environment, exit-codes, json.');
  });

  // Lines of completion are longer than a narrow terminal.
  const others = commands.filter((name) => name !== 'completion');
  it.each(others)('of %s has each example in a row, and what goes on below is indented', async (name) => {
    const isExample = (row: string) => /^ {2}\S.*ping14c|^ {2}ping14c/.test(row);
    const examplesAt = async (columns: number) => {
      const rows = await shownAt(columns, name, '--help');
      return rows
        .slice(
          0,
          rows.findIndex((row) => row.startsWith('Usage:')),
        )
        .filter((row) => row.startsWith('  '));
    };
    const wide = await examplesAt(80);
    expect(wide.filter((row) => !isExample(row))).toEqual([]);
    const narrow = await examplesAt(60);
    expect(narrow.filter(isExample)).toHaveLength(wide.length);
    expect(narrow.filter((row) => !isExample(row) && !row.startsWith('    '))).toEqual([]);
  });

  it.each(['config set', 'profile list'])('of %s begins with what it is for', async (line) => {
    const [first = '', second] = await shownAt(80, ...line.split(' '), '--help');
    expect(first).toMatch(/^[A-Z].*\.$/);
    expect(second).toBe('');
  });

  it.each([...commands, 'config set', 'profile use'])('of %s breaks no word in 60 columns', async (name) => {
    const words = (rows: readonly string[]) => rows.flatMap((row) => row.split(/\s+/)).filter(Boolean);
    const rows = await shownAt(60, ...name.split(' '), '--help');
    const whole = await testMachine().run(...name.split(' '), '--help');
    expect(words(rows)).toEqual(words(whole.stdout.split('\n')));
    const unbroken = rows.filter((row) => row.length > 60 && row.trim().includes(' '));
    expect(unbroken).toEqual([]);
  });

  it.each([
    ['help', '--help'],
    ['help login', 'login --help'],
    ['help config set', 'config set --help'],
  ])('by "%s" is that of "%s"', async (line, same) => {
    const expected = await testMachine().run(...same.split(' '));
    expect(expected.exitCode).toBe(0);
    expect(await testMachine().run(...line.split(' '))).toEqual(expected);
  });
});
