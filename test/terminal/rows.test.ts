import { describe, expect, it } from 'vitest';
import { brokenLines, rowsOf } from '../support/rows.ts';
import { openTerminal } from '../support/terminal.ts';
import { testMachine } from '../support/test-runtime.ts';

// A person reads what fits on a screen.

interface Conversation {
  readonly argv: readonly string[];
  /** How many rows it takes at most in a terminal of 80 columns. */
  readonly rows: number;
  /** What it says last before the person types something, and what that is; it ends by itself where this is absent. */
  readonly until?: RegExp;
  readonly typed?: string;
}

const conversations: readonly Conversation[] = [
  { argv: [], rows: 4 },
  { argv: ['sandbox', '--port', '0'], rows: 8, until: /are\s+gone\.\r?\n/, typed: '\u0003' },
  { argv: ['sandbox', '--', 'sh'], rows: 4, until: /requests\.log\r?\n/, typed: 'exit\r' },
  { argv: ['sandbox', '--', 'sh', '-c', 'true'], rows: 2 },
];

describe('in a terminal of 80 columns', () => {
  it.each(conversations)('$argv takes $rows rows at most', async (conversation) => {
    expect(rowsOf(await shown(conversation, 80), 80)).toBeLessThanOrEqual(conversation.rows);
  });
});

describe('in a terminal of 60 columns', () => {
  it.each(conversations)('$argv breaks no word', async (conversation) => {
    expect(brokenLines(await shown(conversation, 60), 60)).toEqual([]);
  });
});

/** What is on the screen by the end of the conversation, or by the time that the person types. */
async function shown({ argv, until = /(?=\[exit=)/, typed = '' }: Conversation, columns: number): Promise<string> {
  const { folder } = testMachine();
  const terminal = openTerminal(argv, { HOME: folder }, { columns });
  const text = await terminal.said(until);
  terminal.type(typed);
  await terminal.ended;
  const end = until.exec(text);
  return end ? text.slice(0, end.index + end[0].length) : text;
}
